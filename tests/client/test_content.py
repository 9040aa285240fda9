"""What a stream may hold: the mark of its end, half an event, lines without one, any character."""

from __future__ import annotations

import pytest
from peers.clocks import HastyClock
from peers.wire_server import Answer, WireServer

from sse_tui.client.options import StreamOptions
from sse_tui.client.service import EventService
from sse_tui.events.model import Event, Partial, StreamState

from .rows import data_and_ids, ended, of_kind


@pytest.mark.parametrize(
    "chunks", [[b"data: [DONE]\n\ndata: late\n\n"], [b"data: [DO", b"NE]\n\n"]]
)
async def test_done_is_shown_and_ends_the_stream(chunks: list[bytes]) -> None:
    answer = Answer(write=[b"data: a\n\n", *chunks], end="hold")
    async with WireServer([answer]) as server, EventService() as service:
        stream = await service.subscribe(f"{server.url}/")
        await ended(stream)
        await server.until(lambda: server.open == 0)
        assert data_and_ids(stream) == [["a", ""], ["[DONE]", ""]]
        assert stream.state is StreamState.STOPPED
        assert "[DONE]" in stream.state_detail
        assert len(server.requests) == 1


async def test_no_done_takes_it_for_data() -> None:
    answer = Answer(write=[b"data: [DONE]\n\ndata: more\n\n"])
    async with WireServer([answer]) as server, EventService(clock=HastyClock()) as service:
        stream = await service.subscribe(f"{server.url}/", options=StreamOptions(done=False))
        await ended(stream)
        assert data_and_ids(stream) == [["[DONE]", ""], ["more", ""]]
        assert len(server.requests) == 2


@pytest.mark.parametrize("data", ["x[DONE]", "[DONE]x", '{"a":"[DONE]"}', " [DONE]"])
async def test_done_within_other_data_is_only_data(data: str) -> None:
    answer = Answer(write=[f"data: {data}\n\ndata: more\n\n".encode()])
    async with WireServer([answer]) as server, EventService(clock=HastyClock()) as service:
        stream = await service.subscribe(f"{server.url}/")
        await ended(stream)
        assert len(of_kind(stream, Event)) == 2


async def test_half_an_event_is_a_row_and_not_an_event() -> None:
    script = [Answer(write=[b"data: a\n\nid: k2\ndata: ha", b"lf"], end="truncate")]
    async with WireServer(script) as server, EventService(clock=HastyClock()) as service:
        stream = await service.subscribe(f"{server.url}/")
        await ended(stream)
        assert "last-event-id" not in server.requests[1].headers
    partials = of_kind(stream, Partial)
    assert [row.data for row in partials] == ["id: k2\ndata: half"]
    assert len(of_kind(stream, Event)) == 1


@pytest.mark.proves("flood/endless-line")
async def test_a_line_without_an_end_is_cut_off_and_the_stream_goes_on() -> None:
    options = StreamOptions(max_event_bytes=1000)
    endless = [b"data: ", *[b"x" * 500] * 9, b"\n\ndata: next\n\n"]
    answer = Answer(write=endless)
    async with WireServer([answer]) as server, EventService(clock=HastyClock()) as service:
        stream = await service.subscribe(f"{server.url}/", options=options)
        await ended(stream)
    (partial,) = of_kind(stream, Partial)
    assert partial.oversize
    assert partial.size > 4500
    assert data_and_ids(stream) == [["next", ""]]


@pytest.mark.proves("content/control-characters")
async def test_control_characters_are_kept_exactly() -> None:
    data = "\x1b[31m\x07\0\u202e\x9b"
    answer = Answer(write=[f"data: {data}\n\n".encode()])
    async with WireServer([answer]) as server, EventService(clock=HastyClock()) as service:
        stream = await service.subscribe(f"{server.url}/")
        await ended(stream)
    assert data_and_ids(stream) == [[data, ""]]
