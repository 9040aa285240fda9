"""Many events of one shape: checked at once, and taken apart only when somebody looks.

A busy server sends thousands of events with the same fields in the same order. One regular
expression proves that a whole chunk is of one shape, at a third of the cost of taking it apart
(measured in `tests/bench/decode.py`); most of a flood falls out of the log before anyone looks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import repeat
from typing import TypeAlias

from sse_tui.events.model import EventFrame, Note

MIN_BYTES = 2048
"""Below this, events one by one cost no more."""

DONE = "[DONE]"
"""The whole data of an event that says: there is no more."""

GAP_TYPE = "hub.gap"
"""The event type by which the hub says that events are gone."""

_HEAD = re.compile(rb"((?:id|event|topic|data):)( ?)")
_VALUES = {
    b"id:": rb"[^\n\0]++",  # an `id` that is empty or holds NUL has rules of its own, as has
    b"event:": rb"(?!%b\n).++" % re.escape(GAP_TYPE.encode()),  # an empty event type
    b"topic:": rb".*+",
    b"data:": rb"(?!%b\n).*+" % re.escape(DONE.encode()),
}

Shape: TypeAlias = tuple[bytes, ...]
"""The fields of each event in their order, with colon and blank."""


class EventRun:
    """Events that arrived together, each with the fields of `shape`, one `data` line among them.

    None of them says something about the stream itself (`[DONE]`, `hub.gap`).

    Attributes:
        wire: the blocks as they came, each with its blank line; LF line ends.
        last_id: the last event ID after the run; all have it that carry no `id`.
        own_id: whether they carry one.
    """

    __slots__ = ("_rows", "_shape", "last_id", "own_id", "wire")

    def __init__(self, wire: bytes, shape: Shape, last_id: str) -> None:
        self.wire = wire
        self._shape = shape
        self._rows = wire.count(b"\n") // (len(shape) + 1)
        self.own_id = False
        self.last_id = last_id
        for at, field in enumerate(shape):
            if field.startswith(b"id:"):
                self.own_id = True
                last_block = wire[wire.rfind(b"\n\n", 0, -2) + 2 :] if self._rows > 1 else wire
                self.last_id = _text(last_block.split(b"\n")[at][len(field) :])

    def __len__(self) -> int:
        return self._rows

    def columns(
        self,
    ) -> tuple[Iterable[str], list[str], Iterable[str], Iterable[str | None]]:
        """Types, data, ids and concrete topics; those that all share without an end."""
        lines = _text(self.wire).split("\n")
        width = len(self._shape) + 1
        columns: dict[str, list[str]] = {}
        for at, field in enumerate(self._shape):
            prefix = field.decode()
            # Lines hold no LF and all begin with the prefix: one split strips it from each.
            joined = "\n".join(lines[at : self._rows * width : width])
            columns[prefix.rstrip(": ")] = joined[len(prefix) :].split(f"\n{prefix}")
        return (
            columns.get("event") or repeat("message"),
            columns["data"],
            columns.get("id") or repeat(self.last_id),
            [topic or None for topic in columns["topic"]] if "topic" in columns else repeat(None),
        )

    def lacks(self, text: bytes, *, any_case: bool) -> bool:
        """Whether no event has `text` (without LF) in its type, data, id or topic, for certain.

        Args:
            text: UTF-8; no part of the default type `message`, which the wire does not hold.
            any_case: `text` is lower case, and A-Z count as it.
        """
        inherited = b"" if self.own_id else self.last_id.encode("utf-8", "surrogatepass")
        places = (self.wire, inherited)
        return not any(text in (place.lower() if any_case else place) for place in places)

    def data_lines(self, start: int, stop: int) -> bytes:
        """The data of the events at these positions, UTF-8, each followed by LF."""
        prefix = next(field for field in self._shape if field.startswith(b"data:"))
        # No value holds LF: what follows LF and the prefix is data, once in each block.
        wire = b"\n" + self.wire if self._shape[0] == prefix else self.wire
        lines = re.findall(rb"\n" + prefix + rb"(.*)", wire)[start:stop]
        data = b"\n".join([*lines, b""])
        return data if data.isascii() else _text(data).encode()

    def frames(self) -> list[EventFrame]:
        """The events one by one."""
        types, data, ids, sources = self.columns()
        return list(zip(types, data, ids, repeat(self.own_id), sources, strict=False))


def one_by_one(rows: Iterable[EventFrame | Note | EventRun]) -> list[EventFrame | Note]:
    """The rows with every run taken apart."""
    single: list[EventFrame | Note] = []
    for row in rows:
        if isinstance(row, EventRun):
            single += row.frames()
        else:
            single.append(row)
    return single


def run_of_one_shape(wire: bytes, last_id: str) -> EventRun | None:
    """The events of blocks of one shape: one `data` line, and `id`, `event`, `topic` at most once.

    Args:
        wire: blocks that each end in a blank line; LF line ends.
        last_id: the last event ID that events without `id` inherit.

    Returns:
        The events; None where the shape is another, is not the same in all, where a value has a
        rule of its own (an `id` with NUL, an empty `id` or `event`), or where an event says
        something about the stream itself.
    """
    shape: list[bytes] = []
    for line in wire[: wire.find(b"\n\n")].split(b"\n"):
        field = _HEAD.match(line)
        if field is None:
            return None
        shape.append(field[0])
    blocks = _blocks(tuple(shape))
    if blocks is None or not blocks.fullmatch(wire):
        return None
    return EventRun(wire, tuple(shape), last_id)


@lru_cache(64)
def _blocks(shape: Shape) -> re.Pattern[bytes] | None:
    """What matches blocks of this shape; None where it is none for a run."""
    names = [field.rstrip() for field in shape]
    if b"data:" not in names or len(set(names)) < len(names):
        return None
    lines = []
    for field, name in zip(shape, names, strict=True):
        # Without a blank after the colon none may follow: it would not be part of the value.
        blank = b" " if field.endswith(b" ") else b"(?! )"
        lines.append(name + blank + _VALUES[name] + rb"\n")
    return re.compile(b"(?:" + b"".join(lines) + rb"\n)++")


def _text(wire: bytes) -> str:
    return wire.decode("utf-8", "replace")
