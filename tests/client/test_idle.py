"""Silence on a stream: no error by itself, and a dead connection when the user says so."""

from __future__ import annotations

import pytest
from peers.clocks import HastyClock
from peers.wire_server import Answer, WireServer

from sse_tui.client.options import StreamOptions
from sse_tui.client.service import EventService
from sse_tui.events.model import Comment, Event, StateChange, StreamState

from .rows import ended, of_kind, until
from .warp import Warp


@pytest.mark.proves("idle/no-default-read-timeout")
async def test_a_stream_may_be_silent_for_an_hour() -> None:
    warp = Warp()
    answer = Answer(write=[b"data: a\n\n"], end="hold", last=b"data: b\n\n")
    async with WireServer([answer]) as server, EventService(clock=HastyClock()) as service:
        stream = await service.subscribe(f"{server.url}/")
        await until(service, lambda: stream.log.events == 1)
        warp.forward(3600)
        answer.held.set()
        await ended(stream)
        assert [row.data for row in of_kind(stream, Event)] == ["a", "b"]
        assert len(server.requests) == 2


async def test_a_server_may_take_an_hour_to_answer() -> None:
    warp = Warp()
    answer = Answer(0, {}, end="hold")
    async with WireServer([answer]) as server, EventService(clock=HastyClock()) as service:
        stream = await service.subscribe(f"{server.url}/")
        await server.until(lambda: len(server.requests) == 1)
        warp.forward(3600)
        answer.held.set()
        await ended(stream)
        waits = [row for row in of_kind(stream, StateChange) if row.state is StreamState.WAITING]
        assert ["hung up" in row.detail for row in waits] == [True]


@pytest.mark.proves("idle/half-open", "idle/read-timeout")
async def test_silence_over_the_idle_limit_is_a_dead_connection() -> None:
    warp = Warp()
    answer = Answer(write=[b"id: k1\ndata: a\n\n"], end="hold")
    options = StreamOptions(idle_timeout=30)
    async with WireServer([answer]) as server, EventService(clock=HastyClock()) as service:
        stream = await service.subscribe(f"{server.url}/", options=options)
        await until(service, lambda: stream.log.events == 1)
        warp.forward(31)
        await ended(stream)
        assert server.requests[1].headers["last-event-id"] == "k1"
        waits = [row for row in of_kind(stream, StateChange) if row.state is StreamState.WAITING]
        assert ["silent" in row.detail for row in waits] == [True]


@pytest.mark.proves("idle/keepalive-comments")
async def test_comments_are_life() -> None:
    warp = Warp()
    clock = HastyClock()
    answer = Answer(write=[b": ping\n\n"], end="hold", last=b": pong\n\n")
    options = StreamOptions(idle_timeout=30)
    async with WireServer([answer]) as server, EventService(clock=clock) as service:
        stream = await service.subscribe(f"{server.url}/", options=options)
        await until(service, lambda: len(of_kind(stream, Comment)) == 1)
        before = stream.last_byte_at
        warp.forward(20)
        clock.ahead += 20
        answer.held.set()
        await ended(stream)
        assert len(of_kind(stream, Comment)) == 2
        assert before is not None
        assert stream.last_byte_at is not None
        assert stream.last_byte_at - before > 19
        assert stream.log.events == 0
