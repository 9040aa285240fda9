"""The MCP server beside the hub's routes in `serve`: loaded when the first client asks for it."""

from __future__ import annotations

import asyncio
import importlib

from starlette.routing import BaseRoute, Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

PATHS = ("/sse", "/messages/{rest:path}", "/mcp")


class McpMount:
    """The MCP server over a client service on the hub's own address, as an ASGI application.

    Importing it takes longer than the whole hub, and most hubs never need it.

    Args:
        url: the hub's address.
        token: the hub's token; None where it asks for none.

    Attributes:
        routes: to be mounted behind the hub's guard.
    """

    def __init__(self, url: str, token: str | None) -> None:
        self.routes: list[BaseRoute] = [Route(path, self) for path in PATHS]
        self._url = url
        self._token = token
        self._stopping = asyncio.Event()
        self._app: asyncio.Future[ASGIApp] | None = None
        self._running: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on, once the server is loaded."""
        if self._app is None:
            self._app = asyncio.get_running_loop().create_future()
            self._running = asyncio.create_task(self._run(self._app))
        app = await asyncio.shield(self._app)
        await app(scope, receive, send)

    async def stop(self) -> None:
        """End its open requests and its streams from the hub; harmless when it never ran."""
        self._stopping.set()
        if self._running is not None:
            await self._running

    async def _run(self, ready: asyncio.Future[ASGIApp]) -> None:
        # One task enters and leaves: the SDK's task groups insist on it.
        try:
            await asyncio.to_thread(importlib.import_module, "sse_tui.mcp_server.app")
            from sse_tui.client.options import ClientOptions
            from sse_tui.client.service import EventService
            from sse_tui.mcp_server.app import build_app

            headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
            options = ClientOptions(headers=headers)
            async with EventService(self._url, options=options) as service:
                mcp = build_app(service, token=None, topics_only=True, guarded=True)
                async with mcp.run():
                    ready.set_result(Router(mcp.routes))
                    await self._stopping.wait()
                    mcp.close()
        except Exception as error:
            if ready.done():
                raise
            ready.set_exception(error)  # each request that needs it says so
