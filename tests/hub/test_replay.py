from __future__ import annotations

import asyncio
import json
import time
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from peers.hub_in_loop import Hub, running_hub
from peers.stream_reader import StreamReader, field


def data_of(blocks: list[str]) -> list[str | None]:
    return [field(block, "data") for block in blocks]


async def replay(hub: Hub, target: str, last_event_id: str | None = None) -> list[str]:
    headers = {} if last_event_id is None else {"Last-Event-ID": last_event_id}
    async with StreamReader(hub.url, f"/events/{target}", headers) as stream:
        return await stream.until(": live")


async def gap_of(hub: Hub, target: str, last_event_id: str) -> tuple[dict[str, object], list[str]]:
    gap, *events = await replay(hub, target, last_event_id)
    assert field(gap, "event") == "hub.gap"
    return json.loads(field(gap, "data") or ""), events


async def test_a_position_brings_what_came_after_it_and_then_live(hub: Hub) -> None:
    first, second, third = [await hub.post("t", str(n)) for n in range(3)]
    for target, header in (("t", first), (f"t?last_event_id={first}", None)):
        blocks = await replay(hub, target, header)
        assert [field(b, "id") for b in blocks] == [second, third]
    assert await replay(hub, "t", third) == []


async def test_the_header_wins_over_the_query(hub: Hub) -> None:
    ids = [await hub.post("t", str(n)) for n in range(3)]
    assert data_of(await replay(hub, f"t?last_event_id={ids[0]}&since=earliest", ids[1])) == ["2"]
    assert data_of(await replay(hub, f"t?last_event_id={ids[1]}&since=earliest")) == ["2"]


async def test_any_id_of_the_hub_is_a_position_on_every_topic(hub: Hub) -> None:
    await hub.post("a", '"a1"')
    id_of_b = await hub.post("b", '"b1"')
    await hub.post("a", '"a2"')
    assert data_of(await replay(hub, "a", id_of_b)) == ['"a2"']
    assert data_of(await replay(hub, "*", id_of_b)) == ['"a2"']


async def test_what_is_published_while_connected_comes_after_live(hub: Hub) -> None:
    await hub.post("t", "1")
    async with StreamReader(hub.url, "/events/t?since=earliest") as stream:
        assert data_of(await stream.until(": live")) == ["1"]
        await hub.post("t", "2")
        assert field(await stream.block(), "data") == "2"


async def test_live_stands_exactly_where_the_stream_was_asked_for(hub: Hub) -> None:
    """What is published while a long replay is still being read does not belong to the replay."""
    await hub.post_many("t", [json.dumps("x" * 700)] * 10_000)
    async with StreamReader(hub.url, "/events/t?since=earliest", receive_buffer=4096) as stream:
        for n in range(200):
            await hub.post("t", str(n))
        assert len(await stream.until(": live")) == 10_000
        assert data_of(await stream.blocks(200)) == [str(n) for n in range(200)]


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("requested", ["0000-1", "42", "x", "ü", "e--1", "e - 1", "e-", "-1"])
async def test_foreign_and_malformed_positions_say_so_and_bring_everything(
    shared_hub: Hub, topic: str, requested: str
) -> None:
    await shared_hub.post("other", "0")
    first = await shared_hub.post(topic, "1")
    await shared_hub.post(topic, "2")
    if requested.isascii():
        gap, events = await gap_of(shared_hub, topic, requested)
    else:
        async with StreamReader(shared_hub.url, f"/events/{topic}?last_event_id=%C3%BC") as stream:
            notice, *events = await stream.until(": live")
        gap = json.loads(field(notice, "data") or "")
    assert gap == {
        "requested": requested,
        "reason": "epoch" if requested == "0000-1" else "malformed",
        "first_id": first,
        "lost": None,
    }
    assert data_of(events) == ["1", "2"]


async def test_a_position_beyond_the_head_is_a_gap(hub: Hub) -> None:
    id_ = await hub.post("t", "1")
    epoch = id_.split("-")[0]
    gap, events = await gap_of(hub, "t", f"{epoch}-2")
    assert gap == {"requested": f"{epoch}-2", "reason": "ahead", "first_id": id_, "lost": None}
    assert data_of(events) == ["1"]
    async with StreamReader(hub.url, "/events/t?since=tomorrow") as stream:
        notice = await stream.block()
    assert json.loads(field(notice, "data") or "")["reason"] == "malformed"


