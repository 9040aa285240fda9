from __future__ import annotations

import time
import tracemalloc
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.reference_decoder import Plain, plain, reference

from sse_tui.events.decoder import MAX_RETRY_MS, Decoder
from sse_tui.events.model import Partial


def decode(chunks: Sequence[bytes], **options: Any) -> tuple[list[Plain], str, int | None]:  # noqa: ANN401 - as Decoder
    decoder = Decoder(**options)
    rows = [row for chunk in chunks for row in decoder.feed(chunk)]
    rows += decoder.finish()
    return plain(rows), decoder.last_event_id, decoder.retry_ms


LINES = st.sampled_from(
    [
        *(
            b"data: x",
            b"data:  two",
            b"data",
            b"data:",
            b"data: a:b",
            b"data: \xff\xfe",
            b"data: \xe2\x82",
        ),
        *("data: é€🧪".encode(), b"data: " + b"y" * 50, b"dat", b"data : x", b"Data: x"),
        *(
            b"id: 1",
            b"id:2",
            b"id",
            b"id:",
            b"id: ",
            b"id:  ",
            b"id: a\0b",
            b"id: \xff",
            "id: é".encode(),
        ),
        *(b"event: up", b"event:", b"event", b"event: ", b"event: \xff", b"event: a\0"),
        *(b"topic: a.b", b"topic:", b"topic"),
        *(
            b"retry: 10",
            b"retry:007",
            b"retry: x",
            b"retry",
            b"retry:",
            b"retry: \xd9\xa3",
            b"retry: 1 ",
        ),
        *(b": c", b":", b":  \xff", b": " + b"z" * 50, b"foo: bar", b"\xef\xbb\xbfdata: b"),
        *(b"", b"", b"", b"", b""),
    ]
)
SHAPES = st.sampled_from(
    [b"data: x\n\n", b"id: 7\nevent: up\ndata: z\n\n", b"event: a\nid: 8\ndata:q\n\n", b"id: 9\n\n"]
)
ENDS = st.sampled_from([b"\n", b"\n", b"\n", b"\r\n", b"\r"])
MARK = st.sampled_from([b"", b"", b"\xef\xbb\xbf", b"\xef\xbb", b"\xef"])
STREAMS = st.builds(
    lambda mark, lines, rest: mark + b"".join(lines) + rest,
    MARK,
    st.lists(st.one_of(st.builds(bytes.__add__, LINES, ENDS), SHAPES), max_size=14),
    st.one_of(st.just(b""), LINES, st.binary(max_size=5)),
)


