"""Runs a hub: its folder, its log, its socket and its HTTP server, from start to clean end."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator, Sequence
from pathlib import Path

import uvicorn
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Scope

from sse_tui.hub.app import DEFAULT_OPTIONS, HubOptions, build_app
from sse_tui.hub.engine import KEEP_BY_DEFAULT, Retention
from sse_tui.hub.folder import DataFolder
from sse_tui.hub.hub_log import HubLog
from sse_tui.hub.listening import BACKLOG, listen, url_of
from sse_tui.hub.sqlite_log import SqliteLog
from sse_tui.hub.streams import Streams

CLEAN_END_S = 1.0
"""How long readers may take to receive the end of their streams before they are cut off."""


class HubServer:
    """One hub. Made: it holds its folder and its port. Started: it answers.

    Args:
        data_dir: where `hub.db` is.
        port: 0 for a free one.
        options: how it behaves, and the host that it listens on.
        keep: what it keeps.

    Attributes:
        url: its address, without a slash at the end.

    Raises:
        HubUnavailableError: the port or the folder is taken or cannot be used.
        HubError: the log is damaged.
    """

    def __init__(
        self,
        data_dir: Path,
        port: int = 3000,
        options: HubOptions = DEFAULT_OPTIONS,
        keep: Retention = KEEP_BY_DEFAULT,
    ) -> None:
        self._options = options
        self._listener = listen(options.host, port, has_token=options.token is not None)
        self.url = url_of(self._listener)
        self.data_dir = data_dir
        try:
            self._folder = DataFolder(data_dir)
            self._folder.announce(self.url)
            try:
                self._log = HubLog(SqliteLog(self._folder.database, keep))
            except BaseException:
                self._folder.release()
                raise
        except BaseException:
            self._listener.close()
            raise
        self._http: _HttpServer | None = None
        self._serving: asyncio.Task[None] | None = None

    async def start(self, extra_routes: Sequence[BaseRoute] = ()) -> None:
        """Answer requests; returns when it does.

        Args:
            extra_routes: routes to mount beside the hub's own.
        """
        app = build_app(self._log, self._options, extra_routes=extra_routes, abort=self._abort)
        self._http = _HttpServer(app, app.state.streams)
        self._serving = asyncio.create_task(self._http.serve([self._listener]))
        ready = asyncio.create_task(self._http.answering.wait())
        await asyncio.wait({self._serving, ready}, return_when=asyncio.FIRST_COMPLETED)
        if self._serving.done():
            ready.cancel()
            await self._serving

    async def stop(self) -> None:
        """End all streams, answer what is under way, close the log, free port and folder."""
        try:
            if self._http is not None and self._serving is not None:
                self._http.stopping.set()
                await self._serving
            else:
                self._listener.close()
                await self._log.close()
        finally:
            self._folder.release()

    def _abort(self, scope: Scope) -> None:
        if self._http is not None:
            self._http.abort(scope.get("client"))


class _HttpServer(uvicorn.Server):
    """Uvicorn, which says when it is ready and ends the streams before it waits for them."""

    def __init__(self, app: ASGIApp, streams: Streams) -> None:
        config = uvicorn.Config(
            app,
            lifespan="on",
            ws="none",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            backlog=BACKLOG,
            # Longer than clients keep idle connections: they must not send into a closing one.
            timeout_keep_alive=75,
            timeout_graceful_shutdown=2,
        )
        super().__init__(config)
        self.answering = asyncio.Event()
        self.stopping = asyncio.Event()
        self._streams = streams

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:  # whoever runs the hub minds the signals
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.answering.set()

    async def main_loop(self) -> None:
        """Keep the Date header right; uvicorn's own loop wakes ten times a second."""
        while not await self.on_tick(0):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await self.stopping.wait()
                    self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._streams.end_all()
        loop = asyncio.get_running_loop()
        cut = loop.call_later(CLEAN_END_S, self._abort_all)
        try:
            await super().shutdown(sockets)
        finally:
            cut.cancel()

    def abort(self, client: tuple[str, int] | None) -> None:
        """Cut the connection from this address."""
        for connection in list(self.server_state.connections):
            if getattr(connection, "client", None) == client:
                connection.transport.abort()

    def _abort_all(self) -> None:
        for connection in list(self.server_state.connections):
            connection.transport.abort()
