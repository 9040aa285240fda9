from __future__ import annotations

from collections.abc import Mapping

import httpx2
import pytest
from mcp_server.connections import (
    LEGACY,
    MODERN,
    SSE,
    STREAMABLE_HTTP,
    call,
    complaints,
    connect,
    refused,
    serving,
    until,
)

from sse_tui.client.service import EventService
from sse_tui.mcp_server.server import McpServer

LEASE_S = 0.4


@pytest.mark.parametrize(
    ("transport", "era"), [(SSE, MODERN), (SSE, LEGACY), (STREAMABLE_HTTP, LEGACY)]
)
async def test_a_client_that_leaves_lets_go_of_what_it_held(
    server: McpServer,
    service: EventService,
    topic: str,
    transport: str,
    era: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with connect(server, transport, era) as client:
        await call(client, "subscribe", topic=topic)
        await call(client, "subscribe", topic=f"{topic}.more")
        assert set(service.subscriptions) == {topic, f"{topic}.more"}
    await until(lambda: not service.subscriptions, "the holds are gone")
    assert complaints(caplog) == []


async def test_a_client_without_a_session_holds_until_it_is_silent_for_long(
    service: EventService, topic: str
) -> None:
    async with (
        serving(service, lease_seconds=LEASE_S) as server,
        connect(server, STREAMABLE_HTTP, MODERN) as client,
        connect(server) as other,
    ):
        async with client.listen(resources_list_changed=True):
            # A request of it is being served: however long that takes, the client is there.
            await call(client, "subscribe", topic=topic)
            await call(other, "get_event_stream", topic=topic, wait_seconds=3 * LEASE_S)
            assert topic in service.subscriptions
        await until(lambda: not service.subscriptions, "the lease ran out")
        await call(client, "subscribe", topic=topic)
        await until(lambda: not service.subscriptions, "the lease ran out again")


async def test_a_session_with_an_open_stream_is_present_however_silent(
    service: EventService, topic: str
) -> None:
    async with serving(service, lease_seconds=LEASE_S) as server:
        async with connect(server, STREAMABLE_HTTP, LEGACY) as client, connect(server) as other:
            await call(client, "subscribe", topic=topic)
            await call(other, "get_event_stream", topic=topic, wait_seconds=3 * LEASE_S)
            assert topic in service.subscriptions
        await until(lambda: not service.subscriptions, "the session has ended")


async def test_a_session_whose_client_never_comes_back_lets_go(
    service: EventService, topic: str
) -> None:
    async with serving(service, lease_seconds=LEASE_S) as server:
        headers = {
            "Authorization": f"Bearer {server.token}",
            "Accept": "application/json, text/event-stream",
        }
        async with httpx2.AsyncClient(headers=headers, trust_env=False) as http:
            answer = await http.post(server.mcp_url, json=request(1, "initialize", INITIALIZE))
            http.headers["Mcp-Session-Id"] = answer.headers["Mcp-Session-Id"]
            subscribe = {"name": "subscribe", "arguments": {"topic": topic}}
            answer = await http.post(server.mcp_url, json=request(2, "tools/call", subscribe))
            assert '"open' in answer.text
            assert topic in service.subscriptions
            await until(lambda: not service.subscriptions, "the lease ran out")
            answer = await http.post(server.mcp_url, json=request(3, "tools/list", {}))
            assert answer.status_code == 404


INITIALIZE = {
    "protocolVersion": "2025-11-25",
    "capabilities": {},
    "clientInfo": {"name": "test", "version": "1"},
}


def request(number: int, method: str, params: Mapping[str, object]) -> dict[str, object]:
    return {"jsonrpc": "2.0", "id": number, "method": method, "params": params}


async def test_unsubscribe_never_closes_what_the_user_watches(
    server: McpServer, service: EventService, topic: str
) -> None:
    await service.subscribe(topic)
    async with connect(server) as client:
        kept = await call(client, "unsubscribe", topic=topic)
        assert (kept["held"], kept["closed"]) == (False, False)
        assert kept["detail"] == (
            f"You did not hold {topic!r}; it stays open because the user still watches it."
        )
        await call(client, "subscribe", topic=topic)
        kept = await call(client, "unsubscribe", topic=topic)
        assert (kept["held"], kept["closed"]) == (True, False)
        assert "the user still watches it" in kept["detail"]
        assert service.subscriptions[topic].owners == {"user"}


async def test_each_client_has_its_own_hold(
    server: McpServer, service: EventService, topic: str
) -> None:
    async with connect(server) as first, connect(server, era=LEGACY) as second:
        await call(first, "subscribe", topic=topic)
        await call(second, "subscribe", topic=topic)
        [stats] = (await call(first, "topic_stats", topics=[topic]))["topics"]
        assert sorted(stats["held_by"]) == ["another MCP client", "you"]
        gone = await call(first, "unsubscribe", topic=topic)
        assert gone["detail"].endswith("it stays open because others still hold it.")
        assert (await call(second, "unsubscribe", topic=topic))["closed"] is True
        assert await refused(second, "unsubscribe", topic=topic) == (
            f"{topic!r} is not subscribed. Nothing is subscribed now."
        )
    assert not service.subscriptions


async def test_the_users_own_subscription_outlives_every_client(
    server: McpServer, service: EventService, topic: str
) -> None:
    await service.subscribe(topic)
    async with connect(server) as client:
        await call(client, "subscribe", topic=topic)
        assert len(service.subscriptions[topic].owners) == 2
    await until(lambda: len(service.subscriptions[topic].owners) == 1, "the client has let go")
    assert service.subscriptions[topic].owners == {"user"}
