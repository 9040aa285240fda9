"""Who may talk to the MCP server: Host, Origin and bearer token, checked on every route."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send


class Guard:
    """Lets a request through to `app` or refuses it with 421, 403 or 401.

    A web page may make a browser send requests here: the Host shows one that came under a foreign
    name (DNS rebinding), the Origin one that comes from a foreign page.

    Args:
        app: what is guarded.
        token: the bearer token asked for; None asks for none.
        host: what the server listens on; a wildcard address is reached under any literal address.
        allowed_hosts: further names (no port) under which it is reached.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        token: str | None,
        host: str = "127.0.0.1",
        allowed_hosts: Iterable[str] = (),
    ) -> None:
        self._app = app
        self._token = None if token is None else token.encode()
        self._names = {"localhost", host.lower(), *(name.lower() for name in allowed_hosts)}
        address = _address(host)
        self._on_any_address = address is not None and address.is_unspecified

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check the headers, then pass the request on (see the ASGI specification)."""
        refused = self._check(Headers(scope=scope)) if scope["type"] == "http" else None
        await (refused or self._app)(scope, receive, send)

    def _check(self, headers: Headers) -> JSONResponse | None:
        host = headers.get("host", "")
        if not self._is_ours(_host_name(host)):
            return refusal(
                421,
                "Unknown host",
                f"This server does not answer for {host!r}.",
                "Use the address that the server printed.",
            )
        origin = headers.get("origin")
        if origin is not None and not _is_same_site(origin, host):
            return refusal(
                403,
                "Foreign origin",
                f"Pages of {origin!r} may not use this server.",
                "Connect from an MCP client instead of a browser.",
            )
        if self._token is None or hmac.compare_digest(_bearer(headers), self._token):
            return None
        return refusal(
            401,
            "Wrong or missing token",
            "Every request needs the header `Authorization: Bearer TOKEN`.",
            "Take the token from where the server was started.",
        )

    def _is_ours(self, name: str) -> bool:
        if name in self._names:
            return True
        address = _address(name)
        return address is not None and (address.is_loopback or self._on_any_address)


def refusal(status: int, title: str, detail: str, hint: str) -> JSONResponse:
    """A refused request, in the form in which all errors leave this program over HTTP."""
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return JSONResponse({"title": title, "detail": detail, "hint": hint}, status, headers)


def _bearer(headers: Headers) -> bytes:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip().encode() if scheme.lower() == "bearer" else b""


def _is_same_site(origin: str, host: str) -> bool:
    try:
        return urlsplit(origin).netloc.lower() == host.lower()
    except ValueError:
        return False


def _host_name(value: str) -> str:
    try:
        return urlsplit(f"//{value}").hostname or ""
    except ValueError:
        return ""


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None
