"""A row of bars for the last seconds of a rate."""

from __future__ import annotations

from collections.abc import Sequence

from sse_tui.tui.glyphs import BARS


def bars(counts: Sequence[int], width: int) -> str:
    """The newest `width` counts as bars, scaled to the largest.

    Nothing is a thin base line, and the smallest count stands above it: one event is never
    invisible beside a thousand.
    """
    shown = [0] * max(width - len(counts), 0) + list(counts[-width:] if width else [])
    top = max(shown, default=0)
    base, first, last = 1, 2, len(BARS) - 1
    return "".join(
        BARS[base if count <= 0 else first + round((last - first) * count / top)] for count in shown
    )
