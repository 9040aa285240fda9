"""The headers that a curl command sends."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping

from sse_tui.cli.content import read_content
from sse_tui.cli.curl.body import JSON
from sse_tui.errors import UsageError


def headers_of(
    given: Iterable[tuple[str, str]], last: Mapping[str, str]
) -> tuple[list[tuple[str, str]], set[str]]:
    """The headers to send, and the names (lower case) of those not to be sent."""
    headers: list[tuple[str, str]] = []
    removed: set[str] = set()
    for line in (line for name, value in given if name == "header" for line in _lines(value)):
        name, colon, value = line.partition(":")
        if colon and value.strip():
            headers.append((name.strip(), value.strip()))
        elif colon:
            removed.add(name.strip().lower())
        elif name.rstrip().endswith(";"):
            headers.append((name.rstrip()[:-1], ""))
    cookies = [value for name, value in given if name == "cookie"]
    for cookie in cookies:
        if "=" not in cookie:
            hint = "Give the cookies as text: -b 'name=value'."
            raise UsageError("The curl command cannot be followed", f"-b {cookie}: a file", hint)
    defaults = (
        ("Authorization", _authorization(last)),
        ("User-Agent", last.get("user-agent")),
        ("Referer", last.get("referer", "").partition(";auto")[0]),
        ("Cookie", ";".join(cookies)),
        ("Accept", JSON if "json" in last else None),
    )
    for name, default in defaults:
        if default:
            headers = with_default(headers, removed, name, default)
    return headers, removed


def _lines(value: str) -> list[str]:
    if not value.startswith("@"):
        return [value]
    lines = read_content(value).decode("utf-8", "surrogateescape").splitlines()
    return [line for line in lines if line.strip()]


def with_default(
    headers: list[tuple[str, str]], removed: set[str], name: str, value: str
) -> list[tuple[str, str]]:
    """The headers with one more, unless they have or forbid its name."""
    if name.lower() in removed or any(given.lower() == name.lower() for given, _ in headers):
        return headers
    return [*headers, (name, value)]


def taken_out(
    headers: list[tuple[str, str]],
) -> tuple[tuple[tuple[str, str], ...], str | None, bool]:
    """The headers without those that the client makes itself; the position; wish for gzip."""
    kept, position, zipped = [], None, False
    for name, value in headers:
        lower = name.lower()
        if lower == "last-event-id" and value:
            position = value
        elif lower == "accept-encoding" and value.lower() != "identity":
            zipped = True
        elif lower != "content-length":
            kept.append((name, value))
    return tuple(kept), position, zipped


def _authorization(last: Mapping[str, str]) -> str | None:
    if token := last.get("oauth2-bearer"):
        return f"Bearer {token}"
    user = last.get("user")
    if user is None:
        return None
    if ":" not in user:
        hint = "Write it as -u NAME:PASSWORD; nobody is asked for it here."
        raise UsageError("The curl command has no password", f"-u {user}", hint)
    plain = user.encode("utf-8", "surrogateescape")
    return f"Basic {base64.b64encode(plain).decode()}"
