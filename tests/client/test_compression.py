"""Compressed bodies: shown as soon as they are flushed, and bounded in memory."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import brotli
import pytest
from backports import zstd
from peers.clocks import HastyClock, StoppedClock
from peers.wire_server import EVENT_STREAM, Answer, WireServer

from sse_tui.client.inflate import DamagedError, DecodedBody, accepted_codings, coding_named
from sse_tui.client.options import StreamOptions
from sse_tui.client.service import EventService
from sse_tui.errors import ContentTypeError
from sse_tui.events.model import Event, StateChange, StreamState

from .rows import ended, of_kind, until

EVENTS = [b"data: first\n\n", b"data: second\n\n"]
Coder = Callable[[list[bytes]], list[bytes]]


def by_zlib(window: int) -> Coder:
    def flushed(texts: list[bytes]) -> list[bytes]:
        coder = zlib.compressobj(wbits=window)
        pieces = [coder.compress(text) + coder.flush(zlib.Z_SYNC_FLUSH) for text in texts]
        return [*pieces, coder.flush()]

    return flushed


def members(texts: list[bytes]) -> list[bytes]:
    return [*map(gzip.compress, texts), b"\0\0"]


def by_brotli(texts: list[bytes]) -> list[bytes]:
    coder = brotli.Compressor()
    return [*(coder.process(text) + coder.flush() for text in texts), coder.finish()]


def by_zstd(texts: list[bytes]) -> list[bytes]:
    coder = zstd.ZstdCompressor()
    pieces = [coder.compress(text, mode=coder.FLUSH_BLOCK) for text in texts]
    return [*pieces, coder.flush()]


def frames(texts: list[bytes]) -> list[bytes]:
    return [*map(zstd.compress, texts), b""]


CODERS = [
    pytest.param("gzip", by_zlib(31), id="gzip"),
    pytest.param("X-GZIP", members, id="gzip of many members"),
    pytest.param("deflate", by_zlib(15), id="deflate"),
    pytest.param("deflate", by_zlib(-15), id="deflate unwrapped"),
    pytest.param("br", by_brotli, id="br"),
    pytest.param("zstd", by_zstd, id="zstd"),
    pytest.param("zstd", frames, id="zstd of many frames"),
]


def compressed(name: str, write: list[bytes], end: str = "close") -> Answer:
    return Answer(200, EVENT_STREAM | {"Content-Encoding": name}, write, end)


@pytest.mark.parametrize(("name", "coder"), CODERS)
async def test_what_is_flushed_is_shown_before_the_next_is_sent(name: str, coder: Coder) -> None:
    first, second, last = coder(EVENTS)
    answer = Answer(
        200,
        EVENT_STREAM | {"Content-Encoding": name},
        [first],
        end="hold",
        last=second + last,
    )
    async with WireServer([answer]) as server, EventService(clock=HastyClock()) as service:
        stream = await service.subscribe(server.url)
        await until(service, lambda: stream.log.events == 1)
        answer.held.set()
        await ended(stream)
        assert [event.data for event in of_kind(stream, Event)] == ["first", "second"]
        waits = [row for row in of_kind(stream, StateChange) if row.state is StreamState.WAITING]
        assert [row.detail for row in waits] == ["the server ended the stream"]


async def decoded(name: str, pieces: Iterator[bytes], limit: int = 1000) -> bytes:
    async def source(_: int) -> bytes:
        return next(pieces, b"")

    coding = coding_named(name)
    assert coding is not None
    body, out = DecodedBody(source, coding), b""
    while piece := await body.read(limit):
        out += piece
    return out


@pytest.mark.parametrize(("name", "coder"), CODERS)
@pytest.mark.parametrize("limit", [1, 1000])
async def test_bytes_may_be_cut_anywhere_and_come_out_in_steps(
    name: str, coder: Coder, limit: int
) -> None:
    texts = [b"data: %d\n\n" % number * 50 for number in range(30)]
    stream = b"".join(coder(texts))
    pieces = (stream[at : at + 1] for at in range(len(stream)))
    assert await decoded(name, pieces, limit) == b"".join(texts)


@pytest.mark.parametrize(("name", "coder"), CODERS)
async def test_an_empty_body_is_whole(name: str, coder: Coder) -> None:
    assert await decoded(name, iter(())) == b""


@pytest.mark.parametrize(("name", "coder"), [case for case in CODERS if "many" not in str(case.id)])
async def test_an_end_in_the_middle_breaks_the_stream(name: str, coder: Coder) -> None:
    first, *_ = coder(EVENTS)
    clock = StoppedClock()
    async with (
        WireServer([compressed(name, [first])]) as server,
        EventService(clock=clock) as service,
    ):
        stream = await service.subscribe(server.url)
        await clock.waiting.wait()
        assert stream.log.events == 1
        assert stream.error is not None
        assert "in the middle of its compressed data" in stream.error.detail


@pytest.mark.parametrize("name", ["gzip", "deflate", "br", "zstd"])
async def test_bytes_that_are_not_compressed_break_the_stream(name: str) -> None:
    clock = StoppedClock()
    plain = compressed(name, [b"data: a\n\ndata: b\n\n" * 10])
    async with WireServer([plain]) as server, EventService(clock=clock) as service:
        stream = await service.subscribe(server.url)
        await clock.waiting.wait()
        assert stream.error is not None
        assert stream.error.title == "The stream broke off"
        assert "its compressed data" in stream.error.detail


async def test_a_compression_that_nobody_knows_fails_for_good() -> None:
    async with WireServer([compressed("snappy", [b"x"])]) as server, EventService() as service:
        stream = await service.subscribe(server.url)
        await ended(stream)
        assert isinstance(stream.error, ContentTypeError)
        assert "snappy" in stream.error.detail


async def test_compression_is_asked_for_on_request_only() -> None:
    async with WireServer() as server, EventService() as service:
        await ended(await service.subscribe(f"{server.url}/plain"))
        small = StreamOptions(compressed=True)
        await ended(await service.subscribe(f"{server.url}/small", options=small))
        asked = [request.headers["accept-encoding"] for request in server.requests]
        assert asked == ["identity", accepted_codings()]
        assert accepted_codings() == "gzip, deflate, br, zstd"


def bombs() -> list[Any]:
    huge = [b"\n" * 2**20] * 64
    return [
        pytest.param(name, b"".join(coder(huge)), id=name)
        for name, coder in (("gzip", by_zlib(31)), ("br", by_brotli), ("zstd", by_zstd))
    ]


@pytest.mark.parametrize(("name", "bomb"), bombs())
async def test_a_bomb_goes_off_in_small_steps(name: str, bomb: bytes) -> None:
    assert len(bomb) < 2**18
    sent = iter((bomb,))

    async def source(_: int) -> bytes:
        return next(sent, b"")

    coding = coding_named(name)
    assert coding is not None
    body, size, largest = DecodedBody(source, coding), 0, 0
    tracemalloc.start()
    try:
        while piece := await body.read(2**16):
            size += len(piece)
            largest = max(largest, len(piece))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert size == 64 * 2**20
    assert largest <= 2**18
    assert peak < 4 * 2**20


async def test_a_zstd_window_larger_than_a_client_must_take_is_refused() -> None:
    window = zstd.CompressionParameter.window_log
    wide = zstd.ZstdCompressor(options={window: 27})
    body = wide.compress(b"\n" * 2**20) + wide.flush()
    with pytest.raises(DamagedError):
        await decoded("zstd", iter((body,)))
