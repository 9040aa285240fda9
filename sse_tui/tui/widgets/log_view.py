"""The event log: an own virtual widget over a view's rows that holds 100,000 arrivals a second."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from textual import work
from textual.timer import Timer

from sse_tui.events.model import Row
from sse_tui.events.query import Query
from sse_tui.tui.messages import CopyRequested
from sse_tui.tui.widgets import row_styles
from sse_tui.tui.widgets.detail_text import copy_of
from sse_tui.tui.widgets.log_canvas import now_utc
from sse_tui.tui.widgets.log_keys import LOG_BINDINGS
from sse_tui.tui.widgets.log_reader import LogReader
from sse_tui.tui.widgets.log_search import find_match
from sse_tui.tui.widgets.log_window import LogWindow
from sse_tui.tui.widgets.time_column import TimeForm


class EventLogView(LogReader):
    """The rows of one stream, or of several, with a cursor, marks and a lit filter.

    Give it rows with `show`, and call `rows_arrived` after each batch (20 times a second at most).
    It follows the newest row until the reader goes elsewhere, and never moves the reader's place.

    Posts `RowSelected`, `CursorMoved`, `FollowChanged` and `CopyRequested`.
    """

    DEFAULT_CSS = f"EventLogView {{ height: 1fr; background: $background; {row_styles.CSS} }}"
    BINDINGS = LOG_BINDINGS

    def __init__(
        self,
        *,
        now: Callable[[], datetime] = now_utc,
        id: str | None = None,  # noqa: A002 - the name of Textual's widgets
        classes: str | None = None,
    ) -> None:
        super().__init__(now=now, id=id, classes=classes)
        self._lit: Query | None = None
        self._age_timer: Timer | None = None

    @property
    def time_form(self) -> TimeForm:
        """How times are written."""
        return self._time_form

    @time_form.setter
    def time_form(self, form: TimeForm) -> None:
        self._time_form = form
        if self._age_timer is not None:
            self._age_timer.stop()
            self._age_timer = None
        if form is TimeForm.RELATIVE:
            self._age_timer = self.set_interval(1.0, self._repaint)
        self._repaint()

    @property
    def wrap(self) -> bool:
        """Long payloads go on in the next line."""
        return self._form.wrap

    @wrap.setter
    def wrap(self, wrap: bool) -> None:
        self._reform(replace(self._form, wrap=wrap, offset=0))

    @property
    def pretty(self) -> bool:
        """Payloads are coloured as JSON; else they stand as they came."""
        return self._form.pretty

    def highlight(self, query: Query | None) -> None:
        """Light the matches of `query` in the payloads, for `n` and `N` too; None puts them out."""
        self._lit = query if query is not None and query.text.strip() else None
        self._reform(replace(self._form, lit=self._lit.spans if self._lit else None))

    @property
    def is_lit(self) -> bool:
        """Whether matches are lit."""
        return self._lit is not None

    def filter(self, query: Query | None) -> None:
        """Show only the rows that match, and light them; None shows all, none of them lit."""
        if self._window is not None:
            self._window.filter(query)
        self.highlight(query)
        self._after_move()

    def search_older(self, seconds: float) -> bool:
        """Look through older rows for about so long; False: the filter has seen all rows.

        The rows in sight stay where they are.
        """
        if self._window is None:
            return False
        more = self._window.search_older(seconds)
        self.rows_arrived()
        return more

    # -- keys

    def action_move(self, rows: int) -> None:
        """Move the cursor by rows."""
        self._do(lambda window: window.move_by(rows))

    def action_page(self, pages: float) -> None:
        """Move by pages of the screen."""
        self._do(lambda window: window.page_by(pages))

    def action_to_first(self) -> None:
        """Go to the first row."""
        self._do(LogWindow.to_first)

    def action_to_end(self) -> None:
        """Go to the newest row and follow."""
        self._do(LogWindow.to_end)

    def action_toggle_follow(self) -> None:
        """Follow, or stand still."""
        self._do(LogWindow.toggle_follow)

    def action_toggle_pause(self) -> None:
        """Hold the view still while rows arrive, or go on."""
        self._do(LogWindow.toggle_pause)

    def action_clear(self) -> None:
        """Hide the rows so far; in an empty view, show them again."""
        self._do(LogWindow.clear)

    def action_mark(self) -> None:
        """Mark the row, or take its mark away."""
        self._do(LogWindow.toggle_mark)

    def action_sideways(self, cells: int) -> None:
        """Scroll the payloads sideways."""
        if not self._form.wrap:
            self._reform(replace(self._form, offset=max(0, self._form.offset + cells)))

    def action_next_time_form(self) -> None:
        """Write times in the next form."""
        self.time_form = self.time_form.next

    def action_toggle_wrap(self) -> None:
        """Wrap long payloads, or cut them."""
        self.wrap = not self.wrap

    def action_toggle_pretty(self) -> None:
        """Colour payloads, or show them as they came."""
        self._reform(replace(self._form, pretty=not self._form.pretty))

    def action_to_mark(self, step: int) -> None:
        """Go to the next (1) or previous (-1) mark."""
        self._go(self._window.next_mark(step) if self._window else None, "no mark there")

    @work(exclusive=True, group="log-search")
    async def action_to_match(self, step: int) -> None:
        """Go to the next (1) or previous (-1) lit match."""
        window, query = self._window, self._lit
        start = window.current if window else None
        if window is None or query is None or start is None:
            self._remark("nothing is lit: / filters")
            return
        self._go(await find_match(window, query, start, step), "no match there")

    def action_copy(self) -> None:
        """Copy the row's data."""
        if (row := self.current_row) is not None:
            self.post_message(CopyRequested(*copy_of(row)))

    @property
    def current_row(self) -> Row | None:
        """The row under the cursor, else the last in sight; None where there is none."""
        window = self._window
        position = window.current if window else None
        return window.row(position) if window and position is not None else None

    # -- within

    def _do(self, change: Callable[[LogWindow], None]) -> None:
        if self._window is not None:
            change(self._window)
            self._after_move()

    def _go(self, position: int | None, otherwise: str) -> None:
        if self._window is None or position is None:
            self._remark(otherwise)
        else:
            self._window.move_to(position)
            self._after_move()
