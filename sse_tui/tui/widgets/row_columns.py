"""The columns of the log: how many cells each takes at a width of the screen."""

from __future__ import annotations

from dataclasses import dataclass

from sse_tui.tui.widgets import time_column

GUTTER = 1
BETWEEN = 2

WHOLE_TIME_FROM = 72
NUMBER_FROM = 48
TIME_FROM = 36
"""Narrower than this, milliseconds, number and time give way to the payload, one after another."""


@dataclass(frozen=True)
class Columns:
    """Cells per column; 0 leaves a column out.

    Attributes:
        width: the whole line.
        time, number, topic, type: the columns before the payload, without the blanks between.
    """

    width: int
    time: int
    number: int
    topic: int
    type: int

    @property
    def body(self) -> int:
        """Where what a row says begins: the column of the event type."""
        taken = (self.time, self.number, self.topic)
        return GUTTER + sum(size + BETWEEN for size in taken if size)

    @property
    def payload(self) -> int:
        """Where the payload begins."""
        return self.body + self.type + BETWEEN

    @property
    def payload_width(self) -> int:
        """Cells of the payload, at least 2."""
        return max(2, self.width - self.payload)


@dataclass
class Extents:
    """The widest of each column seen so far in one view: columns grow, and never jump back."""

    number: int = 4
    type: int = 7
    topic: int = 0

    def take(self, number: int, topic: int, event_type: int) -> None:
        """Take in the cells of one row's columns."""
        self.number = max(self.number, number)
        self.topic = max(self.topic, topic)
        self.type = max(self.type, event_type)

    def columns(self, width: int, *, with_topic: bool) -> Columns:
        """The columns for a line of `width` cells."""
        most = max(7, width // 6)
        time = time_column.WIDTH if width >= WHOLE_TIME_FROM else time_column.SHORT_WIDTH
        return Columns(
            width=width,
            time=time if width >= TIME_FROM else 0,
            number=self.number if width >= NUMBER_FROM else 0,
            topic=min(self.topic, most) if with_topic else 0,
            type=min(self.type, most),
        )
