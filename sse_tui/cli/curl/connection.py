"""Where a curl command connects to: its proxy and its certificate."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote

from sse_tui.errors import UsageError

_PROXY_SCHEMES = {
    "proxy": "http",
    "socks4": "socks4",
    "socks4a": "socks4a",
    "socks5": "socks5",
    "socks5-hostname": "socks5h",
}


def certificate(cert: str | None) -> str | None:
    """The file of `-E FILE`.

    Raises:
        UsageError: it has a password.
    """
    if cert is not None and re.search(r"(?<!\\):", cert) and not re.match(r"[A-Za-z]:\\", cert):
        hint = "Use a key without password: -E FILE --key FILE."
        raise UsageError("The curl command cannot be followed", "-E with a password", hint)
    return cert


def proxy_url(given: Iterable[tuple[str, str]], last: Mapping[str, str]) -> str | None:
    """The proxy's URL, with its user; "" for none at all."""
    if last.get("noproxy") == "*":
        return ""
    named = [(name, value) for name, value in given if name in _PROXY_SCHEMES]
    if not named:
        return None
    name, address = named[-1]
    if not address:
        return ""
    scheme, _, rest = address.rpartition("://")
    user = last.get("proxy-user")
    if user is not None:
        login, colon, password = user.partition(":")
        login = f"{quote(login, safe='')}{colon}{quote(password, safe='')}"
        rest = f"{login}@{rest.rpartition('@')[2]}"
    scheme = scheme or _PROXY_SCHEMES[name]
    bare = rest.rpartition("@")[2].rstrip("/")
    if not re.search(r":\d+$", bare):
        rest = f"{rest.rstrip('/')}:1080"  # as curl takes it
    return f"{scheme}://{rest}"
