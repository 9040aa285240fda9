"""Cuts styled text by terminal cells, right for wide and combining characters."""

from __future__ import annotations

from collections.abc import Iterable

from rich.cells import cell_len, set_cell_size, split_text
from rich.segment import Segment
from rich.style import Style

MORE = "…"
"""Stands where text goes on beyond the edge."""


def cells(segments: Iterable[Segment]) -> int:
    """The width of `segments` in cells."""
    return sum(cell_len(segment.text) for segment in segments)


def fit(text: str, width: int) -> str:
    """`text` in exactly `width` cells: padded with blanks, or cut with an ellipsis."""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(text, width - 1) + MORE if width > 0 else ""


def crop(segments: Iterable[Segment], start: int, width: int) -> tuple[list[Segment], int, bool]:
    """The cells `start` to `start + width`.

    Returns:
        The segments, their width in cells (less than `width` where the text ends), and whether
        text is left beyond the edge. A wide character cut in two leaves a blank.
    """
    taken: list[Segment] = []
    used = 0
    for segment in segments:
        text, style = segment.text, segment.style
        size = cell_len(text)
        if start >= size > 0:
            start -= size
            continue
        if start:
            text = split_text(text, start)[1]
            size -= start
            start = 0
        if used + size > width:
            head = split_text(text, width - used)[0]
            if head:
                taken.append(Segment(head, style))
            return taken, width, True
        if text:
            taken.append(Segment(text, style))
            used += size
    return taken, used, False


def wrap(segments: Iterable[Segment], width: int, most: int) -> tuple[list[list[Segment]], bool]:
    """Break `segments` into lines of `width` cells at most, at any character.

    A segment whose text is a line feed ends its line.

    Args:
        segments: the text.
        width: cells per line, at least 2 (a wide character must fit).
        most: lines at most.

    Returns:
        The lines (at least one), and whether text was left over.
    """
    lines: list[list[Segment]] = [[]]
    room = width
    for segment in segments:
        if segment.text == "\n":
            lines.append([])
            room = width
            continue
        text, style = segment.text, segment.style
        while text:
            size = cell_len(text)
            if size <= room:
                lines[-1].append(Segment(text, style))
                room -= size
                break
            head, text = _break(text, room)
            if head:
                lines[-1].append(Segment(head, style))
            if len(lines) >= most:
                return lines, True
            lines.append([])
            room = width
    return (lines, False) if len(lines) <= most else (lines[:most], True)


def pad(segments: list[Segment], used: int, width: int, style: Style) -> list[Segment]:
    """`segments`, `used` cells wide, filled up with blanks to `width`."""
    if used < width:
        segments.append(Segment(" " * (width - used), style))
    return segments


def _break(text: str, room: int) -> tuple[str, str]:
    """The part of `text` that fits in `room` cells, and the rest; never cuts a wide character."""
    if room <= 0:
        return "", text
    if text.isascii():
        return text[:room], text[room:]
    head, rest = split_text(text, room)
    if len(head) + len(rest) == len(text):
        return head, rest
    # A wide character was cut: rich gives half a blank to either side.
    return head[:-1], text[len(head) - 1 :]
