"""Decides who may speak to the hub: the Host and Origin of a request, and its bearer token."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sse_tui.hub.refusal import Refused

CORS_METHODS = "GET, HEAD, POST, DELETE, OPTIONS"
CORS_HEADERS = (
    "Authorization, Content-Type, Idempotency-Key, Last-Event-ID, Mcp-Protocol-Version,"
    " Mcp-Session-Id"
)


class Guard:
    """Middleware before all routes.

    A web page may make a browser send requests here. The Host shows one that reached this machine
    under a foreign name (DNS rebinding), the Origin one that comes from a foreign page.

    Args:
        app: the routes.
        host: what the hub listens on; a wildcard address accepts every literal address as Host.
        token: what `Authorization: Bearer` must carry; None for no token.
        allow_hosts: further names (with or without port) under which the hub may be reached.
        allow_origins: pages that may use the hub, as in `https://example.org`; `*` for all.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        host: str,
        token: str | None,
        allow_hosts: Collection[str] = (),
        allow_origins: Collection[str] = (),
    ) -> None:
        self._app = app
        self._token = token
        self._hosts = {"localhost", host.lower(), *map(str.lower, allow_hosts)}
        self._any_address = is_wildcard_address(host)
        self._origins = {origin.rstrip("/").lower() for origin in allow_origins}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        try:
            self._check_host(headers.get("host", ""))
            cors = self._check_origin(origin, headers.get("host", ""))
            if scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
                await _preflight(origin if cors else None)(scope, receive, send)
                return
            if cors and origin is not None:
                send = _with_cors(send, origin)
            self._check_token(headers.get("authorization", ""))
        except Refused as refused:
            await refused.response()(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _check_host(self, value: str) -> None:
        name = _host_name(value)
        if value.lower() in self._hosts or name in self._hosts:
            return
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            address = None
        if address is not None and (address.is_loopback or self._any_address):
            return
        raise Refused(
            421,
            "Not the name of this hub",
            f"Host {value!r}",
            f"If it is, start the hub with --allow-host {name or 'NAME'}.",
        )

    def _check_origin(self, origin: str | None, host: str) -> bool:
        """Whether the page is a foreign one that is allowed."""
        if origin is None or origin.partition("://")[2].lower() == host.lower() != "":
            return False
        if "*" in self._origins or origin.lower() in self._origins:
            return True
        raise Refused(
            403,
            "Not a page that may use this hub",
            f"Origin {origin!r}",
            f"If it is yours, start the hub with --allow-origin {origin}.",
        )

    def _check_token(self, authorization: str) -> None:
        if self._token is None:
            return
        scheme, _, given = authorization.partition(" ")
        expected = self._token.encode()
        if scheme.lower() == "bearer" and hmac.compare_digest(
            given.strip().encode("latin-1"), expected
        ):
            return
        raise Refused(
            401,
            "The hub asks for its token",
            "the token is wrong" if given else "none was sent",
            "Send the header Authorization: Bearer TOKEN.",
            headers={"WWW-Authenticate": "Bearer"},
        )


def is_wildcard_address(host: str) -> bool:
    """Whether listening on `host` means on every address of the machine."""
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False


def _host_name(value: str) -> str:
    """The name or address in a Host header, without port, brackets and final dot."""
    try:
        return (urlsplit(f"//{value}").hostname or "").removesuffix(".")
    except ValueError:
        return ""


def _preflight(origin: str | None) -> Response:
    allowed = {
        "Access-Control-Allow-Methods": CORS_METHODS,
        "Access-Control-Allow-Headers": CORS_HEADERS,
        "Access-Control-Max-Age": "600",
        "Access-Control-Allow-Origin": origin or "",
        "Vary": "Origin",
    }
    return Response(status_code=204, headers=allowed if origin else {})


def _with_cors(send: Send, origin: str) -> Send:
    async def send_with_cors(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=list(message.get("headers", ())))
            headers["Access-Control-Allow-Origin"] = origin
            headers["Access-Control-Expose-Headers"] = "Mcp-Session-Id"
            headers.add_vary_header("Origin")
            message = {**message, "headers": headers.raw}
        await send(message)

    return send_with_cors
