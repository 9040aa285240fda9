from __future__ import annotations

import asyncio

from mcp import Client
from mcp_server.connections import call, connect, refused, serving, until
from peers.wire_server import Answer, WireServer

from sse_tui.client.options import ClientOptions
from sse_tui.client.service import EventService
from sse_tui.events.model import UNNUMBERED, Comment, EventFrame, Gap, Partial

DONE = Answer(write=[b"data: 1\n\n", b"data: [DONE]\n\n"])


def event(data: str, type_: str = "message") -> EventFrame:
    return type_, data, "", False, None


async def filled(service: EventService, topic: str, count: int, *, data: str = "{n}") -> int:
    """Subscribe and send `count` events; the number of the first."""
    subscription = await service.subscribe(topic)
    async with asyncio.timeout(10):
        await subscription.replay_done.wait()
    first = subscription.log.next_number
    for n in range(count):
        await service.send_event(topic, data.format(n=n))
    await until(lambda: subscription.log.events >= count, f"{count} events have come")
    return first


def numbers(page: dict[str, list[dict[str, str]]]) -> list[int]:
    return [int(each["name"].rpartition("#")[2]) for each in page["events"]]


async def test_without_since_the_newest_events_come_and_the_hint_tells_of_older_ones(
    client: Client, service: EventService, topic: str
) -> None:
    first = await filled(service, topic, 5)
    page = await call(client, "get_event_stream", topic=topic, limit=2)
    assert numbers(page) == [first + 3, first + 4]
    assert page["hint"] == f"{first + 2} older rows are kept: since=1 reads from there."


async def test_next_leads_through_all_events_without_repeating_one(
    client: Client, service: EventService, topic: str
) -> None:
    first = await filled(service, topic, 5)
    since, seen = first, list[int]()
    for left in (3, 1, 0):
        page = await call(client, "get_event_stream", topic=topic, since=since, limit=2)
        seen += numbers(page)
        since = page["next"]
        assert page["hint"].startswith(f"{left} newer rows") if left else page["hint"] == ""
    assert seen == list(range(first, first + 5))


async def test_rows_that_fell_out_are_counted(hub_url: str, topic: str) -> None:
    options = ClientOptions(max_rows=10)
    async with EventService(hub_url, options=options) as service, serving(service) as server:
        first = await filled(service, topic, 20)
        async with connect(server) as client:
            page = await call(client, "get_event_stream", topic=topic, since=first)
            assert numbers(page) == list(range(first + 10, first + 20))
            assert page["dropped"] == 10
            [stats] = (await call(client, "topic_stats", topics=[topic]))["topics"]
            assert (stats["dropped"], stats["rows_kept"]) == (first + 9, 10)


async def test_a_number_of_an_earlier_run_is_explained(
    client: Client, service: EventService, topic: str
) -> None:
    first = await filled(service, topic, 1)
    assert await refused(client, "get_event_stream", topic=topic, since=9000) == (
        f"since=9000 is beyond the newest row of {topic!r} ({topic}#{first}): row numbers start "
        "again with the program; omit since."
    )


async def test_a_payload_is_cut_at_a_character_and_says_how_much_is_missing(
    client: Client, service: EventService, topic: str
) -> None:
    await filled(service, topic, 1, data="é" * 100)
    page = await call(client, "get_event_stream", topic=topic, max_bytes_per_event=10)
    [cut] = page["events"]
    assert (cut["data"], cut["bytes_left_out"]) == ('"éééé', 202 - 10)
    assert page["hint"].endswith("raise max_bytes_per_event to see it whole.")
    whole = await call(client, "get_event_stream", topic=topic, max_bytes_per_event=202)
    assert (whole["events"][0]["bytes_left_out"], len(whole["events"][0]["data"])) == (0, 102)


async def test_an_answer_is_bounded_in_all(
    client: Client, service: EventService, topic: str
) -> None:
    log = (await service.subscribe(topic)).log
    log.extend([event("x" * 60_000) for _ in range(4)], 1)
    page = await call(client, "get_event_stream", topic=topic, max_bytes_per_event=100_000)
    assert len(page["events"]) == 1
    more = await call(client, "get_event_stream", topic=topic, since=1, max_bytes_per_event=100_000)
    assert len(more["events"]) == 1
    assert "newer rows are here already" in more["hint"]


async def test_gaps_and_broken_events_are_told_a_gap_once(
    client: Client, service: EventService, topic: str
) -> None:
    log = (await service.subscribe(topic)).log
    await until(lambda: log.next_number > 2, "the stream is open")
    number = log.extend(
        [
            event("a"),
            Gap(*UNNUMBERED, 12.0, "41"),
            event("b"),
            Comment(*UNNUMBERED, "keep-alive"),
            Gap(*UNNUMBERED, 12.0, "41", 1, 0, 0, completes=log.next_number + 1),
            Partial(*UNNUMBERED, "data: half", 10),
        ],
        1,
    )
    page = await call(client, "get_event_stream", topic=topic, since=number)
    assert numbers(page) == [number, number + 2]
    gap, partial = page["notes"]
    assert gap.startswith(f"{topic}#{number + 4} gap 12.0 s, resumed after 41, 1 replayed")
    assert partial.startswith(f"{topic}#{number + 5} ")


async def test_waiting_ends_when_the_stream_ends() -> None:
    async with (
        WireServer([DONE]) as wire,
        EventService() as service,
        serving(service) as server,
        connect(server) as client,
        asyncio.timeout(9),
    ):
        await call(client, "subscribe", topic=wire.url)
        await until(lambda: service.subscriptions[wire.url].is_over, "the stream is over")
        end = service.logs[wire.url].next_number
        page = await call(client, "get_event_stream", topic=wire.url, since=end, wait_seconds=10)
        assert page["state"] == "stopped"


async def test_a_topic_that_is_not_subscribed_says_what_is(
    client: Client, service: EventService, topic: str
) -> None:
    expected = f"Nothing is kept for 'nope': call subscribe first. Subscribed now: {topic}."
    await service.subscribe(topic)
    assert await refused(client, "get_event_stream", topic="nope") == expected
    assert await refused(client, "search_events", query="", topics=["nope"]) == expected
    assert await refused(client, "topic_stats", topics=["nope"]) == expected


async def test_topics_are_listed_without_a_server_that_lists_them(topic: str) -> None:
    async with (
        EventService("http://127.0.0.1:9") as service,
        serving(service) as server,
        connect(server) as client,
    ):
        await call(client, "subscribe", topic=topic)
        listed = await call(client, "list_topics")
        assert [each["name"] for each in listed["topics"]] == [topic]
        assert "127.0.0.1:9" in listed["server_error"]
