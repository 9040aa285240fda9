from __future__ import annotations

import codecs
import re
import time
import tracemalloc
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sse_tui.events.decoder import MAX_RETRY_MS, Decoder
from sse_tui.events.model import Comment, EventFrame, Note, Partial, Retry

Plain = tuple[Any, ...]


def plain(rows: Sequence[EventFrame | Note]) -> list[Plain]:
    """Rows as tuples that compare without number, time and topic."""
    out: list[Plain] = []
    for row in rows:
        match row:
            case tuple():
                out.append(("event", *row))
            case Comment():
                out.append(("comment", row.text))
            case Retry():
                out.append(("retry", row.ms))
            case Partial():
                out.append(("partial", row.data, row.size, row.oversize))
            case _:
                raise AssertionError(row)
    return out


def decode(chunks: Sequence[bytes], **options: Any) -> tuple[list[Plain], str, int | None]:  # noqa: ANN401 - as Decoder
    decoder = Decoder(**options)
    rows = [row for chunk in chunks for row in decoder.feed(chunk)]
    rows += decoder.finish()
    return plain(rows), decoder.last_event_id, decoder.retry_ms


class Reference:
    """The standard's algorithm, character by character and line by line, for a whole stream."""

    def __init__(self, stream: bytes, limit: int) -> None:
        self.rows: list[Plain] = []
        self.last_event_id = ""
        self.retry_ms: int | None = None
        self.limit = limit
        stream = stream.removeprefix(codecs.BOM_UTF8)
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        text = "".join(decoder.decode(bytes([byte])) for byte in stream)
        text += decoder.decode(b"", final=True)
        lines = re.split("\r\n|\r|\n", text)
        sizes = [len(line) for line in re.split(b"\r\n|\r|\n", stream)]
        raw = re.split(b"\r\n|\r|\n", stream)
        assert len(lines) == len(sizes)
        self.begin()
        for line, encoded in zip(lines[:-1], raw[:-1], strict=True):
            self.take(line, encoded)
        self.end_of_stream(lines[-1], raw[-1])

    def begin(self) -> None:
        self.type = self.source = ""
        self.data: list[str] = []
        self.id: str | None = None
        self.kept: list[bytes] = []
        self.size = 0
        self.over = False

    def take(self, line: str, encoded: bytes) -> None:
        if line == "":
            self.dispatch()
            return
        too_long = len(encoded) > self.limit
        name, colon, value = line.partition(":")
        value = value[1:] if value.startswith(" ") else value
        if not too_long and name == "" and colon:
            self.rows.append(("comment", value))
            return
        if not too_long and name == "retry" and colon:
            if re.fullmatch("[0-9]+", value):
                self.retry_ms = min(int(value), MAX_RETRY_MS)
                self.rows.append(("retry", self.retry_ms))
            return
        self.kept.append(encoded)
        self.size += len(encoded) + 1
        self.over = self.over or too_long or self.size > self.limit
        if too_long:
            return
        if name == "data":
            self.data.append(value)
        elif name == "event":
            self.type = value
        elif name == "topic":
            self.source = value
        elif name == "id" and "\0" not in value:
            self.id = value

    def partial(self, half: bytes) -> None:
        shown = b"\n".join([*self.kept, *([half] if half else [])])
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        if self.over:
            text = decoder.decode(shown[: self.limit])
        else:
            text = decoder.decode(shown, final=True)
        self.rows.append(("partial", text, self.size + len(half), self.over))

    def dispatch(self) -> None:
        if self.id is not None:
            self.last_event_id = self.id
        if self.over:
            self.partial(b"")
        elif self.data:
            event = (self.type or "message", "\n".join(self.data), self.last_event_id)
            self.rows.append(("event", *event, self.id is not None, self.source or None))
        self.begin()

    def end_of_stream(self, half: str, encoded: bytes) -> None:
        self.over = self.over or len(encoded) > self.limit
        if self.kept or half:
            self.partial(encoded)


def reference(stream: bytes, limit: int = 2**24) -> tuple[list[Plain], str, int | None]:
    result = Reference(stream, limit)
    return result.rows, result.last_event_id, result.retry_ms


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
