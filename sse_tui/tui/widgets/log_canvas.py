"""Paints the rows in sight: no layout, no styles cache, whole lines kept by row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from sse_tui.events.model import Event, Gap, Partial, Row, StateChange
from sse_tui.tui.sturdy import Sturdy
from sse_tui.tui.widgets import row_styles
from sse_tui.tui.widgets.log_extent import Ref
from sse_tui.tui.widgets.log_window import InSight, LogWindow
from sse_tui.tui.widgets.row_columns import Extents
from sse_tui.tui.widgets.row_strips import RowForm, RowPainter
from sse_tui.tui.widgets.scroll_column import THUMB, Thumb, thumb
from sse_tui.tui.widgets.time_column import TimeForm, time_text

LOOK_BACK = 6
"""Rows before a gap among which the attempt that ended it is looked for."""

_LineKey = tuple[Ref, str, bool, bool]


def now_utc() -> datetime:
    """The present."""
    return datetime.now(UTC)


class LogCanvas(Sturdy, Widget, can_focus=True):
    """A window of rows on the screen.

    Textual calls `render_lines` for the visible part; everything else of its render path (layout,
    virtual size, styles cache) is left out, so that a tick costs one pass over the lines in sight.
    The widget therefore draws no border and no padding of its own.

    Args:
        now: the present, for the relative time form.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES = row_styles.COMPONENTS

    def __init__(
        self,
        *,
        now: Callable[[], datetime] = now_utc,
        id: str | None = None,  # noqa: A002 - the name of Textual's widgets
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._now = now
        self._window: LogWindow | None = None
        self._extents = Extents()
        self._with_topic = False
        self._time_form = TimeForm.DELTA
        self._form = RowForm(Extents().columns(80, with_topic=False))
        self._painters: tuple[RowPainter, RowPainter] | None = None
        self._kept: dict[_LineKey, list[Strip]] = {}
        self._heights: dict[Ref, int] = {}
        self._times: dict[Ref, datetime | None] = {}
        self._bar: tuple[Strip, Strip] | None = None
        self._thumb = Thumb()
        self._painted: list[Strip] = []
        self._painted_rows: list[InSight] = []
        self._signature: object = None

    # -- what Textual asks for

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of a part of the widget.

        Args:
            crop: the part, relative to the widget.
        """
        if len(self._painted) != self.size.height or self._form.columns.width != self._row_width:
            self._paint()
        lines = self._painted[crop.y : crop.bottom]
        if crop.x or crop.width < self.size.width:
            return [line.crop(crop.x, crop.right) for line in lines]
        return lines

    def notify_style_update(self) -> None:
        """Take the colours anew: the theme or the focus changed."""
        super().notify_style_update()
        self._forget(styles=True)

    # -- for the view

    def _repaint(self) -> None:
        """Show what changed, in the next frame."""
        self._painted = []
        self.refresh()

    def _reform(self, form: RowForm) -> None:
        """Write the rows in another form."""
        self._form = form
        self._forget()
        self._repaint()

    def _changed(self) -> bool:
        """Whether the rows in sight, or the scrollbar, differ from what is painted."""
        return self._look() != self._signature

    def _position_at(self, line: int) -> int | None:
        """The row that is painted at a line of the widget."""
        for at in self._painted_rows:
            line -= self._height_of(at.position) - at.skipped
            if line < 0:
                return at.position
        return None

    def _empty_lines(self) -> list[list[Segment]]:
        """What stands here when there is no row to show."""
        return []

    # -- painting

    @property
    def _row_width(self) -> int:
        return max(1, self.size.width - 1)

    def _forget(self, *, styles: bool = False) -> None:
        self._kept.clear()
        self._heights.clear()
        self._times.clear()
        self._painters = None
        self._painted = []
        if styles:
            self._bar = None

    def _look(self) -> object:
        """What the painted lines depend on while form and size stay."""
        window = self._window
        if window is None:
            return None
        rows = window.in_sight()
        self._thumb = thumb(self.size.height, window.count, window.top - window.first, len(rows))
        refs = tuple(window.ref(at.position) for at in rows)
        return refs, window.top_line, window.cursor, self._thumb

    def _paint(self) -> None:
        width, height = self.size
        window = self._window
        lines: list[Strip] | None = []
        rows: list[InSight] = []
        if self._form.columns.width != self._row_width:
            self._fit_columns()
        if window is not None:
            window.lines = height
            window.height_of = self._height_of
            self._signature = self._look()
            rows = window.in_sight()
            if len(self._kept) > max(512, 6 * height):
                self._forget()
            while (lines := self._row_lines(window, rows)) is None:
                self._fit_columns()
        self._painted_rows = rows
        if not rows:
            lines = self._centred(self._empty_lines())
        self._painted = self._with_bar(lines or [], width, height)

    def _fit_columns(self) -> None:
        columns = self._extents.columns(self._row_width, with_topic=self._with_topic)
        self._form = replace(self._form, columns=columns)
        self._forget()

    def _row_lines(self, window: LogWindow, rows: list[InSight]) -> list[Strip] | None:
        """The lines of the rows; None when a column must grow first."""
        lines: list[Strip] = []
        before: datetime | None = None
        for at in rows:
            ref = window.ref(at.position)
            if ref is None:
                continue
            if ref not in self._times and self._take_in(window.row(at.position), ref):
                return None
            received = self._times[ref]
            if received is None:
                time = ""
                before = None if self._is_gap(window, at.position) else before
            else:
                width = self._form.columns.time
                time = time_text(self._time_form, received, before, self._now(), width)
                before = received
            lines += self._lines_of(window, at.position, ref, time)[at.skipped :]
        return lines

    def _is_gap(self, window: LogWindow, position: int) -> bool:
        return isinstance(window.row(position), Gap)

    def _take_in(self, row: Row | None, ref: Ref) -> bool:
        """Note what a row's columns need; True when one grew."""
        timed = isinstance(row, Event | StateChange | Partial)
        self._times[ref] = row.received_at if row is not None and timed else None
        if row is None:
            return False
        columns = self._form.columns
        type_cells = cell_len(row.type) if isinstance(row, Event) else 0
        self._extents.take(len(str(row.number)), cell_len(row.topic), type_cells)
        wanted = self._extents.columns(columns.width, with_topic=self._with_topic)
        return wanted != columns

    def _lines_of(self, window: LogWindow, position: int, ref: Ref, time: str) -> list[Strip]:
        cursor = position == window.cursor
        key = (ref, time, cursor, ref in window.marks)
        lines = self._kept.get(key)
        if lines is None:
            row = window.row(position)
            if row is None:
                return []
            attempt = self._attempt(window, position) if isinstance(row, Gap) else 0
            lines = self._painter(cursor).lines(
                row, time, cursor=cursor, marked=key[3], attempt=attempt
            )
            self._kept[key] = lines = [self._filtered(line) for line in lines]
        return lines

    def _attempt(self, window: LogWindow, position: int) -> int:
        """The attempt that ended a gap: that of the last state row before it."""
        for before in range(position - 1, max(window.first, position - LOOK_BACK) - 1, -1):
            row = window.row(before)
            if isinstance(row, StateChange) and row.attempt:
                return row.attempt
        return 0

    def _painter(self, cursor: bool) -> RowPainter:
        if self._painters is None:
            plain, under = row_styles.row_styles(self), row_styles.row_styles(self, cursor=True)
            self._painters = RowPainter(plain, self._form), RowPainter(under, self._form)
        return self._painters[cursor]

    def _height_of(self, position: int) -> int:
        if not self._form.wrap or self._window is None:
            return 1
        ref = self._window.ref(position)
        if ref is None:
            return 1
        height = self._heights.get(ref)
        if height is None:
            row = self._window.row(position)
            height = self._heights[ref] = self._painter(False).height(row) if row else 1
        return height

    def _filtered(self, strip: Strip) -> Strip:
        for line_filter in self.get_line_filters():
            strip = strip.apply_filter(line_filter, row_styles.ground(self))
        return strip

    def _centred(self, lines: list[list[Segment]]) -> list[Strip]:
        """Lines of calm text, a third of the way down."""
        base = self._base_style
        strips = [Strip.blank(self._row_width, base)] * max(0, (self.size.height - len(lines)) // 3)
        for segments in lines:
            strip = Strip(segments)
            left = max(0, (self._row_width - strip.cell_length) // 2)
            strip = Strip([Segment(" " * left, base), *segments])
            strips.append(self._filtered(strip.adjust_cell_length(self._row_width, base)))
        return strips

    @property
    def _base_style(self) -> Style:
        return Style(bgcolor=row_styles.ground(self).rich_color)

    def _with_bar(self, lines: list[Strip], width: int, height: int) -> list[Strip]:
        """Exactly `height` lines of `width` cells, the scrollbar's column at their end."""
        if self._bar is None:
            base = self._base_style
            style = base + row_styles.component(self, "thumb", row_styles.ground(self))
            self._bar = (
                self._filtered(Strip([Segment(" ", base)], 1)),
                self._filtered(Strip([Segment(THUMB, style)], 1)),
            )
        blank = self._filtered(Strip.blank(self._row_width, self._base_style))
        lines = lines[:height] + [blank] * (height - len(lines))
        bar, covers = self._bar, self._thumb.covers
        if width < 2:
            return [line.crop(0, width) for line in lines]
        return [Strip([*line, *bar[covers(number)]], width) for number, line in enumerate(lines)]
