"""Parts of a filter that look at a row as text, and those that join other parts."""

from __future__ import annotations

import re
import warnings
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from sse_tui.events.query_rows import Node, Rows
from sse_tui.events.segment import Segment
from sse_tui.events.wire_segment import WireSegment

Pattern = re.Pattern[str]


def is_lower(text: str) -> bool:
    """Whether a text as typed asks for any case: it has no upper-case letter."""
    return text == text.lower()


def compile_regex(expression: str) -> Pattern:
    r"""Compile a typed expression; without upper-case letters (`\S` aside) it ignores case.

    Raises:
        re.error: it is no regular expression; other errors of `re` are turned into this one.
    """
    flags = re.IGNORECASE if is_lower(re.sub(r"\\.", "", expression)) else 0
    try:
        return _compile(expression, flags)
    except (ValueError, OverflowError, RecursionError) as error:
        raise re.error(str(error)) from error


def _compile(expression: str, flags: int) -> Pattern:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # `[[a]` and the like: nothing may print over the screen
        return re.compile(expression, flags)


class Word:
    """A text that the row contains: in its type, source, id or data, or in what a note says.

    A word without upper-case letters is found in any case (A-Z only, if the word is ASCII).
    """

    cost = 1

    def __init__(self, text: str) -> None:
        self._any_case = is_lower(text)
        self._ascii = text.isascii()
        self._text = text
        self._bytes = text.encode("utf-8", "surrogatepass")
        # Such a text may not be looked for over the borders of rows, or changes its length.
        self._row_wise = "\n" in text or "\0" in text or (self._any_case and not self._ascii)
        flags = (re.IGNORECASE if self._any_case else 0) | (re.ASCII if self._ascii else 0)
        self._pattern = re.compile(re.escape(text), flags)

    def lacking(self) -> Callable[[WireSegment], bool] | None:
        """Says of a run, without taking it apart, that the word is in none of its rows.

        None where only the rows themselves can tell.
        """
        told = "\N{REPLACEMENT CHARACTER}" in self._text or self._text.lower() in "message"
        if self._row_wise or told:
            return None
        return partial(WireSegment.lacks, text=self._bytes, any_case=self._any_case)

    def patterns(self) -> list[Pattern]:
        """The word, as an expression."""
        return [self._pattern]

    def select(self, rows: Rows, among: Sequence[int]) -> list[int]:
        """Positions of the rows that contain the word."""
        if self._row_wise:
            return self._by_row(rows, among)
        text = rows.lower if self._any_case else rows.segment.text
        if isinstance(among, range):
            found = _scan(text, self._bytes, rows.segment, among)
        else:
            find, starts = text.find, rows.segment.starts
            found = [i for i in among if find(self._bytes, starts[i], starts[i + 1]) >= 0]
        if not rows.only_events:
            notes = [index for index in among if not rows.has_text(index)]
            texts = [index for index in found if rows.has_text(index)]
            found = _union(texts, self._by_row(rows, notes))
        return _union(found, named(rows.segment, among, self._in))

    def _in(self, text: str) -> bool:
        return self._pattern.search(text) is not None

    def _by_row(self, rows: Rows, among: Sequence[int]) -> list[int]:
        return [index for index in among if any(map(self._in, rows.words(index)))]


def _scan(text: bytes, word: bytes, segment: Segment, among: range) -> list[int]:
    found: list[int] = []
    append, find, starts = found.append, text.find, segment.starts
    end = starts[among.stop]
    index = among.start
    at = find(word, starts[index], end)
    while at >= 0:
        if at >= starts[index + 1]:  # most often it is in the next row or far away
            index = bisect_right(starts, at, index, among.stop) - 1
        append(index)
        index += 1
        at = find(word, starts[index], end)
    return found


