"""Builds the httpx client, opens streams, and turns every network failure into our own errors."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Self

import aiohttp
import httpx
from aiohttp.client_proto import ResponseHandler

from sse_tui import __version__
from sse_tui.client.adapter import AIOHTTP_ERRORS, Fresh, KeptAlive, shared
from sse_tui.client.inflate import DamagedError, DecodedBody, coding_named
from sse_tui.client.options import ClientOptions
from sse_tui.client.proxies import proxy_for
from sse_tui.client.reasons import broken_stream
from sse_tui.client.request import HttpRequest, origin, split_credentials
from sse_tui.client.tls import Tls, tls_context, tls_settings
from sse_tui.client.turns import Turns
from sse_tui.client.ways import Way, checked_proxy
from sse_tui.errors import (
    ConnectError,
    ContentTypeError,
    StatusError,
    StreamError,
    UsageError,
)

MAX_REDIRECTS = 20
API_TIMEOUT_S = 10.0
MAX_API_BYTES = 16 * 2**20
MAX_ERROR_BYTES = 4096
ERROR_BODY_TIMEOUT_S = 1.0
READ_BYTES = 64 * 1024
"""Taken at once from what has arrived: with more, decoding leaves the processor's cache."""

BREAKS: tuple[type[Exception], ...] = (*AIOHTTP_ERRORS, DamagedError)
"""How a body breaks off."""


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
        "_protocol",
        "_reply",
        "_take",
        "headers",
        "reason",
        "secrets_dropped",
        "status",
        "url",
    )

    def __init__(self, response: httpx.Response, secrets_dropped: bool) -> None:
        self.status = response.status_code
        self.reason = response.reason_phrase
        self.headers: Mapping[str, str] = dict(shared(response.headers.items()))
        self.url = str(response.url)
        self.secrets_dropped = secrets_dropped
        # The response itself is let go: with its request it takes more memory than all else.
        self._reply: aiohttp.ClientResponse = response.extensions["reply"]
        self._protocol: ResponseHandler | None = response.extensions["protocol"]
        self._take: Callable[[int], Awaitable[bytes]] = self._reply.content.read
        encoding = self.headers.get("content-encoding", "").strip().lower()
        if encoding not in ("", "identity"):
            self._take = self._decoding(encoding)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._reply.close()

    async def read(self) -> bytes:
        """The next bytes of the body as soon as there are any; b"" at its end.

        Raises:
            StreamEndedError: the connection broke, was cut short, or was silent for too long.
            ContentTypeError: it is compressed with something that cannot be decoded here.
        """
        try:
            chunk = await self._take(READ_BYTES)
        except BREAKS as error:
            raise broken_stream(self._lost_by() or error, self.url) from error
        if not chunk and (reason := self._lost_by()) is not None:
            # A body that lasts until the connection ends looks whole to aiohttp even after a reset.
            raise broken_stream(reason, self.url) from reason
        return chunk

    def _decoding(self, encoding: str) -> Callable[[int], Awaitable[bytes]]:
        coding = coding_named(encoding)
        if coding is not None:
            return DecodedBody(self._reply.content.read, coding).read

        async def refuse(_: int) -> bytes:
            hint = "Leave out --compressed and the header Accept-Encoding; or install a decoder."
            what = f"{_without_query(self.url)} sends Content-Encoding: {encoding}"
            raise ContentTypeError("A compression that is not known here", what, hint)

        return refuse

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
    """All connections of one `EventService`.

    Raises:
        ConfigError: a certificate file cannot be used.
    """

    def __init__(self, options: ClientOptions) -> None:
        self._options = options
        self._proxy = checked_proxy(options.proxy) if options.proxy else options.proxy
        self._turns = Turns()
        self._tls = tls = tls_settings(options)
        self._usual_tls = tls_context(ClientOptions()) if options.own_tls else tls
        agent = {"User-Agent": f"sse-tui/{__version__}"}
        self._streams = httpx.AsyncClient(transport=Fresh(tls), headers=agent)
        self._api = httpx.AsyncClient(transport=KeptAlive(tls), headers=agent)

    async def open(self, request: HttpRequest, *, idle_timeout: float | None = None) -> HttpStream:
        """Send the request, follow redirects, and give the answer once its headers are there.

        `idle_timeout` is how many seconds without a byte, before the headers or after them, are
        taken for a dead connection. The stream is to be closed, as a context manager.

        Raises:
            ConnectError: there is no answer.
            StatusError: the redirects lead nowhere.
            HeaderCommandError: the request's header command fails.
        """
        request = await _with_made_headers(request)
        await self._turns.wait()
        return await self._open(self._streams, request, idle_timeout)

    async def fetch(self, request: HttpRequest) -> HttpReply:
        """Send the request and read its whole answer, 10 s and 16 MiB at most.

        Raises:
            StreamError: there is no answer, or it breaks off.
        """
        request = await _with_made_headers(request)
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
        limits = httpx.Timeout(None, connect=self._options.connect_timeout, read=idle_timeout)
        return HttpStream(*await self._send(client, request, limits))

    async def _send(
        self, client: httpx.AsyncClient, request: HttpRequest, limits: httpx.Timeout
    ) -> tuple[httpx.Response, bool]:
        """The answer behind all redirects, and whether the user's headers stayed behind on them."""
        asked, dropped = request, False
        for _ in range(MAX_REDIRECTS + 1):
            tls = self._tls if asked.at_home else self._usual_tls
            built = _built(client, asked, limits, {"way": self._way(asked), "tls": tls})
            response = await client.send(built, stream=True, auth=None)
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

    def _way(self, request: HttpRequest) -> Way:
        options = self._options
        if request.at_home or not options.own_way:
            if options.unix_socket is not None:
                return Way(unix_socket=options.unix_socket)
            if self._proxy is not None:
                return Way(proxy=self._proxy or None)
        return Way(proxy=proxy_for(request.url))


async def _with_made_headers(request: HttpRequest) -> HttpRequest:
    """The request with what its header command prints, if it has one."""
    if request.header_command is None:
        return request
    from sse_tui.client.header_command import made_headers

    made = await made_headers(request.header_command)
    names = {name.lower() for name, _ in made}
    kept = tuple(pair for pair in request.own_headers if pair[0].lower() not in names)
    return replace(request, own_headers=kept + made, header_command=None)


def _built(
    client: httpx.AsyncClient,
    request: HttpRequest,
    limits: httpx.Timeout,
    reach: dict[str, Way | Tls],
) -> httpx.Request:
    headers = [(name.encode(), value.encode()) for name, value in request.merged_headers()]
    try:
        return client.build_request(
            request.method,
            request.url,
            headers=headers,
            content=request.body,
            timeout=limits,
            extensions={**reach},
        )
    except (httpx.InvalidURL, ValueError) as error:
        raise UsageError("Not a URL", f"{request.url!r}: {error}") from error


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
        at_home=request.at_home and same_origin,
    )


def _without_query(url: str) -> str:
    return url.partition("?")[0]
