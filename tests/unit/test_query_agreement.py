"""A second, plain implementation: each filter is made together with a function over rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.row_strategies import FRAMES, RUNS

from sse_tui.errors import QueryError
from sse_tui.events.decoder import Decoded
from sse_tui.events.format import note_text
from sse_tui.events.log import EventLog
from sse_tui.events.model import Comment, Event, EventFrame, Note, Partial, Row
from sse_tui.events.query import parse_query

NOW_NS = 2_000_000_000_000_000_000

Predicate = Callable[[Row], bool]


def parts(row: Row) -> list[str]:
    match row:
        case Event():
            return [part for part in (row.type, row.data, row.id, row.source) if part]
        case Comment():
            return [row.text]
        case _:
            return [note_text(row)]


def contains(word: str) -> Predicate:
    flags = re.IGNORECASE if word == word.lower() else 0
    pattern = re.compile(re.escape(word), flags | (re.ASCII if word.isascii() else 0))
    return lambda row: any(map(pattern.search, parts(row)))


def matches_regex(source: str) -> Predicate:
    pattern = re.compile(source, re.IGNORECASE)
    return lambda row: any(map(pattern.search, parts(row)))


WORDS = ["a", "x", "xx", "é", "É", "A", "aa", "1", "ms", "event", "open", "rather", "ess"]
REGEXES = ["^a", "x$", "a.?", "[^a]x", r"\d", "x{2}", "(a|é)", "[é-ü]", ".", r"\w\W", "a|x+"]
LEAVES: st.SearchStrategy[tuple[str, Predicate]] = st.one_of(
    st.sampled_from([(word, contains(word)) for word in WORDS]),
    st.sampled_from([(f'"{word}"', contains(word)) for word in WORDS]),
    st.sampled_from([(f"/{source}/", matches_regex(source)) for source in REGEXES]),
    st.sampled_from(
        [
            ("kind:event", lambda row: isinstance(row, Event)),
            ("event:message", lambda row: isinstance(row, Event) and row.type.lower() == "message"),
            ("number > 3", lambda row: row.number > 3),
            ("id != a", lambda row: isinstance(row, Event) and row.id != "a"),
            ("data = a", lambda row: isinstance(row, (Event, Partial)) and row.data == "a"),
            ("data.a = 1", lambda row: isinstance(row, Event) and row.data == '{"a": 1}'),
        ]
    ),
)


def joined(sides: Sequence[tuple[str, Predicate]], word: str) -> tuple[str, Predicate]:
    (one, p), (other, q) = sides
    either = word == " or "
    return (
        f"({one}{word}{other})",
        lambda row: (p(row) or q(row)) if either else (p(row) and q(row)),
    )


def inverted(part: tuple[str, Predicate], word: str) -> tuple[str, Predicate]:
    text, predicate = part
    return f"{word}{text}", lambda row: not predicate(row)


FILTERS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(joined, st.tuples(inner, inner), st.sampled_from([" ", " and ", " or "])),
        st.builds(inverted, inner, st.sampled_from(["not ", "!"])),
    ),
    max_leaves=5,
)


@given(FILTERS, st.lists(st.one_of(FRAMES, RUNS), max_size=12), st.sampled_from([4, 100]))
def test_selecting_from_encoded_rows_agrees_with_looking_at_each_row(
    case: tuple[str, Predicate], frames: list[Decoded], max_rows: int
) -> None:
    text, predicate = case
    log = EventLog("t", max_rows=max_rows)  # 4: every row is sealed at once
    log.extend(frames, NOW_NS)
    query = parse_query(text)
    selected = query.select(log, 0, 999)  # before anybody has looked at the runs
    rows = log.read(1, 999)
    expected = [row.number for row in rows if predicate(row)]
    assert selected == expected
    assert [row.number for row in rows if query.matches(row)] == expected


@given(st.lists(st.sampled_from("ab!"), min_size=1).map("".join), st.lists(FRAMES, max_size=4))
def test_plain_words_mean_the_same_to_the_grammar(
    text: str, frames: list[EventFrame | Note]
) -> None:
    log = EventLog("t")
    log.extend(frames, NOW_NS)
    try:
        expected = parse_query(f"({text})").select(log, 1, 9)
    except QueryError:
        with pytest.raises(QueryError):
            parse_query(text)
    else:
        assert parse_query(text).select(log, 1, 9) == expected
