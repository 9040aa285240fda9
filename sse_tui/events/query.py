"""The filter language: parse once, match many.

Words, and texts in "quotation marks", are contained anywhere in a row: in an event's type, data,
id or concrete topic, or in what a row of another kind says. `/an expression/` matches anywhere.
Words side by side mean `and`; `or`, `not`, `!` and brackets do as everywhere.

`field:value` is the whole value with `*` and `?` for any characters; `=` and `!=` are exact, `>`,
`>=`, `<`, `<=` compare, `~` takes an expression, `in (a, b)` is any of them. Fields are `topic`,
`event` (the type), `id`, `kind`, `number`, `size`, `age`, `data`, and inside JSON data
`data.a.b[0].c`, short `a.b[0].c`; of an array any element counts. A comparison never passes where
the field is not there: `level != debug` needs a level, `not level:debug` does not.

Case: as in less and ripgrep, what is typed without upper-case letters matches any case, except for
`=` and `!=`. A-Z only, in a word that is ASCII.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import timedelta

from sse_tui.events.log import EventLog
from sse_tui.events.model import EPOCH, Event, EventFrame, Note, Row
from sse_tui.events.query_rows import Node, Rows
from sse_tui.events.query_terms import All, Not, Word, lacking_of
from sse_tui.events.segment import Segment

_PLAIN_WORDS = re.compile(r'\s*(?:!*[^\s()"/!:=<>~]+(?:\s+|$))+')
_KEYWORD = re.compile(r"(?:^|[\s!])(?:and|or|not|AND|OR|NOT)(?:\s|$)|\sin$")


class Query:
    """A filter, parsed; made by `parse_query`.

    Attributes:
        text: the filter as typed.
    """

    def __init__(self, text: str, node: Node | None, clock: Callable[[], int]) -> None:
        self.text = text
        self._node = node
        self._lacking = lacking_of(node)
        self._clock = clock

    def matches(self, row: Row) -> bool:
        """Whether the filter lets this row through."""
        if self._node is None:
            return True
        frame: EventFrame | Note
        if isinstance(row, Event):
            frame = (row.type, row.data, row.id, row.own_id, row.source)
        else:
            frame = row
        received_ns = (row.received_at - EPOCH) // timedelta(microseconds=1) * 1000
        segment = Segment(row.number, [frame], [received_ns])
        return bool(self._node.select(Rows(segment, row.topic, self._clock()), range(1)))

    def select(self, log: EventLog, first: int, count: int) -> list[int]:
        """Numbers of the kept rows from `first` on, `count` numbers at most, that match; rising."""
        node = self._node
        if node is None:
            stop = min(first + count, log.next_number)
            return list(range(max(first, log.first_number), stop))
        now = self._clock()
        numbers: list[int] = []
        for segment, start, stop in log.segments(first, count, self._lacking):
            found = node.select(Rows(segment, log.topic, now), range(start, stop))
            numbers += [segment.first + index for index in found]
        return numbers

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where words and expressions that must be there are in `text`: (start, end), rising."""
        patterns = self._node.patterns() if self._node else []
        found = {match.span() for pattern in patterns for match in pattern.finditer(text)}
        return sorted((start, end) for start, end in found if end > start)


def parse_query(text: str, *, clock: Callable[[], int] = time.time_ns) -> Query:
    """Parse a filter; the empty filter matches every row.

    Args:
        text: the filter.
        clock: gives the time that `age` is measured from, ns since 1970.

    Raises:
        QueryError: the filter does not parse; it says where.
    """
    if not text.strip():
        return Query(text, None, clock)
    if _PLAIN_WORDS.fullmatch(text) and not _KEYWORD.search(text):
        return Query(text, _plain_words(text), clock)
    # Loading the parser library takes longer than all else that `tail` does before it connects.
    from sse_tui.events.query_grammar import parse

    return Query(text, parse(text), clock)


def _plain_words(text: str) -> Node:
    """What the grammar would make of words without any operator but `!`."""
    parts: list[Node] = []
    for term in text.split():
        word = Word(term.lstrip("!"))
        inverted = (len(term) - len(term.lstrip("!"))) % 2
        parts.append(Not(word) if inverted else word)
    return parts[0] if len(parts) == 1 else All(parts)
