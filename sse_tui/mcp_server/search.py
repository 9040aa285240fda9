"""Searches several logs with one query and merges what it finds by time of arrival."""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import anyio.lowlevel
from mcp.server.mcpserver.exceptions import ToolError

from sse_tui.events.log import EventLog
from sse_tui.events.model import Event
from sse_tui.events.query import Query, parse_query
from sse_tui.mcp_server.answers import EventOut
from sse_tui.mcp_server.pages import ANSWER_BYTES, Bounds, event_out

ROWS_AT_ONCE = 1_000
"""Rows searched before other tasks get their turn: a few milliseconds."""


@dataclass(frozen=True)
class Found:
    """What a search found.

    Attributes:
        query: the query as parsed.
        events: the newest matches, oldest first.
        matches: number of matching events, given or not.
        searched: number of rows looked at.
    """

    query: str
    events: list[EventOut]
    matches: int
    searched: int


async def search_logs(
    logs: Sequence[EventLog], text: str, *, before: str | None, bounds: Bounds
) -> Found:
    """The newest events of the logs that match, as many as the bounds allow.

    Args:
        logs: at least none; each is searched whole, from its oldest row.
        text: the query.
        before: a row's name: only what arrived before it counts.
        bounds: of the answer.

    Raises:
        QueryError: the query does not parse.
        ToolError: `before` names no row that is kept.
    """
    query = parse_query(text)
    end = None if before is None else _moment_of(logs, before)
    picked: list[Iterator[tuple[int, int, Event]]] = []
    matches = searched = 0
    for place, log in enumerate(logs):
        last = log.next_number if end is None else _rows_before(log, place, end)
        searched += last - log.first_number
        numbers = await _matching(log, query, last)
        matches += len(numbers)
        picked.append(_newest_first(log, place, numbers))
    newest = heapq.merge(*picked, key=lambda found: found[:2], reverse=True)
    events = _bounded((event for _, _, event in newest), bounds)
    return Found(query.text, events, matches, searched)


async def _matching(log: EventLog, query: Query, end: int) -> list[int]:
    numbers: list[int] = []
    start = log.first_number
    while start < end:
        count = min(ROWS_AT_ONCE, end - start)
        found = query.select(log, start, count)
        numbers += [number for number in found if isinstance(log.get(number), Event)]
        start += count
        await anyio.lowlevel.checkpoint()
    return numbers


def _newest_first(
    log: EventLog, place: int, numbers: list[int]
) -> Iterator[tuple[int, int, Event]]:
    """Matching events with what sorts them: time of arrival, then the log's place."""
    for number in reversed(numbers):
        row = log.get(number)
        time_ns = log.received_at_ns(number)
        if isinstance(row, Event) and time_ns is not None:  # else it fell out meanwhile
            yield time_ns, place, row


def _bounded(newest: Iterator[Event], bounds: Bounds) -> list[EventOut]:
    events: list[EventOut] = []
    size = 0
    for event in newest:
        out = event_out(event, bounds.event_bytes)
        size += len(out.data)
        if events and (len(events) >= bounds.events or size > ANSWER_BYTES):
            break
        events.append(out)
    return events[::-1]


def _moment_of(logs: Sequence[EventLog], name: str) -> tuple[int, int, int]:
    """Where in the order of arrival a row stands: time, its log's place, number."""
    topic, _, number = name.rpartition("#")
    for place, log in enumerate(logs):
        if log.topic == topic and number.isdecimal():
            time_ns = log.received_at_ns(int(number))
            if time_ns is not None:
                return time_ns, place, int(number)
    raise ToolError(
        f"before={name!r} is no row of the topics searched: use a `name` of the last answer, or "
        "omit before."
    )


def _rows_before(log: EventLog, place: int, end: tuple[int, int, int]) -> int:
    """The number after the last row of the log that stands before `end`."""
    time_ns, end_place, end_number = end
    if place == end_place:
        return end_number
    times = log.times(log.first_number, len(log))
    limit = time_ns + 1 if place < end_place else time_ns
    return log.first_number + bisect_left(times, limit)
