"""The time column of the log: clock, relative to now, or delta to the row before."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sse_tui.events.format import clock

WIDTH = 12
SHORT_WIDTH = 8
"""Cells of the column: HH:MM:SS.mmm, and HH:MM:SS where there is little room."""

_LONGEST_DELTA_S = 1000.0


class TimeForm(StrEnum):
    """How the time of a row is written."""

    DELTA = "delta"
    CLOCK = "clock"
    RELATIVE = "relative"

    @property
    def next(self) -> TimeForm:
        """The form that `t` turns to."""
        forms = list(TimeForm)
        return forms[(forms.index(self) + 1) % len(forms)]


def time_text(
    form: TimeForm, at: datetime, before: datetime | None, now: datetime, width: int = WIDTH
) -> str:
    """The time of a row, `width` cells at most.

    Args:
        form: how to write it.
        at: when the row was received.
        before: when the row before it was received; None writes the clock (the first row in
            sight, and the first after a gap).
        now: the present, for the relative form.
        width: `WIDTH` or `SHORT_WIDTH`.
    """
    if form is TimeForm.RELATIVE:
        ago = age((now - at).total_seconds())
        return ago.removesuffix(" ago")[:width] if width < WIDTH else f"{ago:>{width - 1}}"
    if form is TimeForm.DELTA and before is not None:
        seconds = (at - before).total_seconds()
        if abs(seconds) < _LONGEST_DELTA_S:
            return f"{seconds:+8.3f}"
    return clock(at)[:width]


def age(seconds: float) -> str:
    """How long ago, in the largest two units that matter: `4 s ago`, `3m 10s ago`, `2h 05m ago`."""
    whole = max(0, int(seconds))
    if whole < 1:
        return "now"
    if whole < 60:
        return f"{whole}s ago"
    if whole < 3600:
        return f"{whole // 60}m {whole % 60:02}s ago"
    if whole < 86_400:
        return f"{whole // 3600}h {whole // 60 % 60:02}m ago"
    days = whole // 86_400
    return f"{days}d {whole // 3600 % 24:02}h ago" if days < 100 else f"{days}d ago"
