"""The encoded rows that a filter looks at, with what its parts share: folded text, parsed JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Protocol

import orjson

from sse_tui.events.format import note_text
from sse_tui.events.json_path import MISSING
from sse_tui.events.model import Comment, Event, Row
from sse_tui.events.segment import COMMENT, EVENT_WITH_ID, Segment


class Rows:
    """One segment under test.

    Args:
        segment: the rows.
        topic: the topic of their log.
        now_ns: the time that `age` is measured from, ns since 1970.

    Attributes:
        only_events: no row is anything but an event.
    """

    def __init__(self, segment: Segment, topic: str, now_ns: int) -> None:
        self.segment = segment
        self.topic = topic
        self.now_ns = now_ns
        self.only_events = max(segment.codes) <= EVENT_WITH_ID
        self._lower: bytes | None = None
        self._plain: str | None = None
        self._plain_lower: str | None = None
        self._json: dict[int, Any] = {}

    @property
    def lower(self) -> bytes:
        """All texts with A-Z in lower case; offsets are those of `segment.text`."""
        if self._lower is None:
            self._lower = self.segment.text.lower()
        return self._lower

    def is_event(self, index: int) -> bool:
        """Whether the row is an event."""
        return self.segment.codes[index] <= EVENT_WITH_ID

    def has_text(self, index: int) -> bool:
        """Whether the row's text as encoded is what words look into: an event or a comment."""
        return self.segment.codes[index] <= COMMENT

    @property
    def plain(self) -> str:
        """All texts decoded as one, with the offsets of `segment.text`; empty unless all ASCII."""
        if self._plain is None:
            text = self.segment.text
            self._plain = text.decode("ascii") if text.isascii() else ""
        return self._plain

    @property
    def plain_lower(self) -> str:
        """`plain` in lower case."""
        if self._plain_lower is None:
            self._plain_lower = self.plain.lower()
        return self._plain_lower

    def id_and_data(self, index: int) -> tuple[str, str]:
        """The row's id and data."""
        if plain := self.plain:
            starts = self.segment.starts
            split = plain.index("\0", starts[index])
            return plain[starts[index] : split], plain[split + 1 : starts[index + 1] - 1]
        id_, data = self.segment.id_and_data(index)
        return id_.decode("utf-8", "surrogatepass"), data.decode("utf-8", "surrogatepass")

    def row(self, index: int) -> Row:
        """The row itself."""
        return self.segment.row(index, self.topic)

    def words(self, index: int) -> tuple[str, ...]:
        """Every text of the row in which words and regular expressions are looked for."""
        row = self.row(index)
        if isinstance(row, Event):
            return tuple(part for part in (row.type, row.source, row.id, row.data) if part)
        return (row.text if isinstance(row, Comment) else note_text(row),)

    def json(self, index: int) -> Any:  # noqa: ANN401 - any JSON value
        """An event's data parsed as JSON; `MISSING` if it is none."""
        value = self._json.get(index, self)
        if value is self:
            value = self._json[index] = self._parse(index)
        return value

    def _parse(self, index: int) -> Any:  # noqa: ANN401 - any JSON value
        data = self.segment.id_and_data(index)[1]
        try:
            return orjson.loads(data)
        except orjson.JSONDecodeError:
            if not data.lstrip().startswith((b"{", b"[")):
                return MISSING
        try:  # lone surrogates and NaN, which are strictly no JSON but sent all the same
            return json.loads(data.decode("utf-8", "surrogatepass"))
        except (ValueError, RecursionError):
            return MISSING


class Node(Protocol):
    """A part of a filter."""

    cost: int
    """How dear a row is to test; in a conjunction the cheap parts go first."""

    def select(self, rows: Rows, among: Sequence[int]) -> list[int]:
        """Positions that match, of the rising positions `among`; a range stands for all in it."""
        ...

    def patterns(self) -> list[Any]:
        """Compiled expressions that find what this part matched in a text, for lighting it up."""
        ...
