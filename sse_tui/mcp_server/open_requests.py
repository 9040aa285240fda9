"""Ends the requests that are still open when the server stops, each with a complete response."""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sse_tui.mcp_server.guard import refusal


class OpenRequests:
    """Wraps apps whose responses may stay open for hours, so that a stop need not wait for them.

    Closing looks to the app as if its client had gone; the client sees its response end cleanly.
    """

    def __init__(self) -> None:
        self._closing = asyncio.Event()

    def close(self) -> None:
        """End the open requests, and refuse new ones with 503."""
        self._closing.set()

    def wrap(self, app: ASGIApp) -> ASGIApp:
        """The same app, whose requests `close` ends."""
        return _Endable(app, self._closing)


class _Endable:
    # Not a function: Starlette would take that for one that maps a request to a response.
    def __init__(self, app: ASGIApp, closing: asyncio.Event) -> None:
        self._app = app
        self._closing = closing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await _Request(self._closing, receive, send).run(self._app, scope)


class _Request:
    def __init__(self, closing: asyncio.Event, receive: Receive, send: Send) -> None:
        self._closing = closing
        self._receive = receive
        self._send = send
        self._started = False
        self._complete = False

    async def run(self, app: ASGIApp, scope: Scope) -> None:
        if not self._closing.is_set():
            await app(scope, self.receive, self.send)
        if self._complete or not self._closing.is_set():
            return
        if self._started:
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})
        else:
            stopped = refusal(503, "The MCP server is stopping", "", "Connect again later.")
            await stopped(scope, self._receive, self._send)

    async def receive(self) -> Message:
        """The next message, or a disconnect as soon as the server closes."""
        message = asyncio.ensure_future(self._receive())
        closing = asyncio.ensure_future(self._closing.wait())
        try:
            done, _ = await asyncio.wait({message, closing}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            closing.cancel()
            message.cancel()
        return message.result() if message in done else {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Pass a message on, and remember how far the response is."""
        await self._send(message)
        self._started = True
        self._complete = message["type"] == "http.response.body" and not message.get("more_body")
