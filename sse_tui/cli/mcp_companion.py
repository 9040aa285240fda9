"""The MCP server beside the screen, imported only when it starts."""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sse_tui.client.service import EventService
    from sse_tui.mcp_server.server import McpServer


class McpCompanion:
    """An MCP server over this process's own service, on a free port with a token of its own.

    `import mcp` takes half a second: in a thread, after the first frame.

    Args:
        service: the streams, events and logs that the agent shares with the user.
    """

    status = ""

    def __init__(self, service: EventService) -> None:
        self._service = service
        self._server: McpServer | None = None

    @property
    def url(self) -> str:
        """Where it listens; valid once `start` has returned."""
        return self._server.url if self._server else ""

    @property
    def token(self) -> str | None:
        """The bearer token that it asks for."""
        return self._server.token if self._server else None

    async def start(self) -> None:
        """Start it, and return once it answers.

        Raises:
            UsageError: there is no port to listen on.
        """
        if self._server is None:
            module = await asyncio.to_thread(import_module, "sse_tui.mcp_server.server")
            self._server = module.McpServer(self._service)
        await self._server.start()

    async def stop(self) -> None:
        """Stop it; harmless when it does not run."""
        if self._server is not None:
            await self._server.stop()
