"""httpx over aiohttp: the adapter that sends a request and hands over its answer's body."""

from __future__ import annotations

import asyncio
import ssl
import sys
from collections.abc import AsyncIterator, Iterable, Iterator

import aiohttp
import httpx
from aiohttp.client_proto import ResponseHandler
from httpx_aiohttp import AiohttpTransport
from multidict import CIMultiDict
from yarl import URL

from sse_tui.client.reasons import connect_error
from sse_tui.client.tls import Tls
from sse_tui.client.ways import DIRECT, Way, split_proxy

AIOHTTP_ERRORS: tuple[type[Exception], ...] = (
    aiohttp.ClientError,
    aiohttp.http_exceptions.HttpProcessingError,
    OSError,
)

_HTTPX_HEADERS = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")


class _TriedOnceError(Exception):
    """Around a reason that aiohttp is not to see."""


_NO_ANSWER = (*AIOHTTP_ERRORS, _TriedOnceError, ValueError)


class KeptAlive(AiohttpTransport):
    """The adapter with the real reason of every failure, and URLs sent as they are written.

    httpx over aiohttp hands chunks over about ten times faster than httpx's own stack. A request's
    extensions `way` (a `Way`) and `tls` (the context for https) say how to connect.
    """

    keep_alive = True

    def __init__(self, tls: Tls) -> None:
        # Not used, as the sessions are made here; it trusts nobody.
        super().__init__(verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
        self._tls = tls
        self._sessions: dict[Way, aiohttp.ClientSession] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request.

        Raises:
            ConnectError: there is no answer.
        """
        way: Way = request.extensions["way"]
        timeout = request.extensions["timeout"]
        headers = CIMultiDict(shared(request.headers.multi_items()))
        proxy, for_proxy = _http_proxy(way)
        if for_proxy is not None and request.url.scheme == "http":
            headers["Proxy-Authorization"] = for_proxy
        try:
            reply = await self._session(way).request(
                request.method,
                _with_path(request.url),
                headers=headers,
                data=request.content or None,
                allow_redirects=False,
                ssl=request.extensions["tls"],
                proxy=proxy,
                proxy_headers={"Proxy-Authorization": for_proxy} if for_proxy else None,
                timeout=aiohttp.ClientTimeout(
                    total=None, connect=timeout["connect"], sock_read=timeout["read"]
                ),
            )
        except _errors_on(way) as error:
            raise connect_error(error, str(request.url), way) from error
        return _response(request, reply)

    async def aclose(self) -> None:
        """Close all connections."""
        for session in self._sessions.values():
            await session.close()
        await super().aclose()

    def _session(self, way: Way) -> aiohttp.ClientSession:
        """The session of a way; one for all that goes over TCP, an HTTP proxy included."""
        key = way if way.unix_socket or way.by_socks else DIRECT
        session = self._sessions.get(key)
        if session is None:
            session = self._sessions[key] = self._new_session(key)
        return session

    def _new_session(self, way: Way) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=self._connector(way),
            cookie_jar=aiohttp.DummyCookieJar(),  # httpx keeps the cookies
            skip_auto_headers=_HTTPX_HEADERS,
            auto_decompress=False,
            middlewares=() if self.keep_alive else (_never_twice,),
        )

    def _connector(self, way: Way) -> aiohttp.TCPConnector:
        fresh = not self.keep_alive
        if way.unix_socket is not None:
            from sse_tui.client.unix_socket import unix_connector

            return unix_connector(way.unix_socket, self._tls, force_close=fresh)
        if way.proxy is not None:
            from sse_tui.client.socks import socks_connector

            return socks_connector(way.proxy, self._tls, force_close=fresh)
        # No limits: httpx's pool of 100 would hold up the 101st stream for ever.
        return aiohttp.TCPConnector(limit=0, ssl=self._tls, force_close=fresh)


class Fresh(KeptAlive):
    """A connection of its own for every request: a stream must not begin on one half closed."""

    keep_alive = False


def shared(headers: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The headers in strings that equal ones share: hundreds of streams have the same."""
    return ((sys.intern(name), sys.intern(value)) for name, value in headers)


def _with_path(url: httpx.URL) -> URL:
    """The URL as it is written; `/` after a host alone, which a proxy is sent as it stands."""
    text = str(url)
    alone = url.raw_path == b"/" and not text.endswith("/")
    return URL(f"{text}/" if alone else text, encoded=True)


def _http_proxy(way: Way) -> tuple[str | None, str | None]:
    """The proxy that aiohttp is to use itself, and what to authorize with there."""
    if way.proxy is None or way.by_socks or way.unix_socket:
        return None, None
    return split_proxy(way.proxy)


def _errors_on(way: Way) -> tuple[type[Exception], ...]:
    if not way.by_socks:
        return _NO_ANSWER
    from sse_tui.client.socks import SOCKS_ERRORS

    return (*_NO_ANSWER, *SOCKS_ERRORS)


def _response(request: httpx.Request, reply: aiohttp.ClientResponse) -> httpx.Response:
    protocol = reply.connection.protocol if reply.connection else None
    if protocol is not None:
        _end_with_connection(reply.content, protocol)
    return httpx.Response(
        reply.status,
        headers=reply.raw_headers,
        stream=_Body(reply),
        request=request,
        extensions={
            "reason_phrase": (reply.reason or "").encode(),
            "reply": reply,
            "protocol": protocol,
        },
    )


class _Body(httpx.AsyncByteStream):
    """The body of an aiohttp answer, in chunks as they arrive."""

    def __init__(self, reply: aiohttp.ClientResponse) -> None:
        self._reply = reply

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._reply.content.iter_any()

    async def aclose(self) -> None:
        self._reply.close()


def _end_with_connection(content: aiohttp.StreamReader, protocol: ResponseHandler) -> None:
    """Let a reader know that the connection is gone: aiohttp forgets to after bad framing."""

    def tell(closed: asyncio.Future[None]) -> None:
        error = closed.exception() if not closed.cancelled() else None
        if not content.is_eof() and content.exception() is None:
            content.set_exception(error or aiohttp.ClientPayloadError())

    closed = protocol.closed
    if closed is not None:
        closed.add_done_callback(tell)


async def _never_twice(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Keep aiohttp from asking again by itself when the server hangs up: we count and show it."""
    try:
        return await handler(request)
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise _TriedOnceError from error
