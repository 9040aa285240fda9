"""The hub beside the screen: the one already running on this machine, else a supervised child."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Mapping
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

from sse_tui.cli.data_folder import user_data_dir
from sse_tui.cli.hub_child import HubChild
from sse_tui.config import DEFAULT_SERVER
from sse_tui.errors import HubError, HubUnavailableError, SseTuiError

logger = logging.getLogger(__name__)

SERVER_NAME = "sse-tui"
HEALTH_S = 2.0
"""How long a hub may take to say what it is."""

LONG_ENOUGH_S = 10.0
"""A child that lived so long is started again at once."""

MAX_DELAY_S = 5.0


class HubProcess:
    """A hub for this run of the program; prints nothing, whatever happens.

    Args:
        data_dir: where events are kept; None for the user's own folder.
        own: join no other hub, and take a free port.

    Attributes:
        token: the bearer token that the hub asks for: SSE_TUI_TOKEN, unless it is an own one.
        status: "embedded hub", "joined hub", "hub restarting", "hub down: WHY", or "".
    """

    def __init__(self, data_dir: Path | None = None, *, own: bool = False) -> None:
        self.token = None if own else os.environ.get("SSE_TUI_TOKEN") or None
        self.status = ""
        self._own = own
        self._data_dir = data_dir or user_data_dir()
        self._url = ""
        self._child: HubChild | None = None
        self._supervisor: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """Where the hub answers; the same for the whole run, once `start` has returned."""
        return self._url

    @property
    def pid(self) -> int | None:
        """The child's process id; None where there is no child."""
        return self._child.pid if self._child else None

    async def start(self) -> None:
        """Find the hub or start one, and return once it answers.

        Raises:
            HubUnavailableError: its data folder is in use or may not be used.
            HubError: it did not start; it can be tried again.
        """
        if self.status:
            return
        if await self._join():
            return
        port = ["0"] if self._own else [_port(DEFAULT_SERVER), "--or-free-port"]
        try:
            await self._start_child("--port", *port)
        except HubUnavailableError:
            # Somebody else may have started one on this folder in the same moment.
            if await self._join():
                return
            raise
        self._supervisor = asyncio.create_task(self._supervise())

    async def stop(self) -> None:
        """End the child; a hub that was joined goes on. Harmless when nothing runs."""
        if self._supervisor is not None:
            self._supervisor.cancel()
            await asyncio.wait([self._supervisor])
            self._supervisor = None
        if self._child is not None:
            await self._child.stop()
            self._child = None
        self.status = ""

    async def _join(self) -> bool:
        if self._own:
            return False
        from sse_tui.hub.folder import read_owner

        for url in (DEFAULT_SERVER, read_owner(self._data_dir)):
            if url is not None and await _is_hub(url, self.token):
                self._url, self.status = url, "joined hub"
                return True
        return False

    async def _start_child(self, *options: str) -> None:
        self._child = HubChild()
        try:
            await self._child.start(
                [*options, "--data-dir", str(self._data_dir)], self._environment()
            )
        except HubError:
            await self._child.stop()
            self._child = None
            raise
        self._url, self.status = self._child.url, "embedded hub"

    def _environment(self) -> Mapping[str, str]:
        if not self._own:
            return os.environ
        return {name: value for name, value in os.environ.items() if name != "SSE_TUI_TOKEN"}

    async def _supervise(self) -> None:
        """Start the child again whenever it ends: same port, same data."""
        delay = 0.0
        while True:
            if self._child is not None:
                began = monotonic()
                await self._child.ended()
                self.status = "hub restarting"
                delay = 0.0 if monotonic() - began > LONG_ENOUGH_S else _longer(delay)
            await asyncio.sleep(delay)
            try:
                await self._start_child("--port", _port(self._url))
            except HubError as error:
                logger.warning("hub: %s", error)
                self.status = f"hub down: {error.detail}"
                delay = _longer(delay)


def _longer(delay: float) -> float:
    return min(MAX_DELAY_S, max(0.1, 2 * delay))


def _port(url: str) -> str:
    return str(urlsplit(url).port)


async def _is_hub(url: str, token: str | None) -> bool:
    """Whether an sse-tui hub answers there, and takes our token."""
    from sse_tui.client.options import ClientOptions
    from sse_tui.client.service import EventService

    headers = {"Authorization": f"Bearer {token}"} if token else {}
    options = ClientOptions(headers=headers, connect_timeout=HEALTH_S)
    try:
        async with asyncio.timeout(HEALTH_S), EventService(url, options=options) as service:
            return (await service.check_health()).server == SERVER_NAME
    except (SseTuiError, TimeoutError):
        return False
