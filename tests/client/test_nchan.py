"""The dialect of Nchan, against the real server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from peers.clocks import HastyClock
from peers.nchan import ABSENT, NchanServer
from peers.relay import Relay

from sse_tui.client.options import ClientOptions, StreamOptions
from sse_tui.client.service import EventService
from sse_tui.errors import UsageError
from sse_tui.events.model import Comment, Event, Gap

from .rows import LIMIT_S, data_and_ids, of_kind, until

pytestmark = pytest.mark.skipif(bool(ABSENT), reason=ABSENT)

NCHAN = ClientOptions(dialect="nchan")


@pytest.fixture
async def nchan(tmp_path: Path) -> AsyncIterator[NchanServer]:
    async with NchanServer(tmp_path) as server:
        yield server


async def test_what_is_sent_arrives_with_the_id_that_the_sender_was_told(
    nchan: NchanServer,
) -> None:
    async with EventService(nchan.url, options=NCHAN) as service:
        first = await service.send_event("shop.orders/eu", {"n": 1}, event="order.placed")
        second = await service.send_event("shop.orders/eu", '{"n": 2.0}', raw=True)
        other = await service.send_event("elsewhere", 3)
        stream = await service.subscribe("shop.orders/eu")
        await until(service, lambda: stream.log.events == 2)
        events = of_kind(stream, Event)
    assert [(row.type, row.data, row.id) for row in events] == [
        ("order.placed", '{"n":1}', first.id),
        ("message", '{"n": 2.0}', second.id),
    ]
    assert first.id != second.id
    assert (first.topic, other.topic) == ("shop.orders/eu", "elsewhere")
    assert [row.text for row in of_kind(stream, Comment)] == ["hi"]


async def test_a_broken_connection_goes_on_after_the_last_event(nchan: NchanServer) -> None:
    async with (
        Relay(nchan.port) as relay,
        EventService(nchan.url, options=NCHAN) as sender,
        EventService(f"{relay.url}/streams", options=NCHAN, clock=HastyClock()) as reader,
    ):
        sent = [await sender.send_event("a", n) for n in (1, 2)]
        stream = await reader.subscribe("a")
        await until(reader, lambda: stream.log.events == 2)
        relay.cut()
        sent += [await sender.send_event("a", n) for n in (3, 4)]
        await until(reader, lambda: stream.log.events == 4)
        assert data_and_ids(stream) == [[str(n), event.id] for n, event in enumerate(sent, start=1)]
        assert [gap.resumed_after for gap in of_kind(stream, Gap)] == [sent[1].id]
        assert stream.duplicates == 0
    assert relay.connections == 2


async def test_a_stream_begins_after_the_event_that_is_named(nchan: NchanServer) -> None:
    async with EventService(nchan.url, options=NCHAN) as service:
        sent = [await service.send_event("a", n) for n in (1, 2, 3)]
        options = StreamOptions(last_event_id=sent[0].id)
        stream = await service.subscribe("a", options=options)
        await until(service, lambda: stream.log.events == 2)
        assert [row.id for row in of_kind(stream, Event)] == [event.id for event in sent[1:]]


async def test_a_time_to_begin_at_is_refused_before_anything_is_asked(nchan: NchanServer) -> None:
    async with EventService(nchan.url, options=NCHAN) as service, asyncio.timeout(LIMIT_S):
        with pytest.raises(UsageError, match="Nchan cannot begin at a time"):
            await service.subscribe("a", options=StreamOptions(since="5m"))
        assert not service.subscriptions
