"""The times of printed rows: of the day, since the beginning, since the row before."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, TypeAlias

from sse_tui.events.format import clock

TimeForm: TypeAlias = Literal["clock", "iso", "relative", "delta", "none"]
"""What `--time` says."""

TIME_FORMS: tuple[TimeForm, ...] = ("clock", "iso", "relative", "delta", "none")


class RowTimes:
    """Tells the times of the rows of one run, in the order in which they are printed.

    Args:
        started: when the run began, UTC.

    Attributes:
        elapsed_s: from the beginning of the run to the arrival of the latest row.
        delta_s: from the arrival of the row printed before to that of the latest; 0 for the first.
            Below 0 where rows of several streams are not printed in the order of their arrival.
    """

    def __init__(self, started: datetime) -> None:
        self.elapsed_s = 0.0
        self.delta_s = 0.0
        self._started = started
        self._previous: datetime | None = None

    def take(self, arrival: datetime) -> None:
        """The next row to be printed arrived then."""
        self.elapsed_s = (arrival - self._started).total_seconds()
        self.delta_s = (arrival - (self._previous or arrival)).total_seconds()
        self._previous = arrival

    def text(self, arrival: datetime, form: TimeForm) -> str:
        """The time of the latest row as the default line shows it; empty for `none`."""
        match form:
            case "clock":
                return clock(arrival)
            case "iso":
                return iso(arrival)
            case "relative":
                return f"{self.elapsed_s:9.3f}"
            case "delta":
                return f"{self.delta_s:9.3f}"
            case "none":
                return ""


def iso(arrival: datetime) -> str:
    """As `tail --json` writes it: RFC 3339, UTC, microseconds, `Z`."""
    return arrival.isoformat(timespec="microseconds").replace("+00:00", "Z")
