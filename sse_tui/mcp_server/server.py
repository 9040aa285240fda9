"""The MCP server beside something else: uvicorn in the running loop, silent, quick to stop."""

from __future__ import annotations

import asyncio
import logging
import secrets
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from sse_tui.errors import UsageError
from sse_tui.mcp_server.app import McpApp, build_app
from sse_tui.mcp_server.guard import refusal
from sse_tui.mcp_server.sessions import LEASE_SECONDS

if TYPE_CHECKING:
    from sse_tui.client.service import EventService

STOP_SECONDS = 1
"""How long a stop waits for a client that does not even take the end of its response."""


class McpServer:
    """An MCP server on a port of its own, over the service of this process.

    Args:
        service: what the tools work with.
        token: the bearer token; None makes a random one.
        host: where to listen.
        port: 0 takes a free one.
        lease_seconds: how long a silent client on streamable HTTP keeps its subscriptions.

    Attributes:
        token: what clients send as `Authorization: Bearer TOKEN`.
    """

    status = ""

    def __init__(
        self,
        service: EventService,
        token: str | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        lease_seconds: float = LEASE_SECONDS,
    ) -> None:
        self.token = token or secrets.token_urlsafe(32)
        self._service = service
        self._host = host
        self._port = port
        self._lease_seconds = lease_seconds
        self._url = ""
        self._app: McpApp | None = None
        self._uvicorn: _Uvicorn | None = None
        self._serving: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """Where it listens, as `http://HOST:PORT`; empty before the first start."""
        return self._url

    @property
    def sse_url(self) -> str:
        """The address for clients that speak the SSE transport."""
        return f"{self._url}/sse"

    @property
    def mcp_url(self) -> str:
        """The address for clients that speak streamable HTTP."""
        return f"{self._url}/mcp"

    async def start(self) -> None:
        """Listen; returns once requests are answered. Harmless when it runs.

        Raises:
            UsageError: the address cannot be listened on.
        """
        if self._serving is not None:
            return
        _keep_logs_off_stderr()
        self._app = build_app(
            self._service,
            token=self.token,
            host=self._host,
            lease_seconds=self._lease_seconds,
        )
        self._uvicorn = _Uvicorn(_config(self._app))
        sock = _listen(self._host, self._port)
        self._url = _url_of(sock)
        serve = self._uvicorn.serve(sockets=[sock])
        self._serving = asyncio.get_running_loop().create_task(serve, name="mcp server")
        await self._uvicorn.listening.wait()

    async def stop(self) -> None:
        """End all sessions and stop listening; harmless when it does not run."""
        serving, self._serving = self._serving, None
        if serving is None or self._app is None or self._uvicorn is None:
            return
        self._app.close()
        self._uvicorn.stopping.set()
        await serving


class _Uvicorn(uvicorn.Server):
    """A uvicorn server for the side: it leaves the signals alone, and sleeps until it is needed."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()
        self.stopping = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets)
        self.listening.set()

    async def main_loop(self) -> None:
        """Wait to be stopped; the usual loop wakes ten times a second, for a Date header."""
        await self.stopping.wait()


def _config(mcp: McpApp) -> uvicorn.Config:
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with mcp.run():
            yield

    unknown = Route("/{rest:path}", mcp.guarded(_not_found))
    return uvicorn.Config(
        Starlette(routes=[*mcp.routes, unknown], lifespan=lifespan),
        log_config=None,
        access_log=False,
        lifespan="on",
        ws="none",
        server_header=False,
        date_header=False,
        # Longer than clients keep idle connections: they must not send into a closing one.
        timeout_keep_alive=75,
        timeout_graceful_shutdown=STOP_SECONDS,
    )


async def _not_found(scope: Scope, receive: Receive, send: Send) -> None:
    response = refusal(
        404,
        "Nothing here",
        f"This MCP server has no {scope['path']!r}.",
        "Connect to /sse (SSE) or /mcp (streamable HTTP).",
    )
    await response(scope, receive, send)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family)
        # Handed on to what it accepts: without it an answer in two writes waits 40 ms.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listener
    except OSError as error:
        raise UsageError(
            "The MCP server cannot listen",
            f"{host}:{port}: {error.strerror or error}",
            "Choose another address with --host and --port; port 0 takes a free one.",
        ) from error


def _url_of(sock: socket.socket) -> str:
    host, port, *_ = sock.getsockname()
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _keep_logs_off_stderr() -> None:
    """Without any handler, Python's logging would print errors over the screen."""
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(logging.NullHandler())
