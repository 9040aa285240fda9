"""The MCP server over stdin and stdout, for a client that starts it as its own process."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, cast

from mcp.server.stdio import stdio_server

from sse_tui.mcp_server.protocol import EventProtocol

if TYPE_CHECKING:
    import anyio

    from sse_tui.client.service import EventService

MAX_LINE_BYTES = 64 * 2**20
"""One message is one line."""


async def serve_stdio(service: EventService) -> None:
    """Serve one client until it closes stdin. Nothing else may read stdin or write to stdout."""
    protocol = EventProtocol(service)
    server = protocol.server
    # Of a file, the SDK asks for nothing but its lines.
    stdin = cast("anyio.AsyncFile[str] | None", await _stdin_lines())
    async with protocol.run(), stdio_server(stdin) as (read, write):
        await server.run(read, write, server.create_initialization_options())


async def _stdin_lines() -> AsyncIterator[str] | None:
    """The lines of stdin, read in the event loop.

    The SDK reads in a thread, and a signal could not end the process while that thread waits for
    input. None where stdin is a file: that one never waits, and the event loop cannot watch it.
    """
    reader = asyncio.StreamReader(limit=MAX_LINE_BYTES)
    protocol = asyncio.StreamReaderProtocol(reader)
    try:
        await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
    except ValueError:
        return None
    return (line.decode("utf-8", "replace") async for line in reader)
