"""A payload cut into coloured pieces: JSON tokens, lit matches, and escapes for what is unsafe."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from sse_tui.events.format import escape

Span = tuple[int, int]
"""Start and end index into a text."""


class Piece(NamedTuple):
    """A run of text that is safe to show.

    Attributes:
        text: what stands on the screen.
        role: `text`, `key`, `string`, `number`, `word` (true, false, null), `punctuation` or
            `escape` (stands for a character that must not reach a terminal).
        lit: part of a match of the filter.
    """

    text: str
    role: str
    lit: bool = False


_TOKEN = re.compile(
    r'("(?:[^"\\]++|\\.)*+"?)(?=(\s*:)?)'
    r"|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"
    r"|(true|false|null)\b"
    r"|([{}\[\],:]+)"
    r"|(\s+)",
    re.DOTALL,
)
_STRING, _COLON, _NUMBER, _WORD, _PUNCTUATION, _SPACE = range(1, 7)
_ROLES = {_NUMBER: "number", _WORD: "word", _PUNCTUATION: "punctuation"}
_SCALAR = re.compile(
    r'\s*(?:"(?:[^"\\\n]++|\\.)*+"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)\s*'
)
_LONGEST_SCALAR = 4096


def looks_like_json(data: str) -> bool:
    """Whether `data` is worth colouring as JSON: an object, an array, or a lone scalar."""
    start = data[:64].lstrip()[:1]
    if start in ("{", "["):
        return True
    return 0 < len(data) <= _LONGEST_SCALAR and _SCALAR.fullmatch(data) is not None


def json_tokens(text: str) -> list[tuple[int, int, str]]:
    """The tokens of a JSON text, also of a broken or cut one: (start, end, role).

    They cover the whole text in order; what is no token has the role `text`, white space between
    tokens `space`.
    """
    tokens: list[tuple[int, int, str]] = []
    at = 0
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        if start > at:
            tokens.append((at, start, "text"))
        at = end
        group = match.lastindex or _SPACE
        if group <= _COLON:
            tokens.append((start, end, "key" if group == _COLON else "string"))
        elif group == _SPACE:
            tokens.append((start, end, "space"))
        else:
            tokens.append((start, end, _ROLES[group]))
    if at < len(text):
        tokens.append((at, len(text), "text"))
    return tokens


def payload_pieces(text: str, *, as_json: bool, lit: Sequence[Span] = ()) -> list[Piece]:
    """Cut a payload into pieces for one line.

    Args:
        text: the payload, or the part of it that can be seen.
        as_json: colour JSON tokens, and show white space with line ends between them as a blank.
        lit: spans of `text` that match the filter, ascending.
    """
    if not text:
        return []
    tokens = json_tokens(text) if as_json else [(0, len(text), "text")]
    pieces: list[Piece] = []
    for start, end, role in tokens:
        if role == "space":
            part = text[start:end]
            pieces.append(Piece(part if part.isprintable() else " ", "punctuation"))
        elif lit:
            for from_, to, is_lit in _split_lit(start, end, lit):
                pieces.extend(safe_pieces(text[from_:to], role, is_lit))
        else:
            pieces.extend(safe_pieces(text[start:end], role))
    return pieces


def safe_pieces(text: str, role: str, lit: bool = False) -> list[Piece]:
    """`text` in one role, its unsafe characters as pieces of the role `escape`."""
    shown = escape(text)
    if shown == text:
        return [Piece(text, role, lit)]
    pieces: list[Piece] = []
    for unsafe, run in groupby(text, lambda char: escape(char) != char):
        part = "".join(run)
        pieces.append(Piece(escape(part), "escape", lit) if unsafe else Piece(part, role, lit))
    return pieces


def _split_lit(start: int, end: int, lit: Sequence[Span]) -> list[tuple[int, int, bool]]:
    parts: list[tuple[int, int, bool]] = []
    at = start
    for first, last in lit:
        if last <= at:
            continue
        if first >= end:
            break
        first, last = max(first, at), min(last, end)
        if first > at:
            parts.append((at, first, False))
        parts.append((first, last, True))
        at = last
    if at < end:
        parts.append((at, end, False))
    return parts
