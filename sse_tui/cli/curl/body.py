"""The body that curl's data options make."""

from __future__ import annotations

import os
from collections.abc import Iterable
from urllib.parse import quote_plus

from sse_tui.cli.content import read_content

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"

DATA_OPTIONS = frozenset(
    {"data", "data-ascii", "data-binary", "data-raw", "data-urlencode", "json"}
)


def body_of(given: Iterable[tuple[str, str]]) -> bytes | None:
    """The pieces of the data options joined as curl joins them; None without any.

    Raises:
        UsageError: a file cannot be read.
    """
    body: bytes | None = None
    for name, value in given:
        if name not in DATA_OPTIONS:
            continue
        # JSON texts are put together as they are, the others become one form.
        between = b"" if name == "json" else b"&"
        body = _piece(name, value) if body is None else body + between + _piece(name, value)
    return body


def _piece(name: str, value: str) -> bytes:
    if name == "data-urlencode":
        return _urlencoded(value)
    if name == "data-raw" or not value.startswith("@"):
        return os.fsencode(value)
    content = read_content(value)
    return content if name in ("data-binary", "json") else _without_line_ends(content)


def _without_line_ends(content: bytes) -> bytes:
    return content.translate(None, b"\r\n\0")


def _urlencoded(value: str) -> bytes:
    """`content`, `=content`, `name=content`, `@file`, `name@file`; only the content is encoded."""
    place = next((index for index, char in enumerate(value) if char in "=@"), None)
    if place is None:
        return quote_plus(os.fsencode(value)).encode()
    name, sign, content = value[:place], value[place], os.fsencode(value[place + 1 :])
    if sign == "@":
        content = read_content(value[place:])
    return os.fsencode(f"{name}=" if name else "") + quote_plus(content).encode()
