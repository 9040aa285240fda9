"""Which MCP client a request comes from, and what that client holds until it leaves.

How a client's leaving is known depends on its transport:

- SSE and stdio: its stream ends, and with it the MCP lifespan that `connection` is.
- Streamable HTTP with a session (protocol 2025-11-25 and before): DELETE, or the lease runs out.
- Streamable HTTP without one (2026-07-28: every request stands alone): the lease runs out. Clients
  are then told apart by their address, name and version.

A lease runs while none of the client's requests (an open GET or `subscriptions/listen` included)
is being served.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import anyio
from mcp_types.version import MODERN_PROTOCOL_VERSIONS
from starlette.requests import Request

if TYPE_CHECKING:
    from mcp.server import Server
    from mcp.server.context import CallNext, HandlerResult, ServerRequestContext

    from sse_tui.client.options import StreamOptions
    from sse_tui.client.service import EventService
    from sse_tui.client.subscription import Subscription

LEASE_SECONDS = 600.0
"""How long a client on streamable HTTP may be silent before it counts as gone."""

ON_STREAMABLE_HTTP = "sse_tui.streamable_http"
"""Key in the ASGI scope of requests to `/mcp`, whose MCP lifespan is not one client's."""

SESSION_HEADER = "mcp-session-id"

_CURRENT: ContextVar[McpClient] = ContextVar("current MCP client")


@dataclass(eq=False)
class McpClient:
    """One MCP client.

    Attributes:
        owner: its name as an owner of subscriptions.
        on_leave: called once when it has left.
        gone: it has left; what still runs for it must hold nothing.
    """

    owner: str
    on_leave: list[Callable[[], None]] = field(default_factory=list)
    gone: bool = False


@dataclass(eq=False)
class _Lease:
    client: McpClient
    serving: int = 0
    timer: asyncio.TimerHandle | None = None


class McpClients:
    """The clients of one MCP server."""

    def __init__(self, service: EventService, *, lease_seconds: float = LEASE_SECONDS) -> None:
        self._service = service
        self._lease_seconds = lease_seconds
        self._numbers = itertools.count(1)
        self._leases: dict[str, _Lease] = {}
        self._leaving: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def connection(self, _server: Server[McpClient]) -> AsyncIterator[McpClient]:
        """The MCP lifespan: on SSE and stdio, one client from its coming to its leaving."""
        client = self._new()
        try:
            yield client
        finally:
            with anyio.CancelScope(shield=True):
                await self.leave(client)

    async def identify(
        self, ctx: ServerRequestContext[Any, Any], call_next: CallNext
    ) -> HandlerResult:
        """The MCP middleware: makes the request's client the `current` one while it is served."""
        key = _lease_key(ctx)
        with nullcontext(ctx.lifespan_context) if key is None else self.serving(key) as client:
            token = _CURRENT.set(client)
            try:
                return await call_next(ctx)
            finally:
                _CURRENT.reset(token)

    @property
    def current(self) -> McpClient:
        """The client whose request is being served."""
        return _CURRENT.get()

    async def hold(self, client: McpClient, target: str, options: StreamOptions) -> Subscription:
        """Subscribe on the client's behalf.

        Raises:
            SseTuiError: the target cannot be subscribed to.
        """
        subscription = await self._service.subscribe(target, owner=client.owner, options=options)
        if client.gone:
            await self._service.release(client.owner)
        return subscription

    async def leave(self, client: McpClient) -> None:
        """Let go of all that the client holds."""
        client.gone = True
        while client.on_leave:
            client.on_leave.pop()()
        await self._service.release(client.owner)

    async def end_session(self, session_id: str) -> None:
        """The client has ended its streamable HTTP session by DELETE."""
        lease = self._leases.pop(session_id, None)
        if lease is not None:
            if lease.timer is not None:
                lease.timer.cancel()
            await self.leave(lease.client)

    async def aclose(self) -> None:
        """Let every client on streamable HTTP leave; those on streams leave by themselves."""
        for key in list(self._leases):
            await self.end_session(key)
        await asyncio.gather(*self._leaving)

    @contextmanager
    def serving(self, key: str) -> Iterator[McpClient]:
        """Stop the lease of the client `key` as long as a request of it is being served."""
        lease = self._leases.get(key)
        if lease is None:
            lease = self._leases[key] = _Lease(self._new())
        lease.serving += 1
        if lease.timer is not None:
            lease.timer.cancel()
        try:
            yield lease.client
        finally:
            lease.serving -= 1
            if not lease.serving and not lease.client.gone:
                loop = asyncio.get_running_loop()
                lease.timer = loop.call_later(self._lease_seconds, self._run_out, key)

    def _run_out(self, key: str) -> None:
        task = asyncio.get_running_loop().create_task(self.end_session(key))
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)

    def _new(self) -> McpClient:
        return McpClient(owner=f"mcp:{next(self._numbers)}")


def _lease_key(ctx: ServerRequestContext[Any, Any]) -> str | None:
    """What tells a client on streamable HTTP from others; None on the other transports."""
    request = ctx.request
    if not isinstance(request, Request) or ON_STREAMABLE_HTTP not in request.scope:
        return None
    if ctx.protocol_version not in MODERN_PROTOCOL_VERSIONS:
        return request.headers.get(SESSION_HEADER)
    host = request.client.host if request.client else ""
    params = ctx.session.client_params
    info = params.client_info if params else None
    # A session id is hexadecimal: a made-up client name can never look like one.
    return f"{host} {info.name} {info.version}" if info else f"{host} -"
