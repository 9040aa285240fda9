"""One run of `sse-tui serve` as a child process, which ends with its stdin."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import sys
from asyncio.subprocess import PIPE, Process
from collections import deque
from collections.abc import Mapping, Sequence

from sse_tui.errors import HubError, HubUnavailableError

logger = logging.getLogger(__name__)

READY_S = 30.0
"""How long a child may take until it answers, on a machine that is busy."""

END_S = 3.0
"""How long it may take to end by itself, and again to end when it is told to."""

USAGE = 2


class HubChild:
    """A running child.

    Attributes:
        url: where it listens; set by `start`.
    """

    def __init__(self) -> None:
        self.url = ""
        self._process: Process | None = None
        self._notes: deque[str] = deque(maxlen=20)
        self._reading: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """Its process id; None when it has not been started."""
        return self._process.pid if self._process else None

    async def start(self, options: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start it, and return once it answers.

        Args:
            options: of `serve`.
            environment: all of its variables.

        Raises:
            HubUnavailableError: its port or data folder is in use or may not be used.
            HubError: it ended, or did not answer.
        """
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",  # nothing in the current folder, which may be anybody's, is imported
            "-m",
            "sse_tui",
            "serve",
            "--parent-stdin",
            *options,
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            env=dict(environment),
            start_new_session=True,  # Ctrl-C in this terminal is not meant for it
        )
        self._reading = asyncio.create_task(self._read_notes(self._process))
        assert self._process.stdout is not None
        try:
            async with asyncio.timeout(READY_S):
                line = await self._process.stdout.readline()
        except TimeoutError:
            raise HubError(
                "The hub did not start", f"no answer for {READY_S:g} s", "Try again."
            ) from None
        if not line:
            raise await self._failure(self._process)
        self.url = json.loads(line)["url"]

    async def ended(self) -> None:
        """Wait until it has ended, whyever."""
        if self._process is not None:
            code = await self._process.wait()
            logger.info("hub process %d ended with %d", self._process.pid, code)

    async def stop(self) -> None:
        """End it: by its stdin, else by SIGTERM, else by SIGKILL."""
        if self._process is None:
            return
        assert self._process.stdin is not None
        self._process.stdin.close()
        for end in (self._process.terminate, self._process.kill):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(END_S):
                    await self._process.wait()
                    break
            with contextlib.suppress(ProcessLookupError):
                end()
        await self._process.wait()
        if self._reading is not None:
            await asyncio.wait([self._reading], timeout=END_S)

    async def _read_notes(self, process: Process) -> None:
        assert process.stderr is not None
        async for line in process.stderr:
            text = line.decode(errors="replace").strip()
            logger.info("hub: %s", text)
            self._notes.append(text)

    async def _failure(self, process: Process) -> HubError:
        """What it said on stderr before it ended: a sentence, then perhaps a hint."""
        code = await process.wait()
        if self._reading is not None:
            await self._reading
        said, hint = [*self._notes, "", ""][:2]
        detail = said.removeprefix("sse-tui: ") or f"it ended with exit code {code}"
        kind = HubUnavailableError if code == USAGE else HubError
        return kind("The hub did not start", detail, hint)
