"""Where a reader stands in the rows of a view: what is in sight, the cursor, follow, pause, marks.

Positions are absolute (see `LogExtent`), so a view that does not follow stands still.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sse_tui.events.query import Query
from sse_tui.tui.widgets.log_extent import LogExtent, Ref


@dataclass(frozen=True)
class InSight:
    """A row in sight: its absolute position, and how many of its lines are above the edge."""

    position: int
    skipped: int = 0


@dataclass
class LogWindow(LogExtent):
    """A reader's place in one view; it outlives the time in which the view is on the screen.

    Attributes:
        follow: the newest row is kept in sight.
        top, top_line: the first row in sight, and its lines above the edge.
        cursor: position of the cursor; None while the reader follows and chose no row.
        marks: the rows that the reader marked.
        lines: lines on the screen.
        height_of: lines that the row at a position takes; the canvas gives it.
    """

    follow: bool = True
    top: int = 0
    top_line: int = 0
    cursor: int | None = None
    marks: set[Ref] = field(default_factory=set)
    lines: int = 1
    height_of: Callable[[int], int] = lambda position: 1
    _stood_at: int = 0
    _place: tuple[Ref | None, int] | None = None

    @property
    def new(self) -> int:
        """Rows that arrived since the view was paused or stopped to follow."""
        if self.follow and not self.paused:
            return 0
        return max(0, self.newest - self._stood_at)

    # -- what is in sight

    def in_sight(self) -> list[InSight]:
        """The rows on the screen, from the top; settles `top` and the cursor on the way.

        The cursor's row is always among them: a screen that shrank, or rows that are wrapped
        now, must not push it out.
        """
        rows = self._rows_from_top()
        if rows and self.cursor is not None:
            self.cursor = min(max(self.cursor, self.first), self.end - 1)
            if not rows[0].position <= self.cursor <= rows[-1].position:
                self._reveal(self.cursor)
                rows = self._rows_from_top()
        return rows

    def _rows_from_top(self) -> list[InSight]:
        lowest = self._last_page()
        if self.follow or (self.top, self.top_line) > lowest:
            self.top, self.top_line = lowest
        if self.top < self.first:
            self.top, self.top_line = self.first, 0
        rows: list[InSight] = []
        room, position, skipped = self.lines, self.top, self.top_line
        while room > 0 and position < self.end:
            rows.append(InSight(position, skipped))
            room -= self.height_of(position) - skipped
            position, skipped = position + 1, 0
        return rows

    def _last_page(self) -> tuple[int, int]:
        """The top of the page that ends with the last row."""
        return self._page_ending_at(self.end)

    def _page_ending_at(self, end: int) -> tuple[int, int]:
        room, position = self.lines, end
        while room > 0 and position > self.first:
            position -= 1
            room -= self.height_of(position)
        return position, max(0, -room)

    # -- moving

    @property
    def current(self) -> int | None:
        """The row that keys act on: the cursor's, else the last one in sight."""
        if self.cursor is not None:
            return min(max(self.cursor, self.first), self.end - 1) if self.count else None
        rows = self.in_sight()
        return rows[-1].position if rows else None

    def move_to(self, position: int) -> None:
        """Put the cursor on a row and bring it into sight; stops following."""
        if not self.count:
            return
        self.stand_still()
        self.cursor = min(max(position, self.first), self.end - 1)
        self._reveal(self.cursor)

    def move_by(self, rows: int) -> None:
        """Move the cursor by rows, from where it is."""
        current = self.current
        if current is not None:
            self.move_to(current + rows)

    def page_by(self, pages: float) -> None:
        """Move view and cursor by pages of the screen."""
        current = self.current
        if current is None:
            return
        rows = max(1, round(abs(pages) * (self.lines - 1)))
        step = rows if pages > 0 else -rows
        self.stand_still()
        self.scroll_by(step)
        self.move_to(current + step)

    def scroll_by(self, lines: int) -> None:
        """Move the view, not the rows under it; a cursor that leaves the view is taken along."""
        if not self.count:
            return
        self.stand_still()
        self._rows_from_top()
        step = 1 if lines > 0 else -1
        for _ in range(abs(lines)):
            if step > 0:
                self._line_down()
            else:
                self._line_up()
        self._take_cursor_along()

    def scroll_to(self, position: int) -> None:
        """Put a row at the top, as far as the rows below it fill the screen."""
        self.stand_still()
        self.top, self.top_line = position, 0
        self._take_cursor_along()

    def to_first(self) -> None:
        """Go to the first row."""
        self.move_to(self.first)

    def to_end(self) -> None:
        """Go to the newest row and follow; lifts a pause."""
        self._frozen = None
        self.follow = True
        self.cursor = None
        self._place = None

    def stand_still(self) -> None:
        """Stop following, where the view is now."""
        self._place = None
        if self.follow:
            self.follow = False
            if not self.paused:
                self._stood_at = self.newest

    def toggle_follow(self) -> None:
        """Follow the newest row, or stand still."""
        if self.follow and not self.paused:
            self.stand_still()
        else:
            self.to_end()

    def at_bottom(self) -> bool:
        """Whether the last row is in sight."""
        return (self.top, self.top_line) >= self._last_page()

    def toggle_pause(self) -> None:
        """Pause or go on; what was followed before is followed again."""
        if self._frozen is not None:
            self._frozen = None
            return
        self._freeze()
        if self.follow:
            self._stood_at = self.newest

    def clear(self) -> None:
        """Hide the rows so far; with nothing to hide, show them again."""
        self._frozen = None
        if self.count:
            self._clear_away()
            self.to_end()
        else:
            self._cleared, self._last_cleared = 0, None

    def _line_down(self) -> None:
        if (self.top, self.top_line) >= self._last_page():
            return
        if self.top_line + 1 < self.height_of(self.top):
            self.top_line += 1
        else:
            self.top, self.top_line = self.top + 1, 0

    def _line_up(self) -> None:
        if self.top_line:
            self.top_line -= 1
        elif self.top > self.first:
            self.top -= 1
            self.top_line = self.height_of(self.top) - 1

    def _reveal(self, position: int) -> None:
        if position < self.top or (position == self.top and self.top_line):
            self.top, self.top_line = position, 0
            return
        lowest = self._page_ending_at(position + 1)
        if lowest > (self.top, self.top_line):
            # A row taller than the screen is shown from its beginning.
            self.top, self.top_line = lowest if lowest[0] < position else (position, 0)

    def _take_cursor_along(self) -> None:
        if self.cursor is None:
            return
        rows = self._rows_from_top()
        if rows:
            self.cursor = min(max(self.cursor, rows[0].position), rows[-1].position)

    # -- marks and filters

    def toggle_mark(self) -> None:
        """Mark the current row, or take its mark away."""
        current = self.current
        ref = None if current is None else self.ref(current)
        if ref is not None:
            self.marks ^= {ref}

    def next_mark(self, step: int) -> int | None:
        """The nearest marked row after (1) or before (-1) the current one."""
        current = self.current
        if current is None:
            return None
        places = [place for place in map(self.find, self.marks) if place is not None]
        beyond = [place for place in places if (place - current) * step > 0]
        return (min(beyond) if step > 0 else max(beyond)) if beyond else None

    def filter(self, query: Query | None) -> None:
        """Show other rows of the same streams, and keep the reader's place as near as can be.

        A reader who does not move between two filters comes back to the same place.
        """
        if self._place is None:
            anchor = self.top if self.cursor is None else self.cursor
            self._place = self.ref(anchor), anchor - self.top
        new = self.new
        self.set_query(query)
        self._return_to_place()
        self._stood_at = self.newest - new

    def search_older(self, seconds: float) -> bool:
        """Look through older rows; a place that lies among them is found on the way."""
        more = super().search_older(seconds)
        self._return_to_place()
        return more

    def _return_to_place(self) -> None:
        """Stand where the reader last went, as near as the rows that are shown allow."""
        if self._place is None:
            return
        ref, below_top = self._place
        anchor = self.near(ref)
        self.top, self.top_line = max(self.first, anchor - below_top), 0
        self.cursor = None if self.cursor is None else anchor
