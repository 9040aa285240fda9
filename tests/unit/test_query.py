from __future__ import annotations

import json
import subprocess
import sys
import warnings
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sse_tui.errors import QueryError
from sse_tui.events.log import EventLog
from sse_tui.events.model import (
    UNNUMBERED,
    Certainty,
    Comment,
    Event,
    EventFrame,
    Gap,
    Note,
    Partial,
    Retry,
    StateChange,
    StreamState,
)
from sse_tui.events.query import parse_query

NOW_NS = 2_000_000_000_000_000_000
SECOND = 10**9


def event(
    data: object, type_: str = "message", id_: str = "", source: str | None = None
) -> EventFrame:
    text = data if isinstance(data, str) else json.dumps(data)
    return type_, text, id_, id_ != "", source


def selected(text: str, *frames: EventFrame | Note, topic: str = "orders") -> list[int]:
    """Numbers of the rows that match, after checking that every way to ask agrees."""
    query = parse_query(text, clock=lambda: NOW_NS)
    log = EventLog(topic)
    for age, frame in enumerate(reversed(range(len(frames)))):
        log.extend([frames[age]], NOW_NS - 60 * SECOND * frame)
    numbers = query.select(log, 1, len(frames))
    assert [row.number for row in log.read(1, len(frames)) if query.matches(row)] == numbers
    inverted = parse_query(f"not ({text})", clock=lambda: NOW_NS) if text.strip() else None
    if inverted:
        rest = inverted.select(log, 1, len(frames))
        assert sorted([*numbers, *rest]) == list(range(1, len(frames) + 1))
    return numbers


