"""The reader's place in a view on the screen: what is shown, mouse and scrollbar, what it tells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from rich.segment import Segment
from textual import events
from textual.reactive import reactive

from sse_tui.events.view import RowView
from sse_tui.tui.messages import CursorMoved, FollowChanged, RowSelected
from sse_tui.tui.widgets import row_styles
from sse_tui.tui.widgets.log_canvas import LogCanvas, now_utc
from sse_tui.tui.widgets.log_extent import Ref
from sse_tui.tui.widgets.log_window import LogWindow
from sse_tui.tui.widgets.row_columns import Extents
from sse_tui.tui.widgets.scroll_column import rows_before

WHEEL_LINES = 3


class LogReader(LogCanvas):
    """Shows a view from where the reader left it, and takes the mouse.

    Posts `RowSelected`, `CursorMoved` and `FollowChanged`.
    """

    status: reactive[str] = reactive("following", repaint=False)
    """What the pane's border says: `following`, `paused, 12 new`, `row 214 of 12,408`."""

    def __init__(
        self,
        *,
        now: Callable[[], datetime] = now_utc,
        id: str | None = None,  # noqa: A002 - the name of Textual's widgets
        classes: str | None = None,
    ) -> None:
        super().__init__(now=now, id=id, classes=classes)
        self._windows: dict[RowView, tuple[LogWindow, Extents]] = {}
        self._empty: tuple[str, str] = ("No events yet", "")
        self._told: tuple[bool, bool, int] = (True, False, 0)
        self._dragged: int | None = None
        self._said = ""

    # -- rows

    def show(self, view: RowView, *, with_topic: bool = False) -> None:
        """Show the rows of `view`, where the reader left it; a new one is followed.

        Args:
            view: the rows.
            with_topic: give each row its topic (for the view of all topics).
        """
        self._window, self._extents = self._windows.setdefault(view, (LogWindow(view), Extents()))
        self._with_topic = with_topic
        self._form = replace(self._form, offset=0)
        self._fit_columns()
        self._after_move()

    def forget(self, view: RowView) -> None:
        """Drop the place and the marks that the reader had in `view`."""
        self._windows.pop(view, None)

    def say_when_empty(self, title: str, hint: str = "") -> None:
        """What stands here while the view has no row.

        Args:
            title: what is the case.
            hint: what to do.
        """
        self._empty = (title, hint)
        self._repaint()

    def rows_arrived(self) -> None:
        """Rows arrived, or fell out: show what changed in sight, once, in the next frame."""
        if self._changed():
            self._repaint()
        self._tell()

    # -- state

    @property
    def view(self) -> RowView | None:
        """The rows that are shown."""
        return self._window.view if self._window else None

    @property
    def follow(self) -> bool:
        """The newest row is kept in sight."""
        return self._window is None or self._window.follow

    @property
    def paused(self) -> bool:
        """The view stands still by the reader's wish."""
        return self._window is not None and self._window.paused

    @property
    def cursor(self) -> Ref | None:
        """Topic and number of the row that keys act on; None in an empty view."""
        window = self._window
        position = window.current if window else None
        return window.ref(position) if window and position is not None else None

    @property
    def marks(self) -> frozenset[Ref]:
        """The marked rows of this view."""
        return frozenset(self._window.marks) if self._window else frozenset()

    def go_to(self, topic: str, number: int) -> bool:
        """Put the cursor on a row; False when the view does not show it."""
        position = self._window.find((topic, number)) if self._window else None
        if self._window is None or position is None:
            return False
        self._window.move_to(position)
        self._after_move()
        return True

    def action_select(self) -> None:
        """Ask for the detail of the row."""
        ref = self.cursor
        if ref is not None:
            self.post_message(RowSelected(*ref))

    # -- mouse

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll down; at the end, follow."""
        event.stop()
        if self._window is None:
            return
        if self._window.at_bottom() and not self._window.paused:
            self._window.to_end()
        else:
            self._window.scroll_by(WHEEL_LINES)
        self._after_move()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll up, away from the end."""
        event.stop()
        if self._window:
            self._window.scroll_by(-WHEEL_LINES)
            self._after_move()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of the scrollbar."""
        if event.x >= self.size.width - 1 and self._thumb.size:
            event.stop()
            grip = event.y - self._thumb.start
            self._dragged = grip if 0 <= grip < self._thumb.size else self._thumb.size // 2
            self.capture_mouse()
            self._drag_to(event.y)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag the scrollbar."""
        if self._dragged is not None:
            event.stop()
            self._drag_to(event.y)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Let the scrollbar go."""
        if self._dragged is not None:
            event.stop()
            self._dragged = None
            self.release_mouse()

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on a row and show its detail."""
        position = self._position_at(event.y)
        if event.x >= self.size.width - 1 or self._window is None or position is None:
            return
        self._window.move_to(position)
        self._after_move()
        self.action_select()

    # -- within

    def _drag_to(self, y: int) -> None:
        window = self._window
        if window is None or self._dragged is None:
            return
        start, shown = y - self._dragged, len(self._painted_rows)
        if start >= self.size.height - self._thumb.size and not window.paused:
            window.to_end()
        else:
            before = rows_before(start, self.size.height, window.count, shown)
            window.scroll_to(window.first + before)
        self._after_move()

    def _remark(self, remark: str) -> None:
        """Say something in the border until the reader moves."""
        self._said = remark
        self.status = remark

    def _after_move(self) -> None:
        self._said = ""
        self._repaint()
        self._tell()
        window = self._window
        if window and window.cursor is not None:
            ref = window.ref(window.cursor)
            if ref is not None:
                self.post_message(CursorMoved(*ref))

    def _tell(self) -> None:
        """Say how the reader stands, when it changed."""
        window = self._window
        if window is None:
            return
        told = (window.follow and not window.paused, window.paused, window.new)
        self.status = self._said or _status(window)
        if told != self._told:
            self._told = told
            self.post_message(FollowChanged(*told))

    def _empty_lines(self) -> list[list[Segment]]:
        title, hint = self._empty
        window = self._window
        if window and window.cleared:
            title, hint = "Cleared", "C shows the rows again; new ones appear here."
        elif window and window.paused and len(window.view):
            title, hint = "What stood here has fallen out of the log", "p goes on with what is new."
        elif window and window.view.query is not None and window.view.total:
            title, hint = "No row matches the filter", "Esc lifts it."
        on = row_styles.ground(self)
        base = self._base_style
        return [
            [Segment(title, base + row_styles.component(self, "muted", on))],
            [Segment(hint, base + row_styles.component(self, "muted", on))],
        ]


def _status(window: LogWindow) -> str:
    if window.paused:
        return f"paused, {window.new:,} new"
    if window.follow:
        return "following"
    current = window.current
    row = 0 if current is None else current - window.first + 1
    new = f" · {window.new:,} new" if window.new else ""
    return f"row {row:,} of {window.count:,}{new}"
