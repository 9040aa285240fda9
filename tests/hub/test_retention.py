from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from peers.hub_in_loop import Hub, running_hub
from peers.stream_reader import StreamReader, field

from sse_tui.hub.engine import NewEvents, Retention
from sse_tui.hub.sqlite_file import connect, open_database
from sse_tui.hub.sqlite_reader import SqliteReader
from sse_tui.hub.sqlite_store import KEY_LIFETIME_MS, SqliteWriter
from sse_tui.hub.sqlite_trim import Trimmer
from sse_tui.hub.topics import TopicPattern

KEEP_100 = Retention(events=100)
DAY_MS = 86_400_000


async def read(hub: Hub, target: str, last_event_id: str) -> list[str]:
    async with StreamReader(
        hub.url, f"/events/{target}", {"Last-Event-ID": last_event_id}
    ) as stream:
        return await stream.until(": live")


async def test_a_trimmed_position_is_a_gap_with_what_is_known(tmp_path: Path) -> None:
    async with running_hub(tmp_path, keep=KEEP_100) as hub:
        first = await hub.post("t", "0")
        epoch = first.split("-")[0]
        for n in range(250):
            await hub.post("t", str(n))
        await until_trimmed(hub)
        gap, *events = await read(hub, "t", first)
        facts = json.loads(field(gap, "data") or "")
        kept = [field(e, "id") for e in events]
        assert facts == {
            "requested": first,
            "reason": "trimmed",
            "first_id": kept[0],
            "lost": None,
        }
        assert 98 <= len(kept) <= 101
        assert kept[-1] == f"{epoch}-251"
        assert facts["first_id"] == kept[0]
        everything_gap, *everything = await read(hub, ">", first)
        lost = json.loads(field(everything_gap, "data") or "")["lost"]
        assert 1 + lost + len(everything) == 252
        assert field(await _first(hub, "t?since=earliest"), "event") is None
        assert field(await _first(hub, "t?since=7d"), "event") == "hub.gap"


async def until_trimmed(hub: Hub) -> None:
    """Publishing follows the trimming of what was published before; a retry publishes nothing."""
    for _ in range(2):
        await hub.client.post(
            "/events/u",
            content="0",
            headers={"Content-Type": "application/json", "Idempotency-Key": "1"},
        )


async def _first(hub: Hub, target: str) -> str:
    async with StreamReader(hub.url, f"/events/{target}") as stream:
        return await stream.block()


async def test_a_topic_that_lost_nothing_has_no_gap(tmp_path: Path) -> None:
    async with running_hub(tmp_path, keep=KEEP_100) as hub:
        busy = await hub.post("busy", "0")
        for n in range(150):
            await hub.post("busy", str(n))
        await hub.post("quiet", '"kept"')
        assert [field(b, "data") for b in await read(hub, "quiet", busy)][-1] == '"kept"'


async def test_a_slow_reader_is_told_what_was_trimmed_before_it_came_to_it(tmp_path: Path) -> None:
    """Whatever a reader misses, it is told: events and losses add up, in order."""
    async with (
        running_hub(tmp_path, keep=Retention(events=500)) as hub,
        StreamReader(hub.url, "/events/>", receive_buffer=4096) as slow,
    ):
        await slow.block()
        for batch in range(40):
            texts = [json.dumps([batch * 200 + n, "x" * 1000]) for n in range(200)]
            await hub.post_many("t", texts)
        await hub.post("t", '"end"')
        seen = lost = gaps = last = 0
        while True:
            block = await slow.block()
            seq = int((field(block, "id") or "").rsplit("-", 1)[1])
            assert seq > last
            if field(block, "event") == "hub.gap":
                facts = json.loads(field(block, "data") or "")
                assert facts["reason"] == "trimmed"
                assert int(facts["requested"].rsplit("-", 1)[1]) == last
                lost, gaps = lost + facts["lost"], gaps + 1
            else:
                seen += 1
            last = seq
            if field(block, "data") == '"end"':
                break
        assert seen + lost == 40 * 200 + 1
        assert gaps >= 1


async def test_a_log_larger_than_allowed_loses_its_oldest(tmp_path: Path) -> None:
    async with running_hub(tmp_path, keep=Retention(bytes=2**20)) as hub:
        for _ in range(10):
            await hub.post_many("t", [json.dumps("x" * 1000)] * 400)
        await asyncio.gather(*(hub.post("t", "0") for _ in range(3)))
        (topic,) = (await hub.client.get("/topics")).json()
        assert 500 <= topic["events"] <= 1000
    assert (tmp_path / "hub.db").stat().st_size < 4 * 2**20


