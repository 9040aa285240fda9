"""How a connection gets to its server: directly, through a proxy, or by a unix socket."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from sse_tui.client.options import ClientOptions
from sse_tui.client.request import split_credentials
from sse_tui.errors import UsageError

PROXY_PORTS = {"http": 80, "https": 443, "socks4": 1080, "socks4a": 1080}
PROXY_PORTS |= {"socks5": 1080, "socks5h": 1080}
"""The kinds of proxy, and where each listens unless its URL says something else."""

MAX_SOCKET_PATH = 107
"""Bytes of a unix socket's path (Linux: `sun_path` in unix(7))."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to a server.

    Attributes:
        unix_socket: path of the socket to connect to, whatever the URL's host.
        proxy: URL of the proxy, maybe with user and password.
    """

    unix_socket: str | None = None
    proxy: str | None = None

    @property
    def by_socks(self) -> bool:
        """Whether the proxy speaks SOCKS."""
        return self.proxy is not None and self.proxy.startswith("socks")

    @property
    def shown_proxy(self) -> str:
        """The proxy in words: kind, host and port, without user and password."""
        parts = urlsplit(self.proxy or "")
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        return f"{parts.scheme}://{host}:{parts.port or PROXY_PORTS[parts.scheme]}"


DIRECT = Way()


def check_ways(options: ClientOptions) -> None:
    """Look at what the options say about the way.

    Raises:
        UsageError: the proxy is none, or the path of the socket cannot be one.
    """
    if options.proxy:
        checked_proxy(options.proxy)
    if options.unix_socket is not None:
        checked_socket(options.unix_socket)


def checked_proxy(proxy: str) -> str:
    """The proxy's URL, `http://` before it where it names no kind, as with curl.

    Raises:
        UsageError: it is none; its words hold no password.
    """
    text = proxy.strip()
    text = text if "://" in text else f"http://{text}"
    kind, _, rest = text.partition("://")
    try:
        parts = _parts(text)
    except ValueError as error:
        shown = f"{kind}://{rest.rpartition('@')[2]}"
        hint = "Name it as in socks5h://localhost:1080 or http://USER:PASSWORD@proxy:3128."
        raise UsageError("Not a proxy", f"{shown!r} {error}", hint) from error
    return text.replace(kind, parts.scheme, 1)


def _parts(text: str) -> SplitResult:
    if re.search(r"[\0-\x20\x7f]", text):
        raise ValueError("holds a blank or a control character")
    parts = urlsplit(text)
    if parts.scheme not in PROXY_PORTS:
        raise ValueError(f"is of a kind that is not known ({', '.join(PROXY_PORTS)} are)")
    if not parts.hostname:
        raise ValueError("names no host")
    try:
        _ = parts.port
    except ValueError:
        raise ValueError("has a bad port") from None
    return parts


def checked_socket(path: str) -> str:
    """The path, if a unix socket can have it; whether there is one shows when connecting.

    Raises:
        UsageError: it cannot.
    """
    if not path or "\0" in path:
        raise UsageError("Not the path of a socket", repr(path))
    if len(os.fsencode(path)) > MAX_SOCKET_PATH:
        most = f"it has more than {MAX_SOCKET_PATH} bytes"
        raise UsageError("The path of the socket is too long", f"{path!r}: {most}")
    return path


def split_proxy(proxy: str) -> tuple[str, str | None]:
    """An HTTP proxy's URL without credentials, and the value of `Proxy-Authorization` for them."""
    url, headers = split_credentials(proxy)
    return url, headers[0][1] if headers else None
