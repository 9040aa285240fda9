"""Finds the next row that matches, in steps short enough for the screen to stay alive."""

from __future__ import annotations

import asyncio

from sse_tui.events.query import Query
from sse_tui.tui.widgets.log_window import LogWindow

STEP = 400
"""Rows looked at before others get their turn: a few milliseconds."""


async def find_match(window: LogWindow, query: Query, start: int, step: int) -> int | None:
    """The position of the nearest matching row.

    Args:
        window: where to look.
        query: what to look for.
        start: the position to look from; not looked at itself.
        step: 1 for later rows, -1 for earlier ones.

    Returns:
        The position, or None when no row up to the window's edge matches.
    """
    position = start + step
    while window.first <= position < window.end:
        for _ in range(STEP):
            row = window.row(position)
            if row is None:
                return None
            if query.matches(row):
                return position
            position += step
        await asyncio.sleep(0)
    return None