ROWS: tuple[EventFrame | Note, ...] = (
    event({"level": "error", "latency": 250, "user": {"name": "Ada"}}, "login", "1-17"),
    event({"level": "WARN", "latency": 99.5, "tags": ["red", "blue"]}, "user.created", "1-18"),
    event("plain text, café\nsecond line", "message"),
    event([{"a b": {"c": [1, 2, {"d": None}]}}, True], "list", "x", "orders.eu"),
    Comment(*UNNUMBERED, "live"),
    Retry(*UNNUMBERED, 3000),
    StateChange(*UNNUMBERED, StreamState.WAITING, "refused", 503, 2, 4000),
    Gap(*UNNUMBERED, 12.0, "1-17", 4, 0, 2, Certainty.LOST),
    Partial(*UNNUMBERED, "data: ha", 8),
)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        # Words and texts: type, data, id, source, and what other rows say.
        ("", [1, 2, 3, 4, 5, 6, 7, 8, 9]),
        ("login", [1]),
        ("1-17", [1, 8]),
        ("orders.eu", [4]),
        ("orders", [4]),
        ("live", [5]),
        ("retry", [6]),
        ("refused", [7]),
        ("503", [7]),
        ("lost", [8]),
        ("unfinished", [9]),
        ("ha", [9]),
        ("error 250", [1]),
        ("error and 250", [1]),
        ("error AND 251", []),
        ('"text, café"', [3]),
        (r'"\"level\": \"error\""', [1]),
        (r'"café\nsecond"', [3]),
        ('"and"', []),
        ("12:30:01", []),
        # Case: typed without upper-case letters, any case matches.
        ("warn", [2]),
        ("WARN", [2]),
        ("Warn", []),
        ("ada", [1]),
        ("CAFÉ", []),
        ("café", [3]),
        # Expressions.
        ("/l.gin/", [1]),
        ("/^plain/", [3]),
        ("/line$/", [3]),
        ("/^1-1[78]$/", [1, 2]),
        (r"/\bwarn\b/", [2]),
        ("/WARN|Ada/", [1, 2]),
        ("/retry \\d+/", [6]),
        (r"/n\/a/", []),
        ("/caf./", [3]),
        ("/^$/", []),
        # And, or, not, brackets.
        ("login or live", [1, 5]),
        ("login or live refused", [1]),
        ("(login or live) 250", [1]),
        ("!t", [5]),
        ("not not login", [1]),
        ("!(login or user)", [3, 4, 5, 6, 7, 8, 9]),
        ("!!login", [1]),
        ("kind:event !login", [2, 3, 4]),
        # Fields of the row.
        ("topic:orders", [1, 2, 3, 4, 5, 6, 7, 8, 9]),
        ("topic:orders.*", [4]),
        ("topic = ORDERS", []),
        ("topic : orders.eu", [4]),
        ("event:user.*", [2]),
        ("event:LOGIN", []),
        ("event = login", [1]),
        ("event == login", [1]),
        ("event != message", [1, 2, 4]),
        ("event in (login, list)", [1, 4]),
        ("event in ( l* )", [1, 4]),
        ("event ~ ^u", [2]),
        ("event:????", [4]),
        ('event:"????"', []),
        ("id:1-*", [1, 2]),
        ("id = x", [4]),
        ("id > 1-17", [2, 4]),
        ("kind:comment", [5]),
        ("not kind:comment", [1, 2, 3, 4, 6, 7, 8, 9]),
        ("kind in (gap, state)", [7, 8]),
        ("kind:*t", [1, 2, 3, 4, 5]),
        ("number > 7", [8, 9]),
        ("number:3 or number = 5", [3, 5]),
        ("number in (2, 9)", [2, 9]),
        ("number != 3 number <= 4", [1, 2, 4]),
        ("size = 4 or size = 8", [5, 9]),
        ("size >= 0.05k kind:event", [1, 2]),
        ("age < 2m", [8, 9]),
        ("age>=480s", [1]),
        # Data, as text and as JSON.
        ("data:*plain*", [3]),
        ("data:plain", []),
        ("data ~ /^plain/", [3]),
        ("data.latency > 200", [1]),
        ("data.latency<200", [2]),
        ("data.latency >= 99.5", [1, 2]),
        ("data.latency:250", [1]),
        ("data.latency = 250.0", [1]),
        ("data.latency != 250", [2]),
        ("not data.latency = 250", [2, 3, 4, 5, 6, 7, 8, 9]),
        ("data.latency:*", [1, 2]),
        ("latency > 200", [1]),
        ("level:error", [1]),
        ("level:warn", [2]),
        ("level:w*", [2]),
        ("level = warn", []),
        ("data.level in (warn, error)", [1, 2]),
        ("data.level ~ /^e/", [1]),
        ("data.user.name:ada", [1]),
        ("data.user:*", [1]),
        ("data.tags:red", [2]),
        ("data.tags[1]:blue", [2]),
        ("data.tags[-1]:blue", [2]),
        ("data.tags[2]:*", []),
        ("tags:r*", [2]),
        ("data.tags != red", []),
        ('data[0]["a b"].c[0] = 1', [4]),
        ('data[0]["a b"].c > 1', [4]),
        ('data[0]["a b"].c[2].d:null', [4]),
        ("data[1]:true", [4]),
        ("data[1] = 1", []),
        ("data.level > f", []),
        ('data.level > "WARM"', [1, 2]),
        ("event:user.* and data.latency > 200 or live", [5]),
    ],
)
def test_filters(text: str, numbers: list[int]) -> None:
    assert selected(text, *ROWS) == numbers


def test_a_comparison_reads_escaped_keys_and_odd_json() -> None:
    rows = (
        event('{"l\\u0061tency": 5}'),
        event('{"latency": NaN}'),
        event('{"latency": "7", "s": "\\ud800"}'),
        event("latency 5"),
        event('{"latency": 123456789012345678901234567890}'),
        event('"latency"'),
    )
    assert selected("latency > 3", *rows) == [1, 3, 5]
    assert selected("latency > 123456789012345678", *rows) == [5]


def test_a_word_is_not_found_across_two_rows_or_two_parts() -> None:
    rows = (event("ab", id_="1"), event("cd", id_="2"))
    assert selected(r'"b\n2"', *rows) == []
    assert selected("1ab", *rows) == []
    assert selected("/1.?ab/", *rows) == []
    assert selected(r"/b\s2/", *rows) == []
    assert selected(r"/[^x]*cd/", *rows) == [2]


def test_an_expression_means_the_same_in_one_row_and_in_all_at_once() -> None:
    rows = (event("aa", "1"), event("Q", "2", "b"))
    assert selected("/(?:a[^q][^q]b|a)?+a/", *rows) == [1]
    assert selected("/[:-^]/", *rows) == [1, 2]
    assert selected("/[A-P]/", *rows) == []


