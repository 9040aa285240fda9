"""The fields that a filter may name, and how each is read from encoded rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeAlias

from sse_tui.events.json_path import MISSING, Path, value_at
from sse_tui.events.model import Kind, Partial
from sse_tui.events.query_rows import Rows
from sse_tui.events.query_values import Test
from sse_tui.events.segment import COMMENT, GAP, OVERSIZE, PARTIAL, RETRY, STATE

Selector: TypeAlias = Callable[[Rows, Sequence[int], Test], list[int]]
"""Positions, of those given, at which the field is there and passes the test."""

KINDS = {
    **{0: Kind.EVENT, 1: Kind.EVENT, COMMENT: Kind.COMMENT, RETRY: Kind.RETRY},
    **{STATE: Kind.STATE, GAP: Kind.GAP, PARTIAL: Kind.PARTIAL, OVERSIZE: Kind.PARTIAL},
}


class Comparison:
    """A field that is there and passes a test.

    Args:
        select: reads the field.
        test: what its values must pass.
        cost: how dear reading is; see `Node`.
        pattern: finds in a text what passed, where that makes sense.
    """

    def __init__(
        self, select: Selector, test: Test, cost: int, pattern: re.Pattern[str] | None = None
    ) -> None:
        self.cost = cost
        self._select = select
        self._test = test
        self._patterns = [pattern] if pattern else []

    def patterns(self) -> list[re.Pattern[str]]:
        """The expression of `~`."""
        return self._patterns

    def select(self, rows: Rows, among: Sequence[int]) -> list[int]:
        """Positions at which the field passes."""
        return self._select(rows, among, self._test)


def select_topic(rows: Rows, among: Sequence[int], test: Test) -> list[int]:
    """The topic as subscribed, and on a wildcard stream the concrete one."""
    segment = rows.segment
    passing = {
        at
        for at, source in enumerate(segment.sources)
        if test(rows.topic if source is None else [rows.topic, source])
    }
    if segment.source_of is None:
        return list(among) if passing else []
    return [index for index in among if segment.source_of[index] in passing]


def select_event(rows: Rows, among: Sequence[int], test: Test) -> list[int]:
    """The event type."""
    segment = rows.segment
    passing = {at for at, type_ in enumerate(segment.types) if test(type_)}
    if not passing:
        return []
    if segment.type_of is None:
        found = list(among)
    else:
        found = [index for index in among if segment.type_of[index] in passing]
    return found if rows.only_events else [index for index in found if rows.is_event(index)]


def select_kind(rows: Rows, among: Sequence[int], test: Test) -> list[int]:
    """What the row is."""
    passing = {code for code, kind in KINDS.items() if test(str(kind))}
    codes = rows.segment.codes
    return [index for index in among if codes[index] in passing]


def select_id(rows: Rows, among: Sequence[int], test: Test) -> list[int]:
    """The stream's last event ID when the event was dispatched."""
    read = rows.id_and_data
    return [index for index in among if rows.is_event(index) and test(read(index)[0])]


def select_number(rows: Rows, among: Sequence[int], test: Test) -> list[int]:
    """The row's number in its log."""
    first = rows.segment.first
    return [index for index in among if test(first + index)]


def select_age(rows: Rows, among: Sequence[int], test: Test) -> list[int]:
    """Seconds since the row arrived."""
    now, times = rows.now_ns, rows.segment.times
    return [index for index in among if test((now - times[index]) / 1e9)]


def select_size(rows: Rows, among: Sequence[int], test: Test) -> list[int]:
    """Bytes of data (UTF-8), of a comment's text, or of what had arrived of a partial event."""
    found = []
    for index in among:
        code = rows.segment.codes[index]
        if code <= COMMENT:
            value = len(rows.segment.id_and_data(index)[1])
        elif isinstance(partial := rows.row(index), Partial):
            value = partial.size
        else:
            continue
        if test(value):
            found.append(index)
    return found


def select_text(rows: Rows, among: Sequence[int], test: Test) -> list[int]:
    """The data of an event or a partial event as text, whatever it is."""
    codes = rows.segment.codes
    return [
        index
        for index in among
        if (rows.is_event(index) or codes[index] in (PARTIAL, OVERSIZE))
        and test(rows.id_and_data(index)[1])
    ]


class JsonField:
    """A value inside the data of events that are JSON.

    A row that does not contain the path's last key as text, and no escapes by which it could be
    written otherwise, is not parsed at all.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        keys = [key for key in path if isinstance(key, str)]
        plain = keys and not re.search(r'[\x00-\x1f"\\]', keys[-1])
        self._key = f'"{keys[-1]}"'.encode("utf-8", "surrogatepass") if plain else b""

    def __call__(self, rows: Rows, among: Sequence[int], test: Test) -> list[int]:
        """See `Selector`."""
        text = rows.segment.text
        if self._key not in text and b"\\" not in text:
            return []
        found = []
        find, starts = text.find, rows.segment.starts
        for index in among:
            start, stop = starts[index], starts[index + 1]
            if find(self._key, start, stop) < 0 and find(b"\\", start, stop) < 0:
                continue
            if not rows.is_event(index):
                continue
            value = value_at(rows.json(index), self._path)
            if value is not MISSING and test(value):
                found.append(index)
        return found
