"""Real MCP sessions on each transport, and waiting for what must happen."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any

import httpx2
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.sse import sse_client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult

from sse_tui.client.service import EventService
from sse_tui.mcp_server.server import McpServer
from sse_tui.mcp_server.sessions import LEASE_SECONDS

SSE = "sse"
STREAMABLE_HTTP = "streamable-http"
STDIO = "stdio"

MODERN = "auto"
LEGACY = "legacy"

PATIENCE_S = 20.0


@asynccontextmanager
async def serving(
    service: EventService, *, lease_seconds: float = LEASE_SECONDS
) -> AsyncIterator[McpServer]:
    """A started server."""
    server = McpServer(service, lease_seconds=lease_seconds)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


def connect(
    server: McpServer,
    transport: str = SSE,
    era: str = MODERN,
    *,
    on_message: Callable[[Any], Any] | None = None,
) -> AbstractAsyncContextManager[Client]:
    """A session with a started server."""
    return connect_to(server.url, server.token, transport, era, on_message=on_message)


@asynccontextmanager
async def connect_to(
    url: str,
    token: str | None,
    transport: str,
    era: str = MODERN,
    *,
    on_message: Callable[[Any], Any] | None = None,
) -> AsyncIterator[Client]:
    """A session of the SDK's own client.

    Args:
        url: the server's address, without path.
        token: its bearer token; None sends none.
        transport: SSE or STREAMABLE_HTTP.
        era: MODERN negotiates 2026-07-28, LEGACY the handshake of 2025-11-25.
        on_message: gets the server's notifications.
    """
    headers = {"Authorization": f"Bearer {token}"} if token else {}

    async def handle(message: object) -> None:
        if on_message is not None:
            on_message(message)

    async with AsyncExitStack() as stack:
        if transport == SSE:
            streams: Any = sse_client(f"{url}/sse", headers=headers)
        else:
            client = httpx2.AsyncClient(headers=headers, timeout=httpx2.Timeout(PATIENCE_S))
            http = await stack.enter_async_context(client)
            streams = streamable_http_client(f"{url}/mcp", http_client=http)
        yield await stack.enter_async_context(Client(streams, mode=era, message_handler=handle))


def stdio_of(url: str) -> StdioServerParameters:
    """How a client starts the server as its own process."""
    args = ["-m", "sse_tui", "--url", url, "mcp", "--stdio"]
    return StdioServerParameters(command=sys.executable, args=args)


async def call(client: Client, tool: str, **arguments: object) -> dict[str, Any]:
    """Call a tool that must work; its structured answer."""
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, said(result)
    answer: dict[str, Any] = result.structured_content or {}
    return answer


async def refused(client: Client, tool: str, **arguments: object) -> str:
    """Call a tool that must not work; the sentence that it answers."""
    result = await client.call_tool(tool, arguments)
    assert result.is_error, said(result)
    assert result.structured_content is None
    return said(result)


def said(result: CallToolResult) -> str:
    """The text of an answer."""
    return "\n".join(part.text for part in result.content if part.type == "text")


def complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The warnings and errors that the server's side has logged."""
    server_side = ("uvicorn", "mcp.server", "sse_starlette", "sse_tui")
    return [
        record.getMessage()
        for record in caplog.records
        if record.levelno >= logging.WARNING and record.name.startswith(server_side)
    ]


async def until(condition: Callable[[], object], what: str) -> None:
    """Wait until `condition` holds; `what` names it when it does not."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not condition():  # noqa: ASYNC110 - any condition, also one without an event
                await asyncio.sleep(0)
    except TimeoutError:
        raise AssertionError(f"it did not happen: {what}") from None
