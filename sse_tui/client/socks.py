"""Connections through a SOCKS proxy; imported only where one is used."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from aiohttp_socks import ProxyConnectionError, ProxyConnector, ProxyError, ProxyType

from sse_tui.client.tls import Tls
from sse_tui.client.ways import PROXY_PORTS

SOCKS_ERRORS: tuple[type[Exception], ...] = (ProxyConnectionError, ProxyError)


def socks_connector(proxy: str, tls: Tls, *, force_close: bool) -> ProxyConnector:
    """The connector for one proxy.

    Args:
        proxy: its URL. As with curl, `socks5h` and `socks4a` leave the names of hosts to the
            proxy, `socks5` and `socks4` look them up here.
        tls: for https behind it.
        force_close: a connection of its own for every request.
    """
    parts = urlsplit(proxy)
    return ProxyConnector(
        host=parts.hostname or "",
        port=parts.port or PROXY_PORTS[parts.scheme],
        proxy_type=ProxyType.SOCKS5 if parts.scheme.startswith("socks5") else ProxyType.SOCKS4,
        username=None if parts.username is None else unquote(parts.username),
        password=None if parts.username is None else unquote(parts.password or ""),
        rdns=parts.scheme in ("socks5h", "socks4a"),
        limit=0,
        ssl=tls,
        force_close=force_close,
    )
