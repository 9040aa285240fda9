"""What single values of the configuration and of options must look like."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from sse_tui.errors import UsageError

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def parse_header(text: str) -> tuple[str, str]:
    """Split `Name: value`, as given with -H.

    Raises:
        UsageError: it is not a header, or holds characters that a header may not.
    """
    name, colon, value = text.partition(":")
    if not colon:
        raise UsageError(
            "Not a header", repr(text), "Write it as in -H 'Authorization: Bearer abc'."
        )
    problem = header_problem(name.strip(), value.strip())
    if problem:
        raise UsageError("Not a header", f"{text!r}: {problem}")
    return name.strip(), value.strip()


def header_problem(name: str, value: str) -> str | None:
    """What is wrong with a header; None where nothing is."""
    if not _HEADER_NAME.fullmatch(name):
        return f"{name!r} is not a header name"
    if any((ord(c) < 32 and c != "\t") or ord(c) == 127 for c in value):
        return "its value holds a line end or another control character"
    return None


def url_problem(url: str) -> str | None:
    """What is wrong with a server's URL; None where nothing is."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        return str(error)
    if parts.scheme not in ("http", "https"):
        return "expected http:// or https:// at its beginning"
    if not parts.hostname or port == 0:
        return "expected a host, as in http://localhost:3000"
    return None


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port: what credentials are bound to (RFC 6454)."""
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    return scheme, parts.hostname or "", parts.port or (443 if scheme == "https" else 80)


def close_match(word: str, known: Iterable[str]) -> str:
    """A hint that names the known word most like `word`, else all of them."""
    from difflib import get_close_matches

    words = list(known)
    near = get_close_matches(word, words, 1)
    return f"Did you mean {near[0]}?" if near else f"Known: {', '.join(words)}."