@st.composite
def cut(draw: st.DrawFn, streams: st.SearchStrategy[bytes]) -> tuple[bytes, list[bytes]]:
    """A stream, and its pieces after cutting it at any places, empty pieces among them."""
    stream = draw(streams)
    if draw(st.booleans()):
        return stream, [bytes([byte]) for byte in stream]
    places = sorted(draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    starts, stops = [0, *places], [*places, len(stream)]
    return stream, [stream[a:b] for a, b in zip(starts, stops, strict=True)]


@given(cut(STREAMS))
def test_any_cut_of_a_stream_gives_the_rows_of_the_standard(
    case: tuple[bytes, list[bytes]],
) -> None:
    stream, chunks = case
    assert decode(chunks) == reference(stream)


@given(cut(STREAMS), st.integers(1, 90))
def test_any_cut_gives_the_same_rows_with_a_limit(
    case: tuple[bytes, list[bytes]], limit: int
) -> None:
    stream, chunks = case
    assert decode(chunks, max_event_bytes=limit) == reference(stream, limit)


@given(cut(st.binary(max_size=200)), st.integers(1, 90))
def test_any_bytes_at_all_are_decoded(case: tuple[bytes, list[bytes]], limit: int) -> None:
    stream, chunks = case
    assert decode(chunks, max_event_bytes=limit) == reference(stream, limit)
    assert decode(chunks) == reference(stream)


def test_comments_and_retry_come_out_before_their_block_ends() -> None:
    decoder = Decoder()
    assert plain(decoder.feed(b"data: a\n: alive\nretry: 5\n")) == [
        ("comment", "alive"),
        ("retry", 5),
    ]
    assert plain(decoder.feed(b"\n")) == [("event", "message", "a", "", False, None)]


def test_an_inherited_id_is_not_an_own_id() -> None:
    rows, last, _ = decode([b"data: a\n\nid: 4\ndata: b\n\n"], last_event_id="3")
    assert [(row[3], row[4]) for row in rows] == [("3", False), ("4", True)]
    assert last == "4"


def test_an_id_counts_only_when_its_block_has_ended() -> None:
    decoder = Decoder(last_event_id="1")
    decoder.feed(b"id: 2\n")
    assert decoder.last_event_id == "1"
    decoder.feed(b"\nid: 3\ndata: x\n")
    assert decoder.last_event_id == "2"
    assert plain(decoder.finish()) == [("partial", "id: 3\ndata: x", 14, False)]
    assert decoder.last_event_id == "2"


def test_the_last_of_two_event_fields_wins() -> None:
    rows, _, _ = decode(
        [b"event: a\nid: 1\nevent: b\ndata: x\n\nevent: a\nid: 2\nevent\ndata: x\n\n"]
    )
    assert [row[1] for row in rows] == ["b", "message"]


def test_the_extra_field_topic_names_the_source() -> None:
    rows, _, _ = decode([b"id: 1\ntopic: orders.eu\ndata: x\n\ntopic: b\ndata: 1\ndata: 2\n\n"])
    assert [row[5] for row in rows] == ["orders.eu", "b"]


def test_what_is_unfinished_at_the_end_is_shown_and_is_no_event() -> None:
    assert decode([b"data: whole\n\nevent: x\ndata: ha", b"lf\xe2"])[0][1:] == [
        ("partial", "event: x\ndata: half\N{REPLACEMENT CHARACTER}", 20, False)
    ]
    assert decode([b": only\nretry: 1\n"])[0] == [("comment", "only"), ("retry", 1)]
    assert decode([b"\xef\xbb"])[0] == [("partial", "\N{REPLACEMENT CHARACTER}", 2, False)]
    assert decode([]) == ([], "", None)


def test_an_event_over_the_limit_is_shown_with_its_size_and_the_stream_goes_on() -> None:
    big = b"id: 5\ndata: " + b"x" * 100_000 + b"\n"
    rows, last, _ = decode([big + b": alive\n\ndata: next\n\n"], max_event_bytes=70_000)
    assert rows[0] == ("comment", "alive")
    kind, data, size, oversize = rows[1]
    assert (kind, size, oversize) == ("partial", len(big), True)
    assert data == big[: 64 * 1024].decode()
    assert rows[2] == ("event", "message", "next", "5", False, None)
    assert last == "5"


def test_the_bytes_of_an_event_that_is_being_skipped_are_known() -> None:
    decoder = Decoder(max_event_bytes=10)
    decoder.feed(b"data: 1234")
    assert decoder.skipped_bytes == 0
    decoder.feed(b"56")
    assert decoder.skipped_bytes == 12
    assert plain(decoder.feed(b"\n\n")) == [("partial", "data: 1234", 13, True)]
    assert decoder.skipped_bytes == 0


@pytest.mark.parametrize(
    "piece",
    [b"y" * 65536, (b"data: " + b"y" * 57 + b"\n") * 1024, b":" + b"z" * 65535],
    ids=["line", "lines", "comment"],
)
def test_memory_stays_bounded_when_an_event_never_ends(piece: bytes) -> None:
    limit = 2**19
    decoder = Decoder(max_event_bytes=limit)
    tracemalloc.start()
    try:
        for _ in range(300):
            assert decoder.feed(piece) == []
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 10 * limit
    (partial,) = decoder.finish()
    assert isinstance(partial, Partial)
    assert (partial.size, partial.oversize) == (300 * 65536, True)


def test_an_event_in_very_many_small_chunks_takes_linear_time() -> None:
    decoder = Decoder()
    began = time.perf_counter()
    for _ in range(100_000):
        decoder.feed(b"data: abc\ndata: d")
    # Copying what had arrived at each chunk would take minutes.
    assert time.perf_counter() - began < 10
    (frame,) = decoder.feed(b"\n\n")
    assert isinstance(frame, tuple)
    assert len(frame[1]) > 800_000


def test_a_retry_of_any_length_is_a_number() -> None:
    assert decode([b"retry: " + b"9" * 5000 + b"\n\n"])[2] == MAX_RETRY_MS
    assert decode([b"retry: " + b"0" * 5000 + b"7\n\n"])[2] == 7
