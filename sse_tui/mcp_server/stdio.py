"""The MCP server over stdin and stdout, for a client that starts it as its own process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mcp.server.stdio import stdio_server

from sse_tui.mcp_server.protocol import EventProtocol

if TYPE_CHECKING:
    from sse_tui.client.service import EventService


async def serve_stdio(service: EventService) -> None:
    """Serve one client until it closes stdin. Nothing else may read stdin or write to stdout."""
    protocol = EventProtocol(service)
    server = protocol.server
    async with protocol.run(), stdio_server() as (read, write):
        await server.run(read, write, server.create_initialization_options())
