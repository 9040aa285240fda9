"""Finds the next row that matches, in steps short enough for the screen to stay alive."""

from __future__ import annotations

import asyncio
from collections import defaultdict

from sse_tui.events.query import Query
from sse_tui.tui.widgets.log_window import LogWindow

FIRST_STEP = 64
LONGEST_STEP = 2048
"""Rows looked at before others get their turn: the first match is often near, and a long step
takes a few milliseconds."""


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
    position, size = start + step, FIRST_STEP
    while window.first <= position < window.end:
        stop = min(max(position + step * size, window.first - 1), window.end)
        places = range(position, stop, step)
        matching = _matching(window, query, places)
        for place in places:
            if window.ref(place) in matching:
                return place
        position, size = stop, min(2 * size, LONGEST_STEP)
        await asyncio.sleep(0)
    return None


def _matching(window: LogWindow, query: Query, places: range) -> set[tuple[str, int]]:
    """The rows at `places` that match, and perhaps others between them."""
    numbers: dict[str, list[int]] = defaultdict(list)
    for ref in map(window.ref, places):
        if ref is not None:
            numbers[ref[0]].append(ref[1])
    found: set[tuple[str, int]] = set()
    for topic, wanted in numbers.items():
        first, count = min(wanted), max(wanted) - min(wanted) + 1
        log = window.view.logs.get(topic)
        if log is not None:
            found.update((topic, number) for number in query.select(log, first, count))
    return found