class Regex:
    """An expression that matches somewhere in the type, source, id, data or what a note says.

    Each of these is a text of its own for `^` and `$`. An expression that does not look at what
    stands around a match is first looked for in all rows at once.
    """

    cost = 3

    def __init__(self, pattern: Pattern) -> None:
        self._pattern = pattern
        self._any_case = bool(pattern.flags & re.IGNORECASE)
        # Its letters are all lower case, so in folded text it needs no IGNORECASE, which is slow.
        simple = pattern.pattern.isascii() and _SIMPLE.fullmatch(pattern.pattern)
        self._quick = _compile(pattern.pattern, 0) if simple else None

    def patterns(self) -> list[Pattern]:
        """The expression."""
        return [self._pattern]

    def select(self, rows: Rows, among: Sequence[int]) -> list[int]:
        """Positions of the rows in which the expression matches."""
        search = self._pattern.search
        candidates: Iterable[int] = among
        if self._quick and rows.plain and rows.only_events and isinstance(among, range):
            text = rows.plain_lower if self._any_case else rows.plain
            candidates = _candidates(text, self._quick, rows.segment, among)
        found = [index for index in candidates if self._matches(rows, index)]
        return _union(found, named(rows.segment, among, lambda text: search(text) is not None))

    def _matches(self, rows: Rows, index: int) -> bool:
        search = self._pattern.search
        if not rows.is_event(index):
            return any(map(search, rows.words(index)))
        id_, data = rows.id_and_data(index)
        return search(data) is not None or (id_ != "" and search(id_) is not None)


_SIMPLE = re.compile(
    # No anchor, look-around, atomic group, possessive quantifier or character by its code: what
    # matches in a part of a text then matches at the same place in the whole. And no range that
    # may hold letters of the other case.
    r"(?![\s\S]*[*+?}]\+)"
    r"(?:[^\\^$(\[]|\\[dDwWsS\W_]|\((?!\?)|\(\?:"
    r"|\[\^?-?(?:[a-z]-[a-z]|[A-Z]-[A-Z]|[0-9]-[0-9]|[^\\\]-]|\\[dDwWsS\W_])+-?\])*",
    re.ASCII,
)


def _candidates(text: str, pattern: Pattern, segment: Segment, among: range) -> Iterator[int]:
    """Positions of rows in which a match begins, which may reach into the next row."""
    search, starts = pattern.search, segment.starts
    end = starts[among.stop]
    index = among.start
    while index < among.stop and (match := search(text, starts[index], end)):
        index = bisect_right(starts, match.start(), index, among.stop) - 1
        yield index
        index += 1


def named(segment: Segment, among: Sequence[int], test: Callable[[str], bool]) -> list[int]:
    """Positions of the rows whose type or source passes the test."""
    found: list[int] = []
    tables = ((segment.types, segment.type_of), (segment.sources, segment.source_of))
    for values, value_of in tables:
        hits = {at for at, value in enumerate(values) if value and test(value)}
        if not hits:
            continue
        if value_of is None:
            return list(among)
        found = _union(found, [index for index in among if value_of[index] in hits])
    return found


class All:
    """Every part matches."""

    def __init__(self, parts: Sequence[Node]) -> None:
        self._parts = sorted(parts, key=lambda part: part.cost)
        self.cost = max(part.cost for part in parts)

    def lacking(self) -> Callable[[WireSegment], bool] | None:
        """That of the first part that has one."""
        return next((found for part in self._parts if (found := lacking_of(part))), None)

    def patterns(self) -> list[Pattern]:
        """Those of all parts."""
        return [pattern for part in self._parts for pattern in part.patterns()]

    def select(self, rows: Rows, among: Sequence[int]) -> list[int]:
        """Positions that every part selects."""
        for part in self._parts:
            among = part.select(rows, among)
            if not among:
                break
        return list(among)


def lacking_of(node: Node | None) -> Callable[[WireSegment], bool] | None:
    """What says of a run, without taking it apart, that none of its rows matches; None: nothing."""
    return node.lacking() if isinstance(node, Word | All) else None


class AnyOf:
    """At least one part matches."""

    def __init__(self, parts: Sequence[Node]) -> None:
        self._parts = sorted(parts, key=lambda part: part.cost)
        self.cost = max(part.cost for part in parts)

    def patterns(self) -> list[Pattern]:
        """Those of all parts."""
        return [pattern for part in self._parts for pattern in part.patterns()]

    def select(self, rows: Rows, among: Sequence[int]) -> list[int]:
        """Positions that any part selects."""
        found: list[int] = []
        for part in self._parts:
            found = _union(found, part.select(rows, among))
            if len(found) == len(among):
                break
        return found


class Not:
    """The part does not match."""

    def __init__(self, part: Node) -> None:
        self.part = part
        self.cost = part.cost

    def patterns(self) -> list[Pattern]:
        """None: what is not there cannot be lit."""
        return []

    def select(self, rows: Rows, among: Sequence[int]) -> list[int]:
        """Positions that the part does not select."""
        found = set(self.part.select(rows, among))
        return [index for index in among if index not in found]


def _union(one: list[int], other: list[int]) -> list[int]:
    if not one or not other:
        return one or other
    return sorted({*one, *other})
