"""Builds the httpx client, opens streams, and turns every network failure into our own errors."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Self

import aiohttp
import httpx
from aiohttp.client_proto import ResponseHandler
from httpx_aiohttp import AiohttpTransport
from multidict import CIMultiDict
from yarl import URL

from sse_tui import __version__
from sse_tui.client.options import ClientOptions
from sse_tui.client.proxies import proxy_for
from sse_tui.client.reasons import broken_stream, connect_error
from sse_tui.client.request import HttpRequest, origin, split_credentials
from sse_tui.client.tls import tls_context
from sse_tui.client.turns import Turns
from sse_tui.errors import ConnectError, StatusError, StreamError, UsageError

MAX_REDIRECTS = 20
API_TIMEOUT_S = 10.0
MAX_API_BYTES = 16 * 2**20
MAX_ERROR_BYTES = 4096
ERROR_BODY_TIMEOUT_S = 1.0
READ_BYTES = 64 * 1024
"""Taken at once from what has arrived: with more, decoding leaves the processor's cache."""

_HTTPX_HEADERS = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")
_AIOHTTP_ERRORS = (aiohttp.ClientError, aiohttp.http_exceptions.HttpProcessingError, OSError)


@dataclass(frozen=True, slots=True)
class HttpReply:
    """A whole answer: status, headers by lower-case name, body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class HttpStream:
    """An answer whose body is still arriving.

    Attributes:
        status: the HTTP status.
        reason: the words beside it; may be empty.
        headers: by lower-case name.
        url: where the answer came from, after redirects, without credentials.
        secrets_dropped: a redirect to another origin left the user's headers behind.
    """

    __slots__ = (
        "_decoded",
        "_protocol",
        "_reply",
        "headers",
        "reason",
        "secrets_dropped",
        "status",
        "url",
    )

    def __init__(self, response: httpx.Response, secrets_dropped: bool) -> None:
        self.status = response.status_code
        self.reason = response.reason_phrase
        self.headers: Mapping[str, str] = dict(_shared(response.headers.items()))
        self.url = str(response.url)
        self.secrets_dropped = secrets_dropped
        # The response itself is let go: with its request it takes more memory than all else.
        self._reply: aiohttp.ClientResponse = response.extensions["reply"]
        self._protocol: ResponseHandler | None = response.extensions["protocol"]
        self._decoded: AsyncIterator[bytes] | None = None
        if self.headers.get("content-encoding", "identity").lower() != "identity":
            self._decoded = response.aiter_bytes()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._reply.close()

    async def read(self) -> bytes:
        """The next bytes of the body as soon as there are any; b"" at its end.

        Raises:
            StreamEndedError: the connection broke, was cut short, or was silent for too long.
        """
        try:
            if self._decoded is not None:
                chunk = await anext(self._decoded, b"")
            else:
                chunk = await self._reply.content.read(READ_BYTES)
        except (*_AIOHTTP_ERRORS, httpx.DecodingError) as error:
            raise broken_stream(self._lost_by() or error, self.url) from error
        if not chunk and (reason := self._lost_by()) is not None:
            # A body that lasts until the connection ends looks whole to aiohttp even after a reset.
            raise broken_stream(reason, self.url) from reason
        return chunk

    def _lost_by(self) -> BaseException | None:
        """The system's error that ended the connection, if one did."""
        error = self._protocol.exception() if self._protocol is not None else None
        return error if isinstance(error, OSError) else None

    async def read_beginning(self) -> str:
        """The beginning of the body as text, for an error's words; empty where none comes."""
        body = b""
        with contextlib.suppress(StreamError, TimeoutError):
            async with asyncio.timeout(ERROR_BODY_TIMEOUT_S):
                while len(body) < MAX_ERROR_BYTES and (chunk := await self.read()):
                    body += chunk
        return body[:MAX_ERROR_BYTES].decode("utf-8", "replace").strip()


