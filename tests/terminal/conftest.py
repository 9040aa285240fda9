from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from peers.terminal import Terminal

OpenTerminal = Callable[..., Awaitable[Terminal]]


@pytest.fixture
async def open_terminal(tmp_path: Path) -> AsyncIterator[OpenTerminal]:
    """Runs `sse-tui ARGS` in a terminal of a given size."""
    if reason := Terminal.why_missing():
        pytest.skip(reason)
    opened: list[Terminal] = []

    async def open_terminal(*args: str, size: tuple[int, int] = (140, 40)) -> Terminal:
        root = tmp_path / str(len(opened))
        root.mkdir(exist_ok=True)
        terminal = Terminal(root, size)
        opened.append(terminal)
        await terminal.start(*args)
        return terminal

    yield open_terminal
    for terminal in opened:
        await terminal.close()
        await terminal.all_ended()
