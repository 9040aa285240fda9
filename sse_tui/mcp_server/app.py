"""The MCP server over HTTP: `/sse` and `/messages/`, `/mcp`, each route guarded."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

from mcp.server.sse import SseServerTransport
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from starlette.datastructures import Headers
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from sse_tui.mcp_server.guard import Guard
from sse_tui.mcp_server.open_requests import OpenRequests
from sse_tui.mcp_server.protocol import EventProtocol
from sse_tui.mcp_server.sessions import LEASE_SECONDS, ON_STREAMABLE_HTTP, SESSION_HEADER

if TYPE_CHECKING:
    from sse_tui.client.service import EventService

SSE_PATH = "/sse"
MESSAGES_PATH = "/messages/"
STREAMABLE_PATH = "/mcp"

LAST_WORDS_SECONDS = 0.05
"""Between the answers to calls that wait and the end of the responses that carry them."""


def build_app(
    service: EventService,
    *,
    token: str | None,
    topics_only: bool = False,
    host: str = "127.0.0.1",
    allowed_hosts: Iterable[str] = (),
    guarded: bool = False,
    lease_seconds: float = LEASE_SECONDS,
) -> McpApp:
    """The MCP server as routes, to mount beside others or to serve alone.

    Args:
        service: what the tools work with; it must outlive the app.
        token: the bearer token that every request must carry; None asks for none.
        topics_only: refuse URLs as targets: the service's own server is all there is.
        host: what the server listens on, see `Guard`.
        allowed_hosts: further names under which it is reached.
        guarded: whoever mounts the routes guards them already; then nothing is checked here.
        lease_seconds: how long a silent client on streamable HTTP keeps its subscriptions.
    """
    protocol = EventProtocol(service, topics_only=topics_only, lease_seconds=lease_seconds)
    guard = partial(Guard, token=token, host=host, allowed_hosts=tuple(allowed_hosts))
    return McpApp(protocol, guard=None if guarded else guard, lease_seconds=lease_seconds)


class McpApp:
    """The routes of one MCP server; made by `build_app`.

    Attributes:
        routes: to be put among the routes of a Starlette app whose lifespan enters `run`.
    """

    def __init__(
        self,
        protocol: EventProtocol,
        *,
        guard: Callable[[ASGIApp], ASGIApp] | None,
        lease_seconds: float,
    ) -> None:
        # The SDK's own guard looks at some requests only, and not at tokens.
        no_guard = TransportSecuritySettings(enable_dns_rebinding_protection=False)
        self._protocol = protocol
        self._guard = guard
        self._open = OpenRequests()
        self._sse = SseServerTransport(MESSAGES_PATH, no_guard)
        self._sessions = StreamableHTTPSessionManager(
            protocol.server, security_settings=no_guard, session_idle_timeout=lease_seconds
        )
        self.routes: list[BaseRoute] = [
            Route(SSE_PATH, self.guarded(self._serve_sse)),
            Route(f"{MESSAGES_PATH}{{rest:path}}", self.guarded(self._sse.handle_post_message)),
            Route(STREAMABLE_PATH, self.guarded(self._serve_streamable)),
        ]

    @asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        """What the routes need, for the app's lifespan; enter it once."""
        async with self._protocol.run(), self._sessions.run():
            yield

    def close(self) -> None:
        """End the open requests, so that a server can stop at once; new ones get 503."""
        self._protocol.close()
        asyncio.get_running_loop().call_later(LAST_WORDS_SECONDS, self._open.close)

    def guarded(self, app: ASGIApp) -> ASGIApp:
        """An app behind this server's guard, whose open requests `close` ends."""
        endable = self._open.wrap(app)
        return endable if self._guard is None else self._guard(endable)

    async def _serve_sse(self, scope: Scope, receive: Receive, send: Send) -> None:
        server = self._protocol.server
        async with self._sse.connect_sse(scope, receive, send) as (read, write):
            await server.run(read, write, server.create_initialization_options())

    async def _serve_streamable(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[ON_STREAMABLE_HTTP] = True
        clients = self._protocol.clients
        session_id = Headers(scope=scope).get(SESSION_HEADER)
        if session_id is not None and scope["method"] == "GET":
            with clients.serving(session_id):
                await self._sessions.handle_request(scope, receive, send)
            return
        await self._sessions.handle_request(scope, receive, send)
        if session_id is not None and scope["method"] == "DELETE":
            await clients.end_session(session_id)
