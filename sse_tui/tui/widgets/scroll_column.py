"""The log's own scrollbar: one calm column, worked out from positions, without layout."""

from __future__ import annotations

from dataclasses import dataclass

THUMB = "▐"


@dataclass(frozen=True)
class Thumb:
    """The part of the column that stands for what is in sight; `size` 0 draws nothing."""

    start: int = 0
    size: int = 0

    def covers(self, line: int) -> bool:
        """Whether `line` of the column is the thumb's."""
        return self.start <= line < self.start + self.size


def thumb(lines: int, rows: int, before: int, shown: int) -> Thumb:
    """Where the thumb stands.

    Args:
        lines: height of the column.
        rows: rows in all.
        before: rows above the first in sight.
        shown: rows in sight.
    """
    if shown >= rows or lines < 2:
        return Thumb()
    size = max(1, min(lines - 1, round(lines * shown / rows)))
    hidden = rows - shown
    return Thumb(round((lines - size) * min(before, hidden) / hidden), size)


def rows_before(start: int, lines: int, rows: int, shown: int) -> int:
    """Rows above the first in sight when the thumb is dragged to `start`; undoes `thumb`."""
    size = thumb(lines, rows, 0, shown).size
    room = max(1, lines - size)
    return round((rows - shown) * min(max(start, 0), room) / room)
