"""Payloads cut into coloured pieces."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sse_tui.events.format import escape
from sse_tui.tui.widgets.json_spans import (
    json_tokens,
    looks_like_json,
    payload_pieces,
    safe_pieces,
)

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


def test_each_token_has_its_role() -> None:
    text = '{"k" : "s\\"",\n"n":-1.5e+3,"w":[true,null]} rest'
    roles = [(text[start:end], role) for start, end, role in json_tokens(text)]
    assert roles == [
        ("{", "punctuation"),
        ('"k"', "key"),
        (" ", "space"),
        (":", "punctuation"),
        (" ", "space"),
        ('"s\\""', "string"),
        (",", "punctuation"),
        ("\n", "space"),
        ('"n"', "key"),
        (":", "punctuation"),
        ("-1.5e+3", "number"),
        (",", "punctuation"),
        ('"w"', "key"),
        (":[", "punctuation"),
        ("true", "word"),
        (",", "punctuation"),
        ("null", "word"),
        ("]}", "punctuation"),
        (" ", "space"),
        ("rest", "text"),
    ]


@given(st.text())
def test_tokens_cover_any_text_in_order(text: str) -> None:
    at = 0
    for start, end, _ in json_tokens(text):
        assert start == at < end
        at = end
    assert at == len(text)


@given(JSON)
def test_no_part_of_a_json_text_is_left_uncoloured(value: object) -> None:
    text = json.dumps(value, ensure_ascii=False)
    assert all(role != "text" for _, _, role in json_tokens(text))


def test_a_long_open_string_costs_little() -> None:
    assert [role for _, _, role in json_tokens('"' + "\\a" * 200_000)] == ["string"]


@pytest.mark.parametrize(
    ("data", "looks"),
    [
        ('{"a":1}', True),
        ("\n [1", True),
        ("12.5", True),
        ('"text"', True),
        ("null", True),
        ("12 monkeys", False),
        ("text", False),
        ("", False),
        ("[red]", True),
    ],
)
def test_what_is_worth_colouring(data: str, looks: bool) -> None:
    assert looks_like_json(data) is looks


@given(st.text(), st.booleans())
def test_pieces_are_safe_and_lose_nothing(text: str, as_json: bool) -> None:
    pieces = payload_pieces(text, as_json=as_json)
    shown = "".join(piece.text for piece in pieces)
    assert escape(shown) == shown
    if not as_json:
        assert shown == escape(text)


@given(st.text(), st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20))))
def test_lit_parts_are_those_of_the_spans(text: str, pairs: list[tuple[int, int]]) -> None:
    spans = sorted((min(a, b), max(a, b)) for a, b in pairs)
    lit = {index for start, end in spans for index in range(start, min(end, len(text)))}
    pieces = payload_pieces(text, as_json=False, lit=spans)
    shown = [(char, piece.lit) for piece in pieces for char in piece.text]
    wanted = [(char, index in lit) for index, raw in enumerate(text) for char in escape(raw)]
    assert shown == wanted


def test_white_space_with_line_ends_between_tokens_is_a_blank() -> None:
    pieces = payload_pieces('{\n  "a":  1\n}', as_json=True)
    assert "".join(piece.text for piece in pieces) == '{ "a":  1 }'


def test_what_is_unsafe_stands_out_as_an_escape() -> None:
    pieces = safe_pieces("a\x1b\x07b\u3164", "string")
    assert [(piece.text, piece.role) for piece in pieces] == [
        ("a", "string"),
        ("\\x1b\\x07", "escape"),
        ("b", "string"),
        ("\\u3164", "escape"),
    ]
