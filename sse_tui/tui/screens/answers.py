"""The language model's answer that a row is part of, put together from the rows around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sse_tui.events.llm import Answer
from sse_tui.events.llm_shapes import piece_of
from sse_tui.events.log import EventLog
from sse_tui.events.model import Event, Row, StateChange, StreamState

MOST_ROWS = 2048
"""Rows of one answer that are looked at after a row; before it, up to twice as many."""
PAGE = 256


@dataclass
class _Reading:
    """An answer as far as it was read."""

    first: int
    next: int
    answer: Answer


class Answers:
    """Reads answers out of logs; goes on where it stopped when more has come.

    Args:
        logs: by topic.
    """

    def __init__(self, logs: Mapping[str, EventLog]) -> None:
        self._logs = logs
        self._readings: dict[str, _Reading] = {}

    def of(self, event: Event) -> Answer | None:
        """The answer that `event` is part of, from its connection's begin; None: it is of none."""
        log = self._logs.get(event.topic)
        if log is None or piece_of(event.data) is None:
            return None
        first = _begin(log, event.number)
        reading = self._readings.get(event.topic)
        if reading is None or reading.first != first:
            reading = self._readings[event.topic] = _Reading(first, first, Answer())
        _read_on(log, reading, event.number + MOST_ROWS)
        return reading.answer if reading.answer.chunks else None


def _begins(row: Row) -> bool:
    return isinstance(row, StateChange) and row.state is StreamState.CONNECTING


def _begin(log: EventLog, number: int) -> int:
    """The row with which the connection began that brought the row `number`."""
    # In steps, so that the next row of a long answer is part of what was read already.
    edge = max(log.first_number, (number // MOST_ROWS - 1) * MOST_ROWS)
    stop = number
    while stop > edge:
        start = max(edge, stop - PAGE)
        for row in reversed(log.read(start, stop - start)):
            if _begins(row):
                return row.number
        stop = start
    return edge


def _read_on(log: EventLog, reading: _Reading, stop: int) -> None:
    """Take what has come since, up to the next connection."""
    while reading.next < min(stop, log.next_number):
        rows = log.read(reading.next, min(PAGE, stop - reading.next))
        another = [at for at, row in enumerate(rows) if _begins(row) and row.number > reading.first]
        own = rows[: another[0]] if another else rows
        reading.answer.take(own)
        if own:
            reading.next = own[-1].number + 1
        if another or not rows:
            return
