"""Which proxy the environment names for a URL."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from sse_tui.client.ways import checked_proxy
from sse_tui.errors import ConfigError, UsageError


def proxy_for(url: str) -> str | None:
    """The proxy of `HTTP_PROXY`, `HTTPS_PROXY` or `ALL_PROXY` for this URL.

    `NO_PROXY` is respected, and a loopback address never goes through a proxy: there, it would be
    the proxy's own machine.

    Returns:
        The proxy's URL; None where the connection is direct.

    Raises:
        ConfigError: what the environment names is no proxy.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if _is_loopback(host):
        return None
    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if not proxy or proxy_bypass(host):
        return None
    try:
        return checked_proxy(proxy)
    except UsageError as error:
        raise ConfigError(
            "The environment names a proxy that cannot be used",
            error.detail,
            f"Mend the variable, give --proxy or --no-proxy, or add {host} to NO_PROXY.",
        ) from error


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
