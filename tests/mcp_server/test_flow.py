from __future__ import annotations

import asyncio
import json

import pytest
from mcp import Client
from mcp_server.connections import (
    LEGACY,
    MODERN,
    SSE,
    STREAMABLE_HTTP,
    call,
    connect,
    connect_to,
    refused,
    said,
    stdio_of,
)

from sse_tui.client.service import EventService
from sse_tui.mcp_server.server import McpServer

TOOLS = [
    "list_topics",
    "subscribe",
    "subscribe_to_events",
    "unsubscribe",
    "send_event",
    "get_event_stream",
    "search_events",
    "topic_stats",
]


async def go_through(client: Client, topic: str) -> None:
    """The whole way of an event through one session."""
    listed = (await client.list_tools()).tools
    assert [tool.name for tool in listed] == TOOLS
    assert all(tool.description and tool.output_schema for tool in listed)

    answer = await call(client, "subscribe", topic=topic)
    assert (answer["state"], answer["already"]) == ("open", False)

    waiting = asyncio.create_task(
        call(client, "get_event_stream", topic=topic, since=answer["next"], wait_seconds=10)
    )
    sent = await call(
        client, "send_event", topic=topic, data={"user": "user1", "n": 1.50}, event_type="login"
    )
    page = await waiting
    [event] = page["events"]
    assert event["name"].startswith(f"{topic}#")
    assert (event["type"], event["id"]) == ("login", sent["id"])
    assert json.loads(event["data"]) == {"user": "user1", "n": 1.5}

    again = await call(client, "get_event_stream", topic=topic, since=page["next"])
    assert (again["events"], again["next"]) == ([], page["next"])

    found = await call(client, "search_events", query="login user1", topics=[topic])
    assert (found["matches"], found["events"]) == (1, [event])
    assert (await call(client, "search_events", query="!login", topics=[topic]))["matches"] == 0

    [stats] = (await call(client, "topic_stats", topics=[topic]))["topics"]
    assert (stats["events_received"], stats["held_by"]) == (1, ["you"])
    assert stats["types"] == [{"type": "login", "count": 1}]

    [listed_topic] = [
        each for each in (await call(client, "list_topics"))["topics"] if each["name"] == topic
    ]
    assert (listed_topic["subscribed"], listed_topic["on_server"]) == (True, 1)

    gone = await call(client, "unsubscribe", topic=topic)
    assert (gone["held"], gone["closed"]) == (True, True)


@pytest.mark.parametrize("era", [MODERN, LEGACY])
@pytest.mark.parametrize("transport", [SSE, STREAMABLE_HTTP])
async def test_an_event_goes_the_whole_way_over_http(
    server: McpServer, topic: str, transport: str, era: str
) -> None:
    async with connect(server, transport, era) as client:
        await go_through(client, topic)


@pytest.mark.parametrize("era", [MODERN, LEGACY])
async def test_an_event_goes_the_whole_way_over_stdio(hub_url: str, topic: str, era: str) -> None:
    async with Client(stdio_of(hub_url), mode=era) as client:
        await go_through(client, topic)


@pytest.mark.parametrize("transport", [SSE, STREAMABLE_HTTP])
async def test_an_event_goes_the_whole_way_beside_the_hubs_routes(
    hub_url: str, topic: str, transport: str
) -> None:
    async with connect_to(hub_url, None, transport) as client:
        await go_through(client, topic)
        subscribe = (await client.list_tools()).tools[1]
        assert subscribe.description is not None
        assert subscribe.description.endswith("topic names only, no URLs.")
        assert await refused(client, "subscribe", topic=f"{hub_url}/events/{topic}") == (
            f"'{hub_url}/events/{topic}' is a URL, and this server takes topic names only: call "
            "list_topics to see them."
        )
        assert "takes topic names only" in await refused(
            client, "send_event", topic="http://127.0.0.1:9/", data=1
        )


async def test_the_text_of_an_answer_is_its_structure_as_json(
    server: McpServer, topic: str
) -> None:
    async with connect(server) as client:
        result = await client.call_tool("subscribe", {"topic": topic})
        assert json.loads(said(result)) == result.structured_content


@pytest.mark.parametrize("transport", [SSE, STREAMABLE_HTTP])
async def test_a_call_that_waits_holds_up_no_other(
    server: McpServer, service: EventService, topic: str, transport: str
) -> None:
    async with connect(server, transport) as client:
        start = (await call(client, "subscribe", topic=topic))["next"]
        waiting = [
            asyncio.create_task(
                call(client, "get_event_stream", topic=topic, since=start, wait_seconds=10)
            )
            for _ in range(5)
        ]
        for _ in range(3):
            await call(client, "topic_stats", topics=[topic])
        assert not any(task.done() for task in waiting)
        await service.send_event(topic, {"n": 1})
        pages = await asyncio.gather(*waiting)
        assert [len(page["events"]) for page in pages] == [1] * 5


async def test_what_the_user_sees_has_the_same_numbers(
    server: McpServer, service: EventService, topic: str
) -> None:
    subscription = await service.subscribe(topic)
    await subscription.opened(timeout=10)
    async with connect(server) as client:
        answer = await call(client, "subscribe_to_events", topic=topic)
        assert answer["already"] is True
        await service.send_event(topic, "hello")
        page = await call(
            client, "get_event_stream", topic=topic, since=answer["next"], wait_seconds=10
        )
        name, _, number = page["events"][0]["name"].rpartition("#")
        row = service.logs[name].get(int(number))
        assert row is not None
        assert getattr(row, "data", None) == page["events"][0]["data"] == '"hello"'
