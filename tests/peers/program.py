"""The real program as a process of its own, with a home and a folder that hold nothing else."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LIMIT_S = 30
"""How long a test waits for a program before it calls it stuck."""

OURS = ("SSE_TUI_", "OPENAI_", "XDG_", "NO_COLOR")


@dataclass(frozen=True, slots=True)
class Finished:
    """A run that has ended: exit code, standard output and standard error."""

    code: int
    out: str
    err: str

    def json_lines(self) -> list[dict[str, Any]]:
        """Standard output as one JSON object a line."""
        return [json.loads(line) for line in self.out.splitlines()]


class Running:
    """A run that goes on."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def line(self) -> str:
        """The next line of standard output, without its LF; empty at its end."""
        assert self.process.stdout is not None
        async with asyncio.timeout(LIMIT_S):
            return (await self.process.stdout.readline()).decode().removesuffix("\n")

    async def note(self, words: str) -> str:
        """The next line of standard error that holds `words`."""
        assert self.process.stderr is not None
        async with asyncio.timeout(LIMIT_S):
            while line := await self.process.stderr.readline():
                if words in line.decode():
                    return line.decode()
        raise AssertionError(f"standard error ended without {words!r}")

    async def finish(self) -> Finished:
        """Wait for its end."""
        async with asyncio.timeout(LIMIT_S):
            out, err = await self.process.communicate()
        assert self.process.returncode is not None
        return Finished(self.process.returncode, (out or b"").decode(), err.decode())

    async def stop(self, number: int = signal.SIGTERM) -> Finished:
        """Send a signal and wait for the end."""
        self.process.send_signal(number)
        return await self.finish()


class Program:
    """Starts `sse-tui` in an empty folder.

    Args:
        root: an empty folder for the home and the current folder.

    Attributes:
        folder: the current folder of every run.
        environ: the environment of every run.
    """

    def __init__(self, root: Path) -> None:
        self.folder = root / "folder"
        self.folder.mkdir()
        home = root / "home"
        home.mkdir()
        kept = {k: v for k, v in os.environ.items() if not k.startswith(OURS)}
        self.environ = {**kept, "HOME": str(home), "TMPDIR": str(root)}
        self._started: list[Running] = []

    @property
    def config_file(self) -> Path:
        """The user's own config.toml; its folder exists."""
        path = Path(self.environ["HOME"]) / ".config" / "sse-tui" / "config.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    async def start(
        self, *args: str, stdin: bool = False, stdout_file: str | None = None
    ) -> Running:
        """Start it; standard output and error are pipes, standard input too if asked for."""
        stdout = os.open(stdout_file, os.O_WRONLY) if stdout_file else PIPE
        try:
            return await self._start(args, PIPE if stdin else DEVNULL, stdout)
        finally:
            if stdout_file:
                os.close(stdout)

    async def _start(self, args: tuple[str, ...], stdin: int, stdout: int) -> Running:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "sse_tui",
            *args,
            cwd=self.folder,
            env=self.environ,
            stdin=stdin,
            stdout=stdout,
            stderr=PIPE,
        )
        running = Running(process)
        self._started.append(running)
        return running

    async def run(
        self, *args: str, stdin: bytes | None = None, stdout_file: str | None = None
    ) -> Finished:
        """Run it to its end."""
        running = await self.start(*args, stdin=stdin is not None, stdout_file=stdout_file)
        if stdin is not None:
            assert running.process.stdin is not None
            running.process.stdin.write(stdin)
            running.process.stdin.close()
        return await running.finish()

    async def end_all(self) -> None:
        """End what still runs."""
        for running in self._started:
            if running.process.returncode is None:
                running.process.kill()
                await running.process.communicate()  # a pipe that nobody drains holds wait() up
