"""Which proxy the environment names for a URL."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from sse_tui.errors import ConfigError


def proxy_for(url: str) -> str | None:
    """The proxy of `HTTP_PROXY`, `HTTPS_PROXY` or `ALL_PROXY` for this URL.

    `NO_PROXY` is respected, and a loopback address never goes through a proxy: there, it would be
    the proxy's own machine.

    Returns:
        The proxy's URL; None where the connection is direct.

    Raises:
        ConfigError: the proxy is of a kind that is not supported.
    """
    parts = urlsplit(url)
    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    host = parts.hostname or ""
    if not proxy or _is_loopback(host) or proxy_bypass(host):
        return None
    if "://" not in proxy:
        proxy = f"http://{proxy}"
    kind = urlsplit(proxy).scheme.lower()
    if kind not in ("http", "https"):
        raise ConfigError(
            f"A proxy of the kind {kind} is not supported",
            "it is named by the environment",
            f"Use an http proxy, or add {host} to NO_PROXY.",
        )
    return proxy


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
