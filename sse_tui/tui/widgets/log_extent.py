"""Which rows of a view may be shown at all: all but those cleared away, and those after a pause.

Positions are absolute: index + `RowView.base`. They name the same row while rows arrive and while
old rows fall out.
"""

from __future__ import annotations

from dataclasses import dataclass

from sse_tui.events.model import Row
from sse_tui.events.query import Query
from sse_tui.events.view import RowView

AT_ONCE = 2048
"""Rows that a new filter looks through before the screen goes on; the older ones follow bit by
bit. A query that reads JSON takes a few milliseconds for so many."""

Ref = tuple[str, int]
"""A row's topic and number."""


@dataclass
class LogExtent:
    """The rows of `view` between what was cleared and where it was paused.

    Attributes:
        view: the rows.
    """

    view: RowView
    _cleared: int = 0
    _last_cleared: Ref | None = None
    _frozen: int | None = None
    _last_frozen: Ref | None = None

    @property
    def newest(self) -> int:
        """The position after the last row of the view."""
        return self.view.base + len(self.view)

    @property
    def end(self) -> int:
        """The position after the last row that may be shown; it stands still while paused."""
        return self.newest if self._frozen is None else min(self._frozen, self.newest)

    @property
    def first(self) -> int:
        """The position of the first row that may be shown."""
        return min(max(self.view.base, self._cleared), self.end)

    @property
    def count(self) -> int:
        """How many rows may be shown."""
        return self.end - self.first

    @property
    def paused(self) -> bool:
        """The view stands still by the reader's wish."""
        return self._frozen is not None

    @property
    def cleared(self) -> bool:
        """Rows of the view are hidden by `clear`."""
        return self._cleared > self.view.base

    def row(self, position: int) -> Row | None:
        """The row at `position`; None when there is none."""
        index = position - self.view.base
        return self.view.row(index) if 0 <= index < len(self.view) else None

    def ref(self, position: int) -> Ref | None:
        """Topic and number of the row at `position`."""
        index = position - self.view.base
        return self.view.ref(index) if 0 <= index < len(self.view) else None

    def find(self, ref: Ref) -> int | None:
        """The position of a row; None when it is not shown."""
        index = self.view.index_of(*ref)
        if index is None or self.view.ref(index) != ref:
            return None
        position = index + self.view.base
        return position if self.first <= position < self.end else None

    def near(self, ref: Ref | None) -> int:
        """The position of a row, or of the next one of its topic that is shown."""
        index = None if ref is None else self.view.index_of(*ref)
        return self.newest if index is None else index + self.view.base

    def set_query(self, query: Query | None) -> None:
        """Show other rows of the same streams; positions are counted anew.

        The newest rows are looked through at once, the others by `search_older`.
        """
        self.view.set_query(query, newest=AT_ONCE)
        self._find_edges()

    def search_older(self, seconds: float) -> bool:
        """Look through older rows for about so long; False: all have been looked through."""
        more = self.view.search_older(seconds)
        self._find_edges()
        return more

    def _find_edges(self) -> None:
        self._cleared = self._after(self._last_cleared) if self._last_cleared else 0
        if self._frozen is not None:
            self._frozen = self._after(self._last_frozen)

    def _freeze(self) -> None:
        self._frozen, self._last_frozen = self.newest, self.ref(self.newest - 1)

    def _clear_away(self) -> None:
        self._cleared, self._last_cleared = self.newest, self.ref(self.newest - 1)

    def _after(self, ref: Ref | None) -> int:
        """The position after a row, shown or not."""
        position = self.near(ref)
        return position + (self.ref(position) == ref)
