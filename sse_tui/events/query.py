"""The filter language: parse once, match many."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sse_tui.errors import QueryError
from sse_tui.events.format import note_text
from sse_tui.events.log import EventLog
from sse_tui.events.model import Event, Row

_TERM = re.compile(r'\s*(!*)\s*(?:"((?:[^"\\]|\\.)*)"|/((?:[^/\\]|\\.)*)/|([^\s"/!][^\s]*))')


@dataclass(frozen=True, slots=True)
class _Term:
    pattern: re.Pattern[str]
    inverted: bool

    def matches(self, parts: Sequence[str]) -> bool:
        return any(map(self.pattern.search, parts)) != self.inverted


class Query:
    """A filter, parsed; made by `parse_query`.

    Attributes:
        text: the filter as typed.
    """

    def __init__(self, text: str, terms: Sequence[_Term]) -> None:
        self.text = text
        self._terms = terms

    def matches(self, row: Row) -> bool:
        """Whether the filter lets this row through."""
        if isinstance(row, Event):
            parts = (row.type, row.data, row.id, row.source or "")
            return all(term.matches(parts) for term in self._terms)
        return all(term.matches((note_text(row),)) for term in self._terms)

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where terms that are not inverted match in `text`: (start, end), rising, not empty."""
        return sorted(
            match.span()
            for term in self._terms
            if not term.inverted
            for match in term.pattern.finditer(text)
            if match.end() > match.start()
        )

    def select(self, log: EventLog, first: int, count: int) -> list[int]:
        """Numbers of the kept rows from `first` on, `count` numbers at most, that match."""
        return [row.number for row in log.read(first, count) if self.matches(row)]


def parse_query(text: str) -> Query:
    """Parse a filter; the empty filter matches every row.

    Raises:
        QueryError: the filter does not parse; it says where.
    """
    terms = []
    position = 0
    end = len(text.rstrip())
    while position < end:
        match = _TERM.match(text, position)
        if match is None:
            start = position + len(text[position:]) - len(text[position:].lstrip())
            raise QueryError("A term does not end or is missing", text, start)
        bangs, quoted, expression, word = match.groups()
        if expression is None:
            plain = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else word
            pattern = re.escape(plain)
        else:
            pattern = expression.replace("\\/", "/")
        flags = re.IGNORECASE if pattern == pattern.lower() else 0
        try:
            compiled = re.compile(pattern, flags)
        except re.error as error:
            place = match.start(3) + (error.pos or 0)
            raise QueryError(f"Not a regular expression: {error.msg}", text, place) from error
        terms.append(_Term(compiled, len(bangs) % 2 == 1))
        position = match.end()
    return Query(text, terms)
