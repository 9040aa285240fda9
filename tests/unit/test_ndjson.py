from __future__ import annotations

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sse_tui.events.model import EventFrame, Note, Partial
from sse_tui.events.ndjson import NdjsonDecoder


def decoded(*chunks: bytes, limit: int = 2**24) -> list[EventFrame | Note]:
    decoder = NdjsonDecoder(max_event_bytes=limit)
    rows = [row for chunk in chunks for row in decoder.feed(chunk)]
    return rows + decoder.finish()


def lines(*chunks: bytes) -> list[str]:
    return [row[1] for row in decoded(*chunks) if isinstance(row, tuple)]


def test_each_line_is_an_event_exactly_as_it_came() -> None:
    rows = decoded(b'{"a": 1}\n', b' {"b":2}\n"x"\n')
    assert rows == [("message", text, "", False, None) for text in ('{"a": 1}', ' {"b":2}', '"x"')]


@pytest.mark.parametrize("text", [b"1\r\n2\r\n", b"1\n\n2\n", b"1\n  \n2\n", b"\xef\xbb\xbf1\n2\n"])
def test_what_is_around_a_line_is_no_part_of_it(text: bytes) -> None:
    assert lines(text) == ["1", "2"]
    assert lines(b"0\n", text.removeprefix(b"\xef\xbb\xbf")) == ["0", "1", "2"]


def test_what_is_not_json_is_an_event_all_the_same() -> None:
    assert lines(b"oops\n{\n") == ["oops", "{"]


@pytest.mark.parametrize("text", ['{"a":"\\n"}', "[1]", '"x"', "true", "null"])
def test_a_last_line_that_is_whole_needs_no_line_end(text: str) -> None:
    assert lines(b"1\n", text.encode()) == ["1", text]


@pytest.mark.parametrize("text", ['{"a":1', "tru", "12", "-1", "x", '"\ud83d"'])
def test_a_last_line_that_may_go_on_is_shown_as_partial(text: str) -> None:
    data = text.encode("utf-8", "surrogatepass")
    (row,) = decoded(data)
    assert isinstance(row, Partial)
    assert (row.size, row.oversize) == (len(data), False)


def test_blanks_at_the_end_are_nothing() -> None:
    assert decoded(b"1\n  \r") == decoded(b"1\n")


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_a_line_over_the_limit_is_shown_by_its_beginning(cut: int) -> None:
    text = b'1\n"' + b"x" * 40 + b'"\n2\n'
    first, partial, last = decoded(text[:cut], text[cut:], limit=20)
    assert isinstance(partial, Partial)
    assert (partial.data, partial.size, partial.oversize) == ('"' + "x" * 19, 42, True)
    assert isinstance(first, tuple)
    assert isinstance(last, tuple)


def test_it_says_how_much_it_skips() -> None:
    decoder = NdjsonDecoder(max_event_bytes=4)
    decoder.feed(b"12345678")
    assert decoder.skipped_bytes == 8
    decoder.feed(b"\n1")
    assert decoder.skipped_bytes == 0


def test_types_are_told_by_the_line() -> None:
    decoder = NdjsonDecoder(type_of=lambda line: json.loads(line)["type"])
    rows = [row for part in (b'{"type":"A"}\n', b'{"type":"B"}\n') for row in decoder.feed(part)]
    kinds = [row[0] for row in rows if isinstance(row, tuple)]
    assert kinds == ["A", "B"]


PIECES = st.sampled_from([b"\n", b"\r\n", b'{"a":1}', b" ", b"12", "ü".encode(), b"\xff", b"\r"])


@given(st.lists(PIECES | st.binary(max_size=6), max_size=12), st.data(), st.integers(1, 40))
def test_cut_at_any_places_it_gives_the_same(
    pieces: list[bytes], data: st.DataObject, limit: int
) -> None:
    text = b"".join(pieces)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    ends = [0, *cuts, len(text)]
    chunks = [text[a:b] for a, b in itertools.pairwise(ends)]
    assert decoded(*chunks, limit=limit) == decoded(text, limit=limit)
