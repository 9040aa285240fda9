"""The line that `tail` prints by default: `time topic type data`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sse_tui.cli.cells import cells, pad
from sse_tui.cli.colors import MUTED, note_color, paint, type_color
from sse_tui.cli.tail_times import RowTimes, TimeForm
from sse_tui.events.format import escape, note_text, one_line
from sse_tui.events.model import Event, Row

_WIDEST_COLUMN = 32


class DefaultLines:
    """Makes default lines; control characters are always escaped.

    Args:
        times: tells the times of rows.
        time_form: which of them a line begins with.
        colors: colour the time and the event type.
        column_of: the targets that share one topic column; none for no column.
    """

    def __init__(
        self,
        times: RowTimes,
        time_form: TimeForm = "clock",
        *,
        colors: bool = False,
        column_of: Iterable[str] = (),
    ) -> None:
        self._times = times
        self._form = time_form
        self._colors = colors
        widths = [cells(escape(target)) for target in column_of]
        self._column = max((w for w in widths if w <= _WIDEST_COLUMN), default=0)
        self._grows = bool(widths)

    def __call__(self, rows: Sequence[Row], target: str) -> bytes:
        """The lines of some rows of one target."""
        lines = []
        arrival: datetime | None = None
        time = ""
        for row in rows:
            if row.received_at != arrival or self._form == "delta":  # those that came together
                arrival = row.received_at
                self._times.take(arrival)
                time = self._time(arrival)
            topic = self._topic(row.source or target if isinstance(row, Event) else target)
            lines.append(f"{time}{topic} {self._what(row)}\n")
        return "".join(lines).encode("utf-8", "replace")

    def _time(self, arrival: datetime) -> str:
        text = self._times.text(arrival, self._form)
        if not text:
            return ""
        return f"{paint(text, MUTED) if self._colors else text} "

    def _topic(self, topic: str) -> str:
        text = escape(topic)
        if not self._grows:
            return text
        width = cells(text)
        if self._column < width <= _WIDEST_COLUMN:  # the topics of a wildcard are not known before
            self._column = width
        return pad(text, self._column)

    def _what(self, row: Row) -> str:
        if not self._colors:
            return one_line(row)
        if isinstance(row, Event):
            return f"{paint(escape(row.type), type_color(row.type))} {escape(row.data)}"
        return paint(escape(note_text(row)), note_color(row))
