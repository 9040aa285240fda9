from __future__ import annotations

import json
import re
import time
import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sse_tui.events.format import (
    PRETTY_CHARACTERS,
    byte_size,
    clock,
    duration,
    escape,
    json_object,
    line,
    note_text,
    one_line,
    pretty,
)
from sse_tui.events.model import (
    Certainty,
    Comment,
    Event,
    Gap,
    Partial,
    Retry,
    Row,
    StateChange,
    StreamState,
)

AT = datetime(2026, 3, 1, 12, 30, 45, 120345, UTC)
HEAD = (7, AT, "orders")
UNSAFE_CATEGORIES = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def safe(text: str) -> bool:
    return all(unicodedata.category(character) not in UNSAFE_CATEGORIES for character in text)


def test_no_character_that_acts_or_hides_gets_through() -> None:
    for code in range(0x110000):
        shown = escape(chr(code))
        assert safe(shown)
        if shown != chr(code):
            assert re.fullmatch(r"\\([ntr]|x..|u....|U........)", shown)


@given(st.text(st.characters()))
def test_escaped_text_is_safe_and_readable_text_stays(text: str) -> None:
    assert safe(escape(text))
    if text.isascii() and text.isprintable():
        assert escape(text) == text


def test_escapes_are_written_as_in_python() -> None:
    assert escape("a\x1b[31m\u202e\n\t\r\x85\ud800\U000e0041 é漢🧪\\") == (
        r"a\x1b[31m\u202e\n\t\r\x85\ud800\U000e0041 é漢🧪" + "\\"
    )


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (Event(*HEAD, "login", '{"a":\n1}', "3", True), 'login {"a":\\n1}'),
        (Comment(*HEAD, "live"), ": live"),
        (Retry(*HEAD, 3000), "retry 3000 ms"),
        (StateChange(*HEAD, StreamState.OPEN, status=200), "open, status 200"),
        (
            StateChange(*HEAD, StreamState.WAITING, "refused", None, 2, 4000),
            "waiting, next attempt in 4.0 s, refused",
        ),
        (
            Gap(*HEAD, 12.0, "1-4520", 4, 0, 0, Certainty.NONE_LOST, 3),
            "gap 12.0 s, resumed after 1-4520, 4 replayed, none lost",
        ),
        (
            Gap(*HEAD, 0.25, None, 4, 2, 7, Certainty.LOST),
            "gap 250 ms, 4 replayed, 2 duplicates dropped, 7 lost",
        ),
        (Gap(*HEAD, 90), "gap 1 min 30 s, loss unknown"),
        (Partial(*HEAD, "data: ha", 8), "unfinished event, 8 B: data: ha"),
        (Partial(*HEAD, "da", 2**25, True), "event too large, 32.0 MiB, skipped: da"),
    ],
)
def test_every_kind_of_row_has_a_line(row: Row, expected: str) -> None:
    assert one_line(row) == expected
    assert line(row) == f"{clock(AT)} orders {expected}"
    if not isinstance(row, Event):
        assert escape(note_text(row)) == expected


@given(st.text(st.characters(), max_size=30), st.integers(0, 20))
def test_a_cut_line_fits_and_says_that_it_was_cut(data: str, width: int) -> None:
    row = Event(*HEAD, "t", data)
    whole, cut = one_line(row), one_line(row, width)
    assert len(cut) <= width or cut == whole
    assert (
        cut == whole
        if len(whole) <= width
        else cut == (whole[: width - 1] + "…")[:width] or not width
    )


def test_pretty_keeps_every_token_as_it_was_sent() -> None:
    laid_out = pretty(
        '{"a":1.0,"a":1e400,"b":[],"c":{},"d":[12345678901234567890,"x,{\\"\\u00e9"]}'
    )
    assert laid_out == (
        '{\n  "a": 1.0,\n  "a": 1e400,\n  "b": [],\n  "c": {},\n'
        '  "d": [\n    12345678901234567890,\n    "x,{\\"\\u00e9"\n  ]\n}'
    )


JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(JSON)
def test_pretty_agrees_with_json_on_the_layout(value: object) -> None:
    data = json.dumps(value)
    assert pretty(data) == json.dumps(json.loads(data), indent=2)


@pytest.mark.parametrize("data", ["", "text", "[1", "NaN", "{'a': 1}", "[" * 100_000, "[DONE]"])
def test_what_is_not_json_is_not_laid_out(data: str) -> None:
    assert pretty(data) is None


def test_pretty_shows_the_beginning_of_a_payload_that_is_too_large() -> None:
    data = json.dumps(["x" * 98] * 20_000)
    began = time.perf_counter()
    laid_out = pretty(data)
    assert time.perf_counter() - began < 2
    assert laid_out is not None
    assert laid_out.startswith('[\n  "xxx')
    assert laid_out.endswith(f"\n… {len(data) - PRETTY_CHARACTERS:,} more characters")
    assert pretty("x" * (PRETTY_CHARACTERS + 1)) is None


def test_pretty_is_safe_to_draw() -> None:
    assert pretty('["\u202e\x85"]') == '[\n  "\\u202e\\x85"\n]'


def test_clock_is_local_time_in_milliseconds() -> None:
    assert clock(AT) == AT.astimezone().strftime("%H:%M:%S") + ".120"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        *((0, "0 ms"), (-1, "0 ms"), (0.25, "250 ms"), (12, "12.0 s"), (59.96, "1 min 0 s")),
        *((200, "3 min 20 s"), (7500, "2 h 5 min"), (273_600, "3 d 4 h")),
    ],
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_byte_sizes() -> None:
    assert [byte_size(n) for n in (812, 65536, 2**24)] == ["812 B", "64.0 KiB", "16.0 MiB"]


def test_json_objects_have_the_promised_fields_and_nulls() -> None:
    head = {"topic": "http://x/y", "number": 7, "received_at": "2026-03-01T12:30:45.120345Z"}
    objects: dict[Row, dict[str, object]] = {
        Event(*HEAD, "login", "x", "", False): {
            **{"kind": "event", "event": "login", "data": "x", "id": "", "own_id": False},
            "source": None,
        },
        Comment(*HEAD, "live"): {"kind": "comment", "text": "live"},
        Retry(*HEAD, 5): {"kind": "retry", "ms": 5},
        StateChange(*HEAD, StreamState.OPEN, status=200): {
            **{"kind": "state", "state": "open", "detail": None, "status": 200},
            **{"attempt": None, "retry_in_ms": None},
        },
        Gap(*HEAD, 1.5): {
            **{"kind": "gap", "offline_s": 1.5, "resumed_after": None, "replayed": None},
            **{"duplicates": None, "lost": None, "certainty": "unknown"},
        },
        Partial(*HEAD, "da", 2): {"kind": "partial", "data": "da"},
    }
    for row, fields in objects.items():
        made = json_object(row, "http://x/y")
        assert made == {**head, **fields}
        assert list(made)[:4] == ["kind", "topic", "number", "received_at"]
        assert json.loads(json.dumps(made)) == made
