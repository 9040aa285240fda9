from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from mcp_server.connections import (
    LEGACY,
    MODERN,
    SSE,
    STREAMABLE_HTTP,
    call,
    complaints,
    connect,
)
from textual.app import App

from sse_tui.client.service import EventService
from sse_tui.errors import UsageError
from sse_tui.mcp_server.resources import uri_of
from sse_tui.mcp_server.server import McpServer

PROMPT_S = 2.0
"""Generous for a busy machine; a stop that waits for its clients would take far longer."""


@contextmanager
def no_log_handlers() -> Iterator[None]:
    """The state of a program that has not configured logging."""
    root = logging.getLogger()
    kept, root.handlers[:] = root.handlers[:], []
    try:
        yield
    finally:
        root.handlers[:] = kept


@pytest.mark.parametrize(
    ("transport", "era"),
    [(SSE, MODERN), (SSE, LEGACY), (STREAMABLE_HTTP, MODERN), (STREAMABLE_HTTP, LEGACY)],
)
async def test_a_stop_ends_open_sessions_at_once_and_in_order(
    service: EventService,
    topic: str,
    transport: str,
    era: str,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    server = McpServer(service)
    await server.start()
    async with connect(server, transport, era) as client:
        await call(client, "subscribe", topic=topic)
        waiting = asyncio.create_task(
            call(client, "get_event_stream", topic=topic, wait_seconds=10)
        )
        for _ in range(2):  # the second one is sent after the call that waits
            await call(client, "topic_stats", topics=[topic])
        began = time.monotonic()
        await server.stop()
        assert time.monotonic() - began < PROMPT_S
        assert not service.subscriptions
        assert (await waiting)["events"] == []  # answered in time, not cut off
    assert complaints(caplog) == []
    assert capfd.readouterr() == ("", "")


async def test_a_listener_is_told_that_the_server_stops(service: EventService, topic: str) -> None:
    server = McpServer(service)
    await server.start()
    async with (
        connect(server) as client,
        asyncio.timeout(PROMPT_S),
        client.listen(resource_subscriptions=[uri_of(topic)]) as news,
    ):
        await server.stop()
        assert [each async for each in news] == []  # no SubscriptionLost: it was a proper end


async def test_it_starts_again_with_the_same_token(service: EventService, topic: str) -> None:
    server = McpServer(service)
    await server.stop()  # harmless
    addresses = []
    for _ in range(2):
        await server.start()
        await server.start()  # harmless
        addresses.append((server.url, server.token))
        async with connect(server) as client:
            await call(client, "subscribe", topic=topic)
        await server.stop()
        await server.stop()  # harmless
    assert addresses[0][1] == addresses[1][1]


async def test_a_port_that_is_taken_is_a_clear_error(service: EventService) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        server = McpServer(service, port=port)
        with pytest.raises(UsageError) as caught:
            await server.start()
        assert str(port) in caught.value.detail
        assert caught.value.hint
    await server.start()
    assert server.url == f"http://127.0.0.1:{port}"
    await server.stop()


async def test_it_configures_no_logging_and_prints_nothing(
    service: EventService, topic: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with no_log_handlers():
        server = McpServer(service)
        await server.start()
        async with connect(server, STREAMABLE_HTTP, LEGACY) as client:
            await client.call_tool("nothing", {})
            await client.call_tool("subscribe", {"topic": topic})
            logging.getLogger("uvicorn.error").error("an error of the server")
        await server.stop()
        handlers = [type(handler) for handler in logging.getLogger().handlers]
        assert handlers == [logging.NullHandler]
    assert capfd.readouterr() == ("", "")


async def test_it_runs_inside_a_textual_app(service: EventService, topic: str) -> None:
    server = McpServer(service)

    class Screen(App[None]):
        async def on_mount(self) -> None:
            await server.start()

        async def on_unmount(self) -> None:
            await server.stop()

    async with Screen().run_test() as pilot:
        await pilot.pause()
        async with connect(server) as client:
            assert (await call(client, "subscribe", topic=topic))["state"] == "open"
    with socket.create_server(("127.0.0.1", int(server.url.rpartition(":")[2]))):
        pass  # the port is free again
