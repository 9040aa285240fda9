"""Cuts styled text by terminal cells, right for wide and combining characters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.cells import cell_len, set_cell_size, split_graphemes, split_text
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
        if start and start >= size:
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
        for number, (part, size) in enumerate(_parts(segment.text, room, width)):
            if number:
                lines.append([])
                room = width
            if part:
                lines[-1].append(Segment(part, segment.style))
                room -= size
            if len(lines) > most:
                return lines[:most], True
    return lines[:most], len(lines) > most


def pad(segments: list[Segment], used: int, width: int, style: Style) -> list[Segment]:
    """`segments`, `used` cells wide, filled up with blanks to `width`."""
    if used < width:
        segments.append(Segment(" " * (width - used), style))
    return segments


def _parts(text: str, room: int, width: int) -> Iterator[tuple[str, int]]:
    """`text` in parts that fit in `room` cells (the first; it may be empty) and in `width`."""
    if text.isascii():
        yield text[:room], min(room, len(text))
        for start in range(room, len(text), width):
            part = text[start : start + width]
            yield part, len(part)
        return
    begin = used = 0
    for start, _, size in split_graphemes(text)[0]:
        if used + size > room:
            yield text[begin:start], used
            begin, used, room = start, 0, width
        used += size
    yield text[begin:], used
