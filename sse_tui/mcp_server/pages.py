"""Reads bounded pages of events from a log, for tools, resources and prompts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sse_tui.events.format import one_line
from sse_tui.events.log import EventLog
from sse_tui.events.model import Event, Gap, Partial, Row
from sse_tui.mcp_server.answers import EventOut

ANSWER_BYTES = 100_000
"""Bytes of payload in one answer, at most; the first event is always given."""

MAX_NOTES = 10
CHUNK_ROWS = 64


@dataclass
class Page:
    """Some events of one log.

    Attributes:
        events: oldest first.
        notes: gaps and broken events among the rows read, as text, oldest first.
        first: number of the first row read.
        next: number after the last row read.
    """

    first: int
    next: int
    events: list[EventOut] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Bounds:
    """How much one answer may hold.

    Attributes:
        events: number of events.
        event_bytes: bytes of `data` per event; the rest is cut off and counted.
    """

    events: int
    event_bytes: int


def read_from(log: EventLog, number: int, bounds: Bounds) -> Page:
    """The events from row `number` on, oldest first, as many as the bounds allow."""
    start = max(number, log.first_number)
    picked = _Picked(bounds)
    end = start
    for row in _forward(log, start):
        if not picked.add(row):
            break
        end = row.number + 1
    return Page(start, end, picked.events, picked.notes())


def read_newest(log: EventLog, bounds: Bounds) -> Page:
    """The newest events that are kept, as many as the bounds allow."""
    picked = _Picked(bounds)
    start = log.next_number
    for row in _backward(log):
        if not picked.add(row):
            break
        start = row.number
    picked.events.reverse()
    picked.rows.reverse()
    return Page(start, log.next_number, picked.events, picked.notes())


def has_event(log: EventLog, number: int) -> bool:
    """Whether there is an event from row `number` on."""
    return any(isinstance(row, Event) for row in _forward(log, max(number, log.first_number)))


def event_out(event: Event, event_bytes: int) -> EventOut:
    """One event for an answer, its data cut to `event_bytes`."""
    data = event.data
    left_out = 0
    if len(data) > event_bytes // 4:  # a character takes four bytes at most
        encoded = data.encode("utf-8", "surrogatepass")
        left_out = max(0, len(encoded) - event_bytes)
        data = encoded[:event_bytes].decode("utf-8", "ignore")
    return EventOut(
        name=event.name,
        received_at=utc(event.received_at),
        type=event.type,
        data=data,
        bytes_left_out=left_out,
        id=event.id,
        source=event.source,
    )


def utc(moment: datetime) -> str:
    """A UTC time as ISO 8601 with milliseconds and `Z`."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class _Picked:
    """What has been picked for one page so far."""

    def __init__(self, bounds: Bounds) -> None:
        self.events: list[EventOut] = []
        self.rows: list[Gap | Partial] = []
        self._bounds = bounds
        self._bytes = 0

    def add(self, row: Row) -> bool:
        """Take the row in; False, without taking it, when the page is full."""
        if isinstance(row, Event):
            if len(self.events) >= self._bounds.events:
                return False
            event = event_out(row, self._bounds.event_bytes)
            self._bytes += len(event.data)
            if self.events and self._bytes > ANSWER_BYTES:
                return False
            self.events.append(event)
        elif isinstance(row, Gap | Partial):
            self.rows.append(row)
        return True

    def notes(self) -> list[str]:
        """The gaps and broken events as text, each gap by its completed form only."""
        completed = {row.completes for row in self.rows if isinstance(row, Gap)}
        shown = [row for row in self.rows if row.number not in completed][-MAX_NOTES:]
        return [f"{row.name} {one_line(row)}" for row in shown]


def _forward(log: EventLog, start: int) -> Iterator[Row]:
    while start < log.next_number:
        yield from log.read(start, CHUNK_ROWS)
        start += CHUNK_ROWS


def _backward(log: EventLog) -> Iterator[Row]:
    end = log.next_number
    while end > log.first_number:
        start = max(log.first_number, end - CHUNK_ROWS)
        yield from reversed(log.read(start, end - start))
        end = start
