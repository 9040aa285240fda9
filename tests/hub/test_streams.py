from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from peers.hub_in_loop import Hub, running_hub
from peers.stream_reader import StreamReader, field

from sse_tui.hub.app import HubOptions


async def test_a_stream_brings_new_events_only_and_is_live_at_once(hub: Hub) -> None:
    await hub.post("t", '"old"')
    async with StreamReader(hub.url, "/events/t") as stream:
        assert stream.status == 200
        assert stream.headers["content-type"] == "text/event-stream"
        assert stream.headers["cache-control"] == "no-store"
        assert await stream.block() == ": live"
        id_ = await hub.post("t", '"new"', event="greeting")
        await hub.post("other", "1")
        await hub.post("t", "2")
        assert await stream.block() == f'id: {id_}\nevent: greeting\ndata: "new"'
        assert field(await stream.block(), "data") == "2"


async def test_a_reader_can_come_back_before_it_ever_had_an_event(hub: Hub) -> None:
    newest = await hub.post("other", "1")
    async with StreamReader(hub.url, "/events/t") as stream:
        assert await stream.block() == ": live"
        assert stream.position == newest
    missed = await hub.post("t", "2")
    back = {"Last-Event-ID": newest}
    async with StreamReader(hub.url, "/events/t", back) as stream:
        assert await stream.blocks(2) == [f"id: {missed}\ndata: 2", ": live"]
        assert stream.position is None


async def test_wildcard_streams_name_the_topic_before_the_data(hub: Hub) -> None:
    async with (
        StreamReader(hub.url, "/events/orders.*") as one_level,
        StreamReader(hub.url, "/events/orders.%3E") as below,
        StreamReader(hub.url, "/events/>") as everything,
    ):
        for stream in (one_level, below, everything):
            assert await stream.block() == ": live"
        first = await hub.post("orders.eu", "1", event="made")
        await hub.post("orders", "2")
        await hub.post("orders.eu.paid", "3")
        await hub.post("orders.us", "4")
        assert await one_level.block() == f"id: {first}\nevent: made\ntopic: orders.eu\ndata: 1"
        assert [field(b, "data") for b in [await one_level.block()]] == ["4"]
        assert [field(b, "data") for b in await below.blocks(3)] == ["1", "3", "4"]
        blocks = await everything.blocks(4)
        assert [field(b, "topic") for b in blocks] == [
            "orders.eu",
            "orders",
            "orders.eu.paid",
            "orders.us",
        ]


async def test_closing_a_topic_ends_its_streams_behind_all_events(hub: Hub) -> None:
    async with (
        StreamReader(hub.url, "/events/a.b") as exact,
        StreamReader(hub.url, "/events/a.b") as exact_too,
        StreamReader(hub.url, "/events/a.*") as wildcard,
        StreamReader(hub.url, "/events/a.c") as other,
    ):
        for stream in (exact, exact_too, wildcard, other):
            await stream.block()
        await hub.post("a.b", "1")
        answer = await hub.client.delete("/events/a.b")
        assert (answer.status_code, answer.json()) == (200, {"closed": 2})
        for stream in (exact, exact_too):
            blocks = await stream.rest()
            assert [field(b, "data") for b in blocks] == ["1", "[DONE]"]
            assert field(blocks[1], "id") is None
        event, notice = await wildcard.blocks(2)
        assert field(event, "data") == "1"
        assert notice == 'event: hub.topic-closed\ntopic: a.b\ndata: {"topic": "a.b"}'
        await hub.post("a.c", "2")
        assert field(await other.block(), "data") == "2"
        assert field(await wildcard.block(), "data") == "2"


async def test_closing_says_done_only_after_the_whole_replay(hub: Hub) -> None:
    await hub.post_many("t", [json.dumps("x" * 700)] * 20_000)
    async with StreamReader(hub.url, "/events/t?since=earliest", receive_buffer=4096) as slow:
        answer = await hub.client.delete("/events/t")
        assert answer.json() == {"closed": 1}
        await hub.post("t", '"after the end"')
        blocks = await slow.rest()
    assert [field(b, "data") for b in blocks[-2:]] == [None, "[DONE]"]
    assert blocks[-2] == ": live"
    assert len(blocks) == 20_002


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", ["a.*", ">", "a..b"])
async def test_closing_needs_an_exact_name(shared_hub: Hub, name: str) -> None:
    assert (await shared_hub.client.delete(f"/events/{name}")).status_code == 400


async def test_closing_a_topic_that_nobody_reads(hub: Hub) -> None:
    assert (await hub.client.delete("/events/t")).json() == {"closed": 0}


async def test_a_silent_stream_gets_comments(tmp_path: Path) -> None:
    async with (
        running_hub(tmp_path, HubOptions(keep_alive_s=0.05)) as hub,
        StreamReader(hub.url, "/events/t") as stream,
    ):
        assert await stream.blocks(3) == [": live", ": keep-alive", ": keep-alive"]
        await hub.post("t", "1")
        assert field(await _next_event(stream), "data") == "1"


async def _next_event(stream: StreamReader) -> str:
    while (block := await stream.block()).startswith(":"):
        pass
    return block


async def test_health_counts_streams_and_topics(hub: Hub) -> None:
    id_ = await hub.post("t")
    async with StreamReader(hub.url, "/events/t") as stream:
        await stream.block()
        facts = await hub.health()
        assert facts.pop("version")
        assert facts == {
            "server": "sse-tui",
            "status": "ok",
            "epoch": id_.split("-")[0],
            "head": id_,
            "topics": 1,
            "subscribers": 1,
        }
    await hub.until_subscribers(0)


async def test_topics_are_listed_by_name(hub: Hub) -> None:
    assert (await hub.client.get("/topics")).json() == []
    await hub.post("b")
    last_a = await hub.post("a")
    last_b = await hub.post("b")
    a, b = (await hub.client.get("/topics")).json()
    assert (a["name"], a["events"], a["last_id"]) == ("a", 1, last_a)
    assert (b["name"], b["events"], b["last_id"]) == ("b", 2, last_b)
    assert a["last_time"].endswith("Z")
    assert a["last_time"] <= b["last_time"]


async def test_head_is_answered_without_a_stream(hub: Hub) -> None:
    answer = await hub.client.head("/events/t")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/event-stream"


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/events/a..b", 400),
        ("GET", "/events/a.>.b", 400),
        ("PUT", "/events/a", 405),
        ("POST", "/health", 405),
        ("GET", "/", 404),
        ("GET", "/events", 404),
    ],
)
async def test_every_error_has_words(shared_hub: Hub, method: str, path: str, status: int) -> None:
    answer = await shared_hub.client.request(method, path)
    assert answer.status_code == status
    assert answer.json().keys() == {"title", "detail", "hint"}
    assert answer.json()["title"]


async def test_streams_share_memory_and_all_get_everything_in_order(hub: Hub) -> None:
    readers = [StreamReader(hub.url, f"/events/{'t' if n % 2 else '>'}") for n in range(20)]
    for reader in readers:
        await reader.__aenter__()
        await reader.block()
    await asyncio.gather(*(hub.post("t", str(n)) for n in range(200)))
    streams = [[field(b, "data") for b in await r.blocks(200)] for r in readers]
    assert all(data == streams[0] for data in streams)
    assert sorted(map(int, map(str, streams[0]))) == list(range(200))
    for reader in readers:
        await reader.__aexit__(None, None, None)
