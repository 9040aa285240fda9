"""The agent's MCP connection: opened once, opened again when the server was restarted.

The SSE transport is used because it runs the calls of one turn side by side; the SDK's streamable
HTTP client runs them one after the other, and recovers by silently repeating calls, which must not
happen to an event that the user allowed once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx2
from agents.mcp import MCPServerSse
from mcp.shared.exceptions import MCPError
from mcp_types import CONNECTION_CLOSED, CallToolResult, Tool

from sse_tui.errors import AgentError

CALL_TIMEOUT = 30.0
"""Seconds that a tool may take; `get_event_stream` may wait for 10 by itself."""

CONNECT_TIMEOUT = 5.0

_LOG = logging.getLogger(__name__)

Answer = TypeVar("Answer")


class CallLostError(AgentError):
    """The connection broke under a call that must not be repeated."""


class McpLink:
    """One connection to one MCP server.

    Args:
        url: the server's address; whatever its path, the SSE transport is at `/sse` of its origin.
        token: bearer token, or None.
    """

    def __init__(self, url: str, token: str | None) -> None:
        self.url = sse_address(url)
        self._server = MCPServerSse(
            params={
                "url": self.url,
                "headers": {"Authorization": f"Bearer {token}"} if token else {},
                "timeout": CONNECT_TIMEOUT,
                "httpx_client_factory": partial(_direct_client, self.url.startswith("https:")),
            },
            name="sse-tui",
            client_session_timeout_seconds=CALL_TIMEOUT,
        )
        self._lock = asyncio.Lock()
        self._opened = 0  # how often: tells whether somebody else has connected again meanwhile
        self._connected = False

    async def connect(self) -> None:
        """Open the connection, unless it is open.

        Raises:
            AgentError: the server cannot be reached, or refuses the token.
        """
        async with self._lock:
            if not self._connected:
                await self._open()

    async def close(self) -> None:
        """Close the connection; harmless when it is closed."""
        async with self._lock:
            await self._disconnect()

    async def list_tools(self) -> list[Tool]:
        """The server's tools; connects again where the server has been restarted.

        Raises:
            AgentError: the server cannot be reached.
        """
        return await self._repeatable(self._server.list_tools)

    async def call(self, name: str, arguments: dict[str, Any], *, reads: bool) -> CallToolResult:
        """Call a tool.

        Args:
            name: the tool.
            arguments: its arguments.
            reads: the call only reads: it is made again if the connection broke under it. Any
                other call is made once, after a look whether the connection still stands.

        Raises:
            CallLostError: the connection broke under a call that is not repeated.
            AgentError: the server cannot be reached.
            MCPError: the server refused the call, or took too long.
        """
        if reads:
            return await self._repeatable(lambda: self._server.call_tool(name, arguments))
        await self.list_tools()
        try:
            return await self._server.call_tool(name, arguments)
        except MCPError as error:
            if error.code != CONNECTION_CLOSED:
                raise
            raise CallLostError(
                "The connection to the tools broke",
                f"whether {name} took effect is not known",
                "Look at the stream before you try again.",
            ) from error

    async def _repeatable(self, request: Callable[[], Awaitable[Answer]]) -> Answer:
        await self.connect()
        opened = self._opened
        try:
            return await request()
        except MCPError as error:
            if error.code != CONNECTION_CLOSED:
                raise
        _LOG.info("the MCP connection is gone; connecting again")
        async with self._lock:
            if self._opened == opened:
                await self._disconnect()
                await self._open()
        return await request()

    async def _disconnect(self) -> None:
        self._connected = False
        await self._server.cleanup()  # type: ignore[no-untyped-call]  # the SDK's

    async def _open(self) -> None:
        try:
            async with asyncio.timeout(2 * CONNECT_TIMEOUT):
                await self._server.connect()  # type: ignore[no-untyped-call]  # the SDK's
        except Exception as error:
            raise _unreachable(self.url, error) from error
        self._connected = True
        self._opened += 1


def sse_address(url: str) -> str:
    """Where the SSE transport of the MCP server at `url` is."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/sse"


def _direct_client(
    encrypted: bool,
    headers: dict[str, str] | None = None,
    timeout: httpx2.Timeout | None = None,
    auth: httpx2.Auth | None = None,
) -> httpx2.AsyncClient:
    # The server is on this machine: a proxy from the environment must not come between, and loading
    # the certificates for nothing would hold the screen up for 20 ms.
    return httpx2.AsyncClient(
        headers=headers, timeout=timeout, auth=auth, trust_env=False, verify=encrypted
    )


def _unreachable(url: str, error: Exception) -> AgentError:
    cause = error.__cause__
    if isinstance(cause, httpx2.HTTPStatusError) and cause.response.status_code in (401, 403):
        return AgentError(
            "The tools refuse the agent",
            f"{url} answered {cause.response.status_code} to its token",
            "Start sse-tui again; each run has a token of its own.",
        )
    # The SDK says: Failed to connect to MCP server 'name': reason.
    said = str(error).rpartition("': ")[2] or type(error).__name__
    reason = "no answer in time" if isinstance(error, TimeoutError) else said
    return AgentError(
        "The agent cannot reach its tools",
        f"{url}: {reason}",
        "Ask again; if that does not help, start sse-tui again.",
    )