async def test_a_gap_where_nothing_is_kept(hub: Hub) -> None:
    gap, events = await gap_of(hub, "t", "0000-7")
    assert (gap["first_id"], events) == (None, [])


async def test_the_id_of_the_gap_itself_is_a_position_behind_it(hub: Hub) -> None:
    await hub.post("t", "1")
    async with StreamReader(hub.url, "/events/t", {"Last-Event-ID": "0000-1"}) as stream:
        gap = await stream.block()
    assert data_of(await replay(hub, "t", field(gap, "id"))) == ["1"]


async def test_since_a_time_or_for_a_duration(hub: Hub) -> None:
    await hub.post("t", "1")
    ((first),) = (await hub.client.get("/topics")).json()
    while (second := (await hub.client.get("/topics")).json()[0])["last_time"] == first[
        "last_time"
    ]:
        await hub.post("t", "2")
    after = (await hub.client.get("/topics")).json()[0]["events"]
    assert data_of(await replay(hub, f"t?since={first['last_time']}"))[0] == "1"
    late = await replay(hub, f"t?since={second['last_time']}")
    assert 1 <= len(late) < after
    assert field(late[-1], "id") == second["last_id"]
    assert len(await replay(hub, "t?since=90s")) == after
    assert len(await replay(hub, "*?since=1h")) == after
    tomorrow = datetime.fromtimestamp(time.time() + 86_400, UTC).isoformat().replace("+", "%2B")
    assert await replay(hub, f"t?since={tomorrow}") == []


async def test_an_epoch_survives_a_restart_and_ids_go_on(tmp_path: Path) -> None:
    async with running_hub(tmp_path) as hub:
        first = await hub.post("t", "1")
    async with running_hub(tmp_path) as hub:
        assert data_of(await replay(hub, "t", first)) == []
        second = await hub.post("t", "2")
        assert data_of(await replay(hub, "t", first)) == ["2"]
    assert first.rsplit("-", 1)[0] == second.rsplit("-", 1)[0]
    assert int(second.rsplit("-", 1)[1]) == int(first.rsplit("-", 1)[1]) + 1


async def test_replay_to_live_under_load_loses_nothing_and_repeats_nothing(hub: Hub) -> None:
    """Streams open at any moment, from any position, while publishers are at work."""
    topics = [f"load.{n}" for n in range(4)]
    each = 300
    done = asyncio.Event()

    async def publish(topic: str) -> None:
        for n in range(each):
            if n % 10 == 9:
                await hub.post_many(topic, [json.dumps([n, k]) for k in range(20)])
            else:
                await hub.post(topic, json.dumps([n]))

    async def read(target: str) -> list[str]:
        async with StreamReader(hub.url, f"/events/{target}") as stream:
            found: list[str] = []
            while not (found and field(found[-1], "data") == '"end"'):
                found.append(await stream.block())
        return found

    async def read_now_and_then(target: str, readers: list[asyncio.Task[list[str]]]) -> None:
        while not done.is_set():
            readers.append(asyncio.create_task(read(target)))
            await hub.post("pace", "0")
            await hub.post("pace", "0")
            if len(readers) >= 25:
                return

    exact: list[asyncio.Task[list[str]]] = []
    wild: list[asyncio.Task[list[str]]] = []
    pace = [
        asyncio.create_task(read_now_and_then("load.1?since=earliest", exact)),
        asyncio.create_task(read_now_and_then("load.*?since=earliest", wild)),
    ]
    await asyncio.gather(*(publish(topic) for topic in topics))
    done.set()
    await asyncio.gather(*pace)
    await hub.post("load.1", '"end"')
    per_topic = each + 19 * (each // 10)
    for stream in await asyncio.gather(*exact):
        check(stream, per_topic + 1)
    for stream in await asyncio.gather(*wild):
        check(stream, 4 * per_topic + 1)


def check(stream: list[str], expected: int) -> None:
    """Every event once, ids rising, `live` once."""
    assert stream.count(": live") == 1
    ids = [int((field(b, "id") or "").rsplit("-", 1)[1]) for b in stream if b != ": live"]
    assert len(ids) == expected
    assert all(a < b for a, b in pairwise(ids))
    assert not any(field(b, "event") for b in stream)
