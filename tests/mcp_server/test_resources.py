from __future__ import annotations

import asyncio
import json
import time
import warnings
from typing import Any

import pytest
from mcp import Client
from mcp.client.subscriptions import ResourcesListChanged, ResourceUpdated
from mcp.shared.exceptions import MCPError
from mcp_server.connections import (
    LEGACY,
    MODERN,
    SSE,
    STREAMABLE_HTTP,
    call,
    connect,
    stdio_of,
    until,
)
from mcp_types import ResourceUpdatedNotification

from sse_tui.client.service import EventService
from sse_tui.mcp_server.resources import topic_of, uri_of
from sse_tui.mcp_server.server import McpServer
from sse_tui.mcp_server.updates import PAUSE_SECONDS


async def read(client: Client, uri: str) -> dict[str, Any]:
    [contents] = (await client.read_resource(uri, cache_mode="bypass")).contents
    assert contents.mime_type == "application/json"
    content: dict[str, Any] = json.loads(getattr(contents, "text", ""))
    return content


async def follow(client: Client, uri: str) -> None:
    """Ask as clients of protocol 2025-11-25 and before do; the SDK warns of it."""
    with warnings.catch_warnings(action="ignore"):
        await client.session.subscribe_resource(uri)


@pytest.mark.parametrize("era", [MODERN, LEGACY])
async def test_topics_and_events_can_be_read(
    server: McpServer, service: EventService, topic: str, era: str
) -> None:
    async with connect(server, era=era) as client:
        await call(client, "subscribe", topic=topic)
        await service.send_event(topic, "hello")
        await call(client, "get_event_stream", topic=topic, wait_seconds=10)
        uris = [each.uri for each in (await client.list_resources()).resources]
        assert uris == ["events://topics", f"events://{topic}"]
        [template] = (await client.list_resource_templates()).resource_templates
        assert template.uri_template == "events://{topic}"
        assert topic in [each["name"] for each in (await read(client, uris[0]))["topics"]]
        assert (await read(client, uris[1]))["events"][0]["data"] == '"hello"'


async def test_a_resource_that_is_not_there_says_what_to_do(server: McpServer) -> None:
    async with connect(server) as client:
        with pytest.raises(MCPError, match=r"Nothing is kept for 'nope': call subscribe first\."):
            await client.read_resource("events://nope")
        with pytest.raises(MCPError, match="There is no resource 'other://x'"):
            await client.read_resource("other://x")


@pytest.mark.parametrize(
    "topic", ["orders", "orders.*", "a.>", "topics", "http://host:1/a?b=c&d=%20#e", "ü/..~"]
)
def test_every_topic_has_a_uri_of_its_own(topic: str) -> None:
    assert topic_of(uri_of(topic)) == topic
    assert uri_of(topic) != "events://topics"


async def test_listeners_are_told_what_has_changed(
    server: McpServer, service: EventService, topic: str
) -> None:
    for transport in (SSE, STREAMABLE_HTTP):
        async with connect(server, transport) as client, asyncio.timeout(20):
            await _listen(client, service, f"{topic}.{transport}")


async def _listen(client: Client, service: EventService, topic: str) -> None:
    uri = uri_of(topic)
    watched = [uri, "events://topics"]
    async with client.listen(resource_subscriptions=watched, resources_list_changed=True) as news:
        await call(client, "subscribe", topic=topic)
        expected: set[object] = {ResourceUpdated(uri), ResourceUpdated("events://topics")}
        expected.add(ResourcesListChanged())
        while expected:
            expected.discard(await anext(news))
        await service.send_event(topic, 1)
        while not (await read(client, uri))["events"]:
            await anext(news)


@pytest.mark.parametrize("transport", [SSE, STREAMABLE_HTTP])
async def test_older_clients_are_told_what_has_changed(
    server: McpServer, service: EventService, topic: str, transport: str
) -> None:
    told: list[str] = []

    def on_message(message: object) -> None:
        if isinstance(message, ResourceUpdatedNotification):
            told.append(str(message.params.uri))

    async with connect(server, transport, LEGACY, on_message=on_message) as client:
        assert client.server_capabilities.resources is not None
        assert client.server_capabilities.resources.subscribe is True
        await follow(client, uri_of(topic))
        await call(client, "subscribe", topic=topic)
        await until(lambda: uri_of(topic) in told, "the first news has come")
        with warnings.catch_warnings(action="ignore"):
            await client.session.unsubscribe_resource(uri_of(topic))
        await follow(client, "events://topics")
        await call(client, "subscribe", topic=f"{topic}.2")
        await until(lambda: "events://topics" in told, "all older news has come before this")
        told.clear()
        await service.send_event(topic, 1)
        await until(lambda: service.logs[topic].events == 1, "the event has come")
        await call(client, "subscribe", topic=f"{topic}.3")
        await until(lambda: told, "the next news has come")
        assert set(told) == {"events://topics"}


async def test_updates_reach_a_client_over_stdio(
    hub_url: str, service: EventService, topic: str
) -> None:
    async with Client(stdio_of(hub_url)) as client, asyncio.timeout(20):
        await _listen(client, service, topic)


async def test_a_busy_stream_does_not_flood_a_client(
    server: McpServer, service: EventService, topic: str
) -> None:
    told: list[str] = []

    def on_message(message: object) -> None:
        if isinstance(message, ResourceUpdatedNotification):
            told.append(str(message.params.uri))

    async with connect(server, era=LEGACY, on_message=on_message) as client:
        await call(client, "subscribe", topic=topic)
        await follow(client, uri_of(topic))
        began = time.monotonic()
        for n in range(60):
            await service.send_event(topic, n)
        await until(lambda: service.logs[topic].events == 60, "all events have come")
        await follow(client, "events://topics")
        await call(client, "subscribe", topic=f"{topic}.end")
        await until(lambda: "events://topics" in told, "the news after those events has come")
        assert 1 <= told.count(uri_of(topic)) <= 2 + (time.monotonic() - began) / PAUSE_SECONDS