def test_case_folds_beyond_ascii_where_the_word_does() -> None:
    assert selected("café", event("CAFÉ"), event("CAFE")) == [1]
    assert selected("ok", event("O\N{KELVIN SIGN}")) == []


def test_odd_expressions_print_no_warnings() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert selected("/[[z]/", event("["), event("b")) == [1]


def test_very_many_nots_are_one_or_none() -> None:
    assert selected("!" * 5001 + "(q)", event("q"), event("b")) == [2]


PIECES = [*'a !()"/\\:=>~.[0],*?+{|^', *("or", "and", "not", "in", "data", "age", "5m", "kind")]


@given(st.one_of(st.text(max_size=30), st.lists(st.sampled_from(PIECES), max_size=12).map("".join)))
def test_any_text_is_a_filter_or_a_query_error(text: str) -> None:
    fault: QueryError | None = None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            query = parse_query(text)
        except QueryError as error:
            fault = error
    if fault is not None:
        assert 0 <= fault.position <= len(text)
        assert fault.text == text
        return
    log = EventLog("t")
    log.extend(ROWS, NOW_NS)
    query.select(log, 1, 99)
    query.spans("some text")


@pytest.mark.parametrize(
    ("text", "position", "title"),
    [
        ("error and", 9, "Something to look for is missing at the end"),
        ("error or  ", 8, "Something to look for is missing at the end"),
        ("not", 3, "Something to look for is missing at the end"),
        ("(error", 6, "A closing bracket is missing at the end"),
        ("error)", 5, "There is no opening bracket for this one"),
        ("a or or b", 5, "Nothing stands before `or`"),
        ("and", 0, "Nothing stands before `and`"),
        ('level "err', 6, "The quotation mark is not closed"),
        ("a /api/v1/users", 2, "The regular expression is not closed"),
        ("/a(/", 2, "Not a regular expression: missing ), unterminated subpattern"),
        ('data ~ "a("', 9, "Not a regular expression: missing ), unterminated subpattern"),
        ("data.latency >", 14, "A value is missing at the end"),
        ("data.latency > ) x", 15, "A value is missing"),
        ("data.x in (a,", 13, "A value is missing at the end"),
        ("data.x in (a b)", 13, "A comma or a closing bracket is missing"),
        ("topic:", 6, "A value is missing at the end"),
        ("> 5", 0, "A field must stand before this"),
        ("kind:foo", 5, "There is no such kind"),
        ("size > 10q", 7, "`size` is a number"),
        ("age < soon", 6, "`age` is a number"),
        ("number ~ 5", 0, "`number` is a number, `~` looks into texts"),
        ('""', 0, "There is nothing between the quotation marks"),
        ("(" * 101 + "a" + ")" * 101, 100, "Brackets are nested too deeply"),
    ],
)
def test_errors_say_what_and_where(text: str, position: int, title: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse_query(text)
    assert (caught.value.title, caught.value.position) == (title, position)


def test_spans_light_up_what_must_be_there() -> None:
    query = parse_query('err or /l.g/ or !no or event ~ in or kind:event or "a b"')
    assert query.spans("Error: log no login a b") == [(0, 3), (7, 10), (14, 17), (17, 19), (20, 23)]
    assert parse_query("").spans("text") == []


def test_selection_is_clipped_to_what_is_kept() -> None:
    log = EventLog("t", max_rows=4)
    log.extend([event(str(n)) for n in range(10)], NOW_NS)
    assert parse_query("").select(log, 1, 8) == [7, 8]
    assert parse_query("kind:event").select(log, 1, 8) == [7, 8]
    assert parse_query("kind:event").select(log, 9, 99) == [9, 10]


def test_age_is_measured_when_rows_are_looked_at() -> None:
    now = NOW_NS
    query = parse_query("age < 5m", clock=lambda: now)
    at = datetime.fromtimestamp(NOW_NS / SECOND, UTC)
    row = Event(1, at - timedelta(minutes=4), "t", "message", "x")
    assert query.matches(row)
    now += 120 * SECOND
    assert not query.matches(row)


def test_words_do_not_load_the_parser_library() -> None:
    check = (
        "import sys; from sse_tui.events.query import parse_query;"
        "parse_query('login !timeout in café'); assert 'lark' not in sys.modules;"
        "parse_query('a or b'); assert 'lark' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", check], check=True)