class Transport:
    """All connections of one `EventService`. Building one costs some 20 ms (the TLS store).

    Raises:
        ConfigError: a certificate file cannot be used.
    """

    def __init__(self, options: ClientOptions) -> None:
        self._connect_timeout = options.connect_timeout
        self._turns = Turns()
        tls = tls_context(options)
        agent = {"User-Agent": f"sse-tui/{__version__}"}
        self._streams = httpx.AsyncClient(transport=_Fresh(verify=tls), headers=agent)
        self._api = httpx.AsyncClient(transport=_KeptAlive(verify=tls), headers=agent)

    async def open(self, request: HttpRequest, *, idle_timeout: float | None = None) -> HttpStream:
        """Send the request, follow redirects, and give the answer once its headers are there.

        `idle_timeout` is how many seconds without a byte, before the headers or after them, are
        taken for a dead connection. The stream is to be closed, as a context manager.

        Raises:
            ConnectError: there is no answer.
            StatusError: the redirects lead nowhere.
        """
        await self._turns.wait()
        return await self._open(self._streams, request, idle_timeout)

    async def fetch(self, request: HttpRequest) -> HttpReply:
        """Send the request and read its whole answer, 10 s and 16 MiB at most.

        Raises:
            StreamError: there is no answer, or it breaks off.
        """
        try:
            async with (
                asyncio.timeout(API_TIMEOUT_S),
                await self._open(self._api, request, None) as stream,
            ):
                body = bytearray()
                while len(body) <= MAX_API_BYTES and (chunk := await stream.read()):
                    body += chunk
                return HttpReply(stream.status, stream.headers, bytes(body))
        except TimeoutError as error:
            raise ConnectError(
                "No answer",
                f"{_without_query(request.url)} gave none within {API_TIMEOUT_S:.0f} s",
                "Check that the server is up and not overloaded.",
            ) from error

    async def aclose(self) -> None:
        """Close all connections."""
        await self._streams.aclose()
        await self._api.aclose()

    async def _open(
        self, client: httpx.AsyncClient, request: HttpRequest, idle_timeout: float | None
    ) -> HttpStream:
        timeout = httpx.Timeout(None, connect=self._connect_timeout, read=idle_timeout)
        return HttpStream(*await _send(client, request, timeout))


async def _send(
    client: httpx.AsyncClient, request: HttpRequest, limits: httpx.Timeout
) -> tuple[httpx.Response, bool]:
    """The answer behind all redirects, and whether the user's headers were left behind on them."""
    asked, dropped = request, False
    for _ in range(MAX_REDIRECTS + 1):
        response = await client.send(_built(client, asked, limits), stream=True, auth=None)
        if not response.has_redirect_location:
            return response, dropped
        await response.aclose()
        onward = _redirected(response, asked)
        dropped = dropped or len(onward.own_headers) < len(asked.own_headers)
        asked = onward
    raise StatusError(
        "Too many redirects",
        f"{_without_query(request.url)} led through {MAX_REDIRECTS} of them",
        status=response.status_code,
    )


def _built(client: httpx.AsyncClient, request: HttpRequest, limits: httpx.Timeout) -> httpx.Request:
    headers = [(name.encode(), value.encode()) for name, value in request.merged_headers()]
    try:
        return client.build_request(
            request.method, request.url, headers=headers, content=request.body, timeout=limits
        )
    except (httpx.InvalidURL, ValueError) as error:
        raise UsageError("Not a URL", f"{request.url!r}: {error}") from error


class _KeptAlive(AiohttpTransport):
    """The adapter with the real reason of every failure, and URLs sent as they are written.

    httpx over aiohttp hands chunks over about ten times faster than httpx's own stack.
    """

    keep_alive = True

    def get_client(self) -> aiohttp.ClientSession:
        # No limits: httpx's pool of 100 would hold up the 101st stream for ever.
        connector = aiohttp.TCPConnector(
            limit=0, ssl=self.ssl_context, force_close=not self.keep_alive
        )
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),  # httpx keeps the cookies
            skip_auto_headers=_HTTPX_HEADERS,
            auto_decompress=False,
            middlewares=() if self.keep_alive else (_never_twice,),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if not isinstance(self.client, aiohttp.ClientSession):
            self.client = self.get_client()
        timeout = request.extensions["timeout"]
        try:
            reply = await self.client.request(
                request.method,
                URL(str(request.url), encoded=True),
                headers=CIMultiDict(_shared(request.headers.multi_items())),
                data=request.content or None,
                allow_redirects=False,
                proxy=proxy_for(str(request.url)),
                timeout=aiohttp.ClientTimeout(
                    total=None, connect=timeout["connect"], sock_read=timeout["read"]
                ),
            )
        except (*_AIOHTTP_ERRORS, ValueError) as error:
            raise connect_error(error, str(request.url)) from error
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


class _Fresh(_KeptAlive):
    """A connection of its own for every request: a stream must not begin on one half closed."""

    keep_alive = False


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
        raise connect_error(error, str(request.url)) from error


def _redirected(response: httpx.Response, request: HttpRequest) -> HttpRequest:
    """The request that follows a redirect; on another origin, without the user's headers."""
    onward = response.next_request
    if onward is None or not response.headers["location"].strip():
        raise StatusError(
            f"A redirect without a target ({response.status_code})",
            f"{_without_query(request.url)} answered with an empty Location",
            "The server has to be mended; or give the URL that it should lead to.",
            status=response.status_code,
        )
    url, credentials = split_credentials(str(onward.url))
    same_origin = origin(url) == origin(request.url)
    return HttpRequest(
        onward.method,
        url,
        request.headers,
        credentials or (request.own_headers if same_origin else ()),
        request.body if onward.method == request.method else None,
    )


def _shared(headers: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The headers in strings that equal ones share: hundreds of streams have the same."""
    return ((sys.intern(name), sys.intern(value)) for name, value in headers)


def _without_query(url: str) -> str:
    return url.partition("?")[0]