def publish(writer: SqliteWriter, topic: str, count: int, at_ms: int) -> None:
    writer.write([NewEvents(topic, "message", ["0"] * count)], at_ms)


def test_age_and_forgotten_topics(tmp_path: Path) -> None:
    path = tmp_path / "hub.db"
    db = open_database(path)
    writer = SqliteWriter(db)
    trimmer = Trimmer(db, writer, Retention(days=7))
    reader = SqliteReader(connect(path), writer.epoch)
    publish(writer, "old", 5, 1 * DAY_MS)
    publish(writer, "both", 2, 2 * DAY_MS)
    publish(writer, "both", 3, 8 * DAY_MS)
    assert trimmer.trim(8 * DAY_MS) is False
    assert [t.events for t in reader.topics()] == [5, 5]
    while trimmer.trim(9 * DAY_MS + 1, step=2):
        pass
    assert [(t.name, t.events) for t in reader.topics()] == [("both", 3)]
    assert reader.start_of_log() == 7
    # The position 5 is before two trimmed events of "both", and behind all of "old".
    assert reader.page(TopicPattern("both"), 5, 10).trimmed == 7
    assert reader.seek(TopicPattern("both"), 2 * DAY_MS).trimmed is True
    assert reader.seek(TopicPattern("both"), 2 * DAY_MS + 1) == (7, False)
    publish(writer, "old", 1, 9 * DAY_MS)  # forgotten, and back: what it lost is not forgotten
    assert reader.page(TopicPattern("old"), 0, 11).trimmed == 5
    while trimmer.trim(99 * DAY_MS):
        pass
    assert reader.topics() == []
    db.close()
    again = SqliteWriter(open_database(path))
    assert again.head == 11  # numbers go on although no event is kept
    reader.close()


def test_a_failed_transaction_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "hub.db"
    db = open_database(path)
    writer = SqliteWriter(db)
    reader = SqliteReader(connect(path), writer.epoch)
    good, bad = (NewEvents("t", "message", [text]) for text in ("1", "\ud800"))
    with pytest.raises(UnicodeEncodeError):
        writer.write([good, bad], 0)
    assert (writer.head, reader.topics()) == (0, [])
    assert writer.write([good], 0).answers == [(1, 1)]
    assert [(t.name, t.events) for t in reader.topics()] == [("t", 1)]
    assert reader.page(TopicPattern("t"), 0, 1).chunk.endswith(b"data: 1\n\n")
    reader.close()
    db.close()


def test_keys_are_forgotten_after_a_day(tmp_path: Path) -> None:
    db = open_database(tmp_path / "hub.db")
    writer = SqliteWriter(db)
    trimmer = Trimmer(db, writer, Retention(events=1))
    new = NewEvents("t", "message", ["1"], key="k", digest=b"d")
    writer.write([new], 0)
    assert writer.write([new], 1).frames == []
    publish(writer, "t", 3, KEY_LIFETIME_MS)
    trimmer.trim(KEY_LIFETIME_MS + 1)
    assert len(writer.write([new], KEY_LIFETIME_MS + 2).frames) == 1
    db.close()


def test_times_never_fall(tmp_path: Path) -> None:
    """A clock that was set back must not break the search by time."""
    db = open_database(tmp_path / "hub.db")
    writer = SqliteWriter(db)
    for at_ms in (1000, 500, 2000):
        publish(writer, "t", 1, at_ms)
    times = [row[0] for row in db.execute("SELECT time FROM events ORDER BY seq")]
    assert times == [1000, 1000, 2000]
    db.close()


@pytest.mark.parametrize("pattern", ["a.x", "a.*", ">"])
def test_pages_join_to_the_whole(tmp_path: Path, pattern: str) -> None:
    path = tmp_path / "hub.db"
    db = open_database(path)
    writer = SqliteWriter(db)
    reader = SqliteReader(connect(path), writer.epoch)
    for n in range(30):
        text = json.dumps("x" * 20_000)
        writer.write([NewEvents(("a.x", "a.y", "b")[n % 3], "message", [text])], n)
    cursor, ids = 0, []
    while cursor < writer.head:
        page = reader.page(TopicPattern(pattern), cursor, writer.head)
        assert page.reached > cursor
        assert len(page.chunk) < 200_000
        blocks = page.chunk.decode().split("\n\n")[:-1]
        ids += [int((field(b, "id") or "").rsplit("-", 1)[1]) for b in blocks]
        cursor = page.reached
    wanted = {"a.x": (0,), "a.*": (0, 1), ">": (0, 1, 2)}[pattern]
    assert ids == [n + 1 for n in range(30) if n % 3 in wanted]
    reader.close()
    db.close()
