"""A real hub in a process of its own, `python -m sse_tui serve` on a free port, for any test."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

START_S = 30.0
"""Generous: the machine may be busy with other things."""


class NotStarted(Exception):
    """The hub ended before it listened: its exit code, and what it said on stderr."""

    def __init__(self, code: int, said: str) -> None:
        super().__init__(f"exit code {code}: {said}")
        self.code = code
        self.said = said


class ServedHub:
    """Runs while the `async with` block does; `kill` and `start` in it are a crash and a restart.

    Args:
        data_dir: its data folder; it stays.
        options: further options of `serve`.
        port: 0 for a free one; a restart takes the same.

    Attributes:
        url: its address.
        pid: its process id.
    """

    def __init__(self, data_dir: Path, *options: str, port: int = 0) -> None:
        self.url = ""
        self._options = ("--data-dir", str(data_dir), *options)
        self._port = port
        self._process: Process | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._process is not None and self._process.returncode is None:
            await self.stop()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def start(self) -> None:
        """Start it, and return once it listens.

        Raises:
            NotStarted: it did not.
        """
        command = [sys.executable, "-m", "sse_tui", "serve", "--port", str(self._port)]
        self._process = await asyncio.create_subprocess_exec(
            *command, *self._options, stdin=DEVNULL, stdout=PIPE, stderr=PIPE
        )
        assert self._process.stdout is not None
        async with asyncio.timeout(START_S):
            line = await self._process.stdout.readline()
        if not line:
            _, notes = await self._process.communicate()
            raise NotStarted(self._process.returncode or 0, notes.decode())
        self.url = json.loads(line)["url"]
        self._port = urlsplit(self.url).port or 0

    async def kill(self) -> None:
        """End it by SIGKILL: it gets no chance to tidy up."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """End it by SIGTERM; its exit code."""
        return await self._end(signal.SIGTERM)

    async def _end(self, number: int) -> int:
        assert self._process is not None
        os.kill(self._process.pid, number)
        async with asyncio.timeout(START_S):
            await self._process.communicate()
        assert self._process.returncode is not None
        return self._process.returncode
