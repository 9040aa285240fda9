"""A real terminal: the program in a tmux of its own, seen and typed at as a user would."""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

LIMIT_S = 30.0
LOOK_EVERY_S = 0.05


async def look_until(look: Callable[[], Awaitable[T]], condition: Callable[[T], bool]) -> T:
    """Look until what is seen meets the condition; a terminal tells nobody that it has changed.

    Returns:
        What was seen then.
    """
    until = time.monotonic() + LIMIT_S
    while not condition(seen := await look()):
        assert time.monotonic() < until, f"not within {LIMIT_S:g} s; last seen:\n{seen}"
        await asyncio.sleep(LOOK_EVERY_S)
    return seen


class Terminal:
    """One tmux server with one window.

    Args:
        root: an empty folder for home, current folder and temporary files.
        size: columns and lines.
    """

    def __init__(self, root: Path, size: tuple[int, int] = (140, 40)) -> None:
        self._root = root
        self._size = size
        self.environ: dict[str, str] = {
            "PATH": os.environ["PATH"],
            "HOME": str(root),
            "TMPDIR": str(root),
            "TERM": "screen-256color",
            "COLORTERM": "truecolor",
            "LANG": "C.UTF-8",
        }

    @staticmethod
    def why_missing() -> str:
        """Why there can be no terminal here; empty where there can."""
        return "" if shutil.which("tmux") else "tmux is not installed"

    async def start(self, *args: str) -> None:
        """Run `sse-tui ARGS` and, after its end, print its exit code."""
        program = shlex.join([sys.executable, "-m", "sse_tui", *args])
        variables = shlex.join(f"{name}={value}" for name, value in self.environ.items())
        columns, lines = map(str, self._size)
        await self._tmux(
            *("-f", "/dev/null", "new-session", "-d", "-x", columns, "-y", lines),
            *("-c", str(self._root), f"env -i {variables} {program}; echo left with $?; exec cat"),
        )

    async def close(self) -> None:
        """Close the window, as a user may, and end tmux."""
        await self._tmux("kill-server")

    async def keys(self, *keys: str) -> None:
        """Press keys, by tmux's names (`Enter`, `C-j`, `Escape`) or as single letters."""
        await self._tmux("send-keys", *keys)

    async def type(self, text: str) -> None:
        """Type text."""
        await self._tmux("send-keys", "-l", text)

    async def screen(self) -> str:
        """What is on the screen now."""
        return await self._tmux("capture-pane", "-p")

    async def shows(self, *words: str) -> str:
        """Return the screen once it shows all these words."""
        return await look_until(self.screen, lambda seen: all(word in seen for word in words))

    async def hides(self, words: str) -> str:
        """Return the screen once it does not show these words any more."""
        return await look_until(self.screen, lambda seen: words not in seen)

    async def modes(self) -> dict[str, bool]:
        """What a program may leave behind: alternate screen, cursor, mouse reports."""
        flags = {"alternate": "alternate_on", "cursor": "cursor_flag", "mouse": "mouse_any_flag"}
        asked = " ".join(f"#{{{flag}}}" for flag in flags.values())
        values = (await self._tmux("display-message", "-p", asked)).split()
        return {name: value == "1" for name, value in zip(flags, values, strict=True)}

    async def processes(self, words: str = "sse_tui") -> dict[int, str]:
        """The program's processes in this terminal whose command line holds the words."""
        return {
            pid: command
            for pid, command in _commands().items()
            if words in command and "tmux" not in command and self._is_ours(pid)
        }

    async def all_ended(self) -> None:
        """Return once no process of the program is left."""
        await look_until(self.processes, lambda left: not left)

    async def kill(self, words: str, number: int = signal.SIGKILL) -> None:
        """Send a signal to the one process with these words in its command line."""
        (pid,) = await self.processes(words)
        os.kill(pid, number)

    def _is_ours(self, pid: int) -> bool:
        try:
            environ = Path(f"/proc/{pid}/environ").read_bytes()
        except OSError:  # it has ended, or is somebody else's
            return False
        return f"TMPDIR={self._root}\0".encode() in environ

    def leftovers(self, pattern: str) -> list[Path]:
        """Files and folders of that name that the program has left behind."""
        return list(self._root.rglob(pattern))

    async def _tmux(self, *args: str) -> str:
        process = await asyncio.create_subprocess_exec(
            "tmux",
            *("-u", "-S", str(self._root / "tmux"), *args),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
        assert process.returncode == 0, err.decode()
        return out.decode()


def _commands() -> dict[int, str]:
    """The command line of every process of this machine."""
    commands = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
        except OSError:  # it has ended meanwhile
            continue
        commands[int(folder.name)] = command.replace(b"\0", b" ").decode(errors="replace")
    return commands
