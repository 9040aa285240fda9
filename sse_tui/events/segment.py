"""A few hundred rows in one piece of bytes: how an event log keeps a million of them.

One `bytes` object holds the text of all rows, so the garbage collector has nothing to walk through
and a word is looked for in all of them with one `bytes.find`.
"""

from __future__ import annotations

import json
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import accumulate, islice
from typing import TypeAlias, TypeVar

from sse_tui.events.event_run import EventRun
from sse_tui.events.model import (
    EPOCH,
    Certainty,
    Comment,
    Event,
    EventFrame,
    Gap,
    Note,
    Partial,
    Retry,
    Row,
    StateChange,
    StreamState,
)

ROW_OVERHEAD = 20
"""Bytes that a row costs besides its text."""

EVENT, EVENT_WITH_ID, COMMENT, RETRY, STATE, GAP, PARTIAL, OVERSIZE = range(8)
"""The row codes. The first two are the values of `own_id`, so events need no translation."""

_Index: TypeAlias = "bytes | array[int]"
_Value = TypeVar("_Value", str, str | None)
_Record: TypeAlias = tuple[str, str, str, int, str | None]


class Segment:
    """Encoded rows; made once, never changed.

    A row's text is `id NUL data LF`. An id never holds NUL (the standard
    ignores an `id` field that does). Types and sources are kept once per segment.

    Args:
        first: number of the first row.
        rows: the rows, at least one.
        times: when each was received, ns since 1970.

    Attributes:
        text: all texts, UTF-8 (lone surrogates passed through).
        starts: offset of each row's text in `text`, and one past the last row's LF.
        codes: one row code per row.
        types, sources: the distinct values.
        type_of, source_of: index into those per row; None where all rows share the first value.
    """

    __slots__ = (
        "codes",
        "first",
        "source_of",
        "sources",
        "starts",
        "text",
        "times",
        "type_of",
        "types",
    )

    def __init__(self, first: int, rows: Sequence[EventFrame | Note], times: Sequence[int]) -> None:
        self.first = first
        self.times = array("q", times)
        self.types: tuple[str, ...]
        self.sources: tuple[str | None, ...]
        self.type_of: _Index | None
        self.source_of: _Index | None
        try:
            columns = zip(*rows, strict=True)
            types, data, ids, codes, sources = columns
        except TypeError:  # not all are events
            records = [row if isinstance(row, tuple) else _note_record(row) for row in rows]
            types, data, ids, codes, sources = zip(*records, strict=True)
        self.codes = bytes(codes)
        self.types, self.type_of = _distinct(types)
        self.sources, self.source_of = _distinct(sources)
        self._encode(ids, data)

    @classmethod
    def of_run(cls, first: int, run: EventRun, received_at_ns: int) -> Segment:
        """The segment of a whole run, all of it received at one time."""
        segment = cls.__new__(cls)
        rows = len(run)
        types, data, ids, sources = run.columns()
        segment.first = first
        segment.times = array("q", [received_at_ns]) * rows
        segment.codes = bytes((EVENT_WITH_ID if run.own_id else EVENT,)) * rows
        segment.types, segment.type_of = _distinct(islice(types, rows))
        segment.sources, segment.source_of = _distinct(islice(sources, rows))
        segment._encode(islice(ids, rows), data)
        return segment

    def _encode(self, ids: Iterable[str], data: Iterable[str]) -> None:
        texts = [f"{id_}\0{value}\n" for id_, value in zip(ids, data, strict=True)]
        text = "".join(texts)
        self.text = text.encode("utf-8", "surrogatepass")
        lengths: Iterable[int] = map(len, texts)
        if len(self.text) != len(text):
            lengths = [len(part.encode("utf-8", "surrogatepass")) for part in texts]
        self.starts = array("Q", accumulate(lengths, initial=0))

    def __len__(self) -> int:
        return len(self.codes)

    def size(self, start: int = 0, stop: int | None = None) -> int:
        """Bytes counted for the rows at these positions."""
        stop = len(self.codes) if stop is None else stop
        return self.starts[stop] - self.starts[start] + ROW_OVERHEAD * (stop - start)

    def stop_for(self, start: int, size: int) -> int:
        """The least position so that the rows from `start` to before it have at least `size` bytes.

        The number of rows where all of them have less.
        """
        stops = range(start, len(self.codes))
        return start + bisect_left(stops, size, key=lambda stop: self.size(start, stop))

    def id_and_data(self, index: int) -> tuple[bytes, bytes]:
        """The two parts of a row's text, encoded."""
        start = self.starts[index]
        split = self.text.index(0, start)
        return self.text[start:split], self.text[split + 1 : self.starts[index + 1] - 1]

    def type(self, index: int) -> str:
        """The event type of the row at `index`; empty for a row that is no event."""
        return self.types[self.type_of[index] if self.type_of is not None else 0]

    def source(self, index: int) -> str | None:
        """The concrete topic of the row at `index`."""
        return self.sources[self.source_of[index] if self.source_of is not None else 0]

    def row(self, index: int, topic: str) -> Row:
        """Make the row at `index`."""
        id_, data = (part.decode("utf-8", "surrogatepass") for part in self.id_and_data(index))
        code = self.codes[index]
        head = (self.first + index, moment(self.times[index]), topic)
        if code <= EVENT_WITH_ID:
            own = code == EVENT_WITH_ID
            return Event(*head, self.type(index), data, id_, own, self.source(index))
        return _note_row(head, code, id_, data)


def moment(ns: int) -> datetime:
    """Nanoseconds since 1970 as a UTC time (to the microsecond)."""
    return EPOCH + timedelta(microseconds=ns // 1000)


def _distinct(values: Iterable[_Value]) -> tuple[tuple[_Value, ...], _Index | None]:
    """The distinct values, and per row which one it has (None: all have the first)."""
    rows = tuple(values)
    table = {value: index for index, value in enumerate(dict.fromkeys(rows))}
    if len(table) == 1:
        return tuple(table), None
    indexes = map(table.__getitem__, rows)
    return tuple(table), bytes(indexes) if len(table) <= 256 else array("L", indexes)


def _note_record(note: Note) -> _Record:
    match note:
        case Comment():
            return "", note.text, "", COMMENT, None
        case Retry():
            return "", str(note.ms), "", RETRY, None
        case Partial():
            return "", note.data, str(note.size), OVERSIZE if note.oversize else PARTIAL, None
        case StateChange():
            state = (note.state, note.detail, note.status, note.attempt, note.retry_in_ms)
            return "", json.dumps(state), "", STATE, None
        case Gap():
            counts = (note.replayed, note.duplicates, note.lost)
            gap = (note.offline_s, note.resumed_after, counts, note.certainty, note.completes)
            return "", json.dumps(gap), "", GAP, None


def _note_row(head: tuple[int, datetime, str], code: int, id_: str, data: str) -> Note:
    match code:
        case 2:
            return Comment(*head, data)
        case 3:
            return Retry(*head, int(data))
        case 4:
            state, *rest = json.loads(data)
            return StateChange(*head, StreamState(state), *rest)
        case 5:
            offline_s, after, (replayed, duplicates, lost), certainty, first = json.loads(data)
            known = (offline_s, after, replayed, duplicates, lost)
            return Gap(*head, *known, Certainty(certainty), first)
        case _:
            return Partial(*head, data, int(id_), code == OVERSIZE)
