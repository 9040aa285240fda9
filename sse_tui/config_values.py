"""What single values of the configuration and of options must look like."""

from __future__ import annotations

from collections.abc import Iterable

from sse_tui.client.request import checked_headers
from sse_tui.errors import UsageError


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
    (header,) = checked_headers([(name.strip(), value)])
    return header


def close_match(word: str, known: Iterable[str]) -> str:
    """A hint that names the known word most like `word`, else all of them."""
    from difflib import get_close_matches

    words = list(known)
    near = get_close_matches(word, words, 1)
    return f"Did you mean {near[0]}?" if near else f"Known: {', '.join(words)}."
