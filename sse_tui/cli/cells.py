"""How wide text is on a terminal, without loading a screen library."""

from __future__ import annotations

from unicodedata import category, east_asian_width


def cells(text: str) -> int:
    """Columns that escaped text takes: two for East Asian wide ones, none for combining marks."""
    if text.isascii():
        return len(text)
    return sum(map(_cells, text))


def pad(text: str, width: int, align: str = "<", fill: str = " ") -> str:
    """`text` in at least `width` columns.

    Args:
        text: escaped text.
        width: columns.
        align: where the text goes: `<` left, `>` right, `^` middle.
        fill: a character one column wide.
    """
    missing = max(0, width - cells(text))
    left = {"<": 0, ">": missing, "^": missing // 2}[align]
    return fill * left + text + fill * (missing - left)


def cut(text: str, width: int) -> str:
    """The beginning of `text` that takes at most `width` columns."""
    if text.isascii():
        return text[:width]
    for index, character in enumerate(text):
        width -= _cells(character)
        if width < 0:
            return text[:index]
    return text


def _cells(character: str) -> int:
    if east_asian_width(character) in "WF":
        return 2
    return 0 if category(character) in ("Mn", "Me") else 1
