"""The detail of one row: laid out with what changed, raw as on the wire, its stream, its diff."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import work
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from sse_tui.events.format import escape
from sse_tui.events.llm import Answer
from sse_tui.events.model import Event, Row
from sse_tui.tui.messages import CopyRequested, DetailClosed
from sse_tui.tui.sturdy import Sturdy
from sse_tui.tui.widgets import row_styles
from sse_tui.tui.widgets.cell_cut import cells, crop, fit, pad, wrap
from sse_tui.tui.widgets.detail_text import (
    NOTE,
    TABS,
    DetailLine,
    answer_lines,
    copy_of,
    detail_lines,
)

NARROWEST = 8
"""Cells per line at least, however narrow the pane."""

IN_THREAD_FROM = 8 * 1024
"""Characters of data from which on a row is laid out in a thread."""


_Lines = list[list[Segment]]


class EventDetail(Sturdy, ScrollView, can_focus=True):
    """One row in full, in a pane of its own; large payloads are cut where it says so.

    Posts `CopyRequested` and `DetailClosed`.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES = row_styles.COMPONENTS
    DEFAULT_CSS = f"""
    EventDetail {{
        border: round $line;
        border-title-color: $muted;
        border-subtitle-color: $muted;
        background: $background;
        padding: 0 0 0 1;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        {row_styles.CSS}
    }}
    EventDetail:focus {{ border: round $focus; border-title-color: $foreground; }}
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "scroll_down", "down", id="detail.down", show=False),
        Binding("up,k", "scroll_up", "up", id="detail.up", show=False),
        Binding(
            "pagedown,ctrl+d,space", "page_down", "page down", id="detail.page-down", show=False
        ),
        Binding("pageup,ctrl+u", "page_up", "page up", id="detail.page-up", show=False),
        Binding("home,g", "scroll_home", "top", id="detail.top", show=False),
        Binding("end,G", "scroll_end", "bottom", id="detail.bottom", show=False),
        Binding("right,l", "next_tab(1)", "next form", id="detail.next-form", show=False),
        Binding("left,h", "next_tab(-1)", "previous form", id="detail.previous-form", show=False),
        Binding("P", "toggle_raw", "pretty or raw", id="detail.toggle-raw"),
        Binding("y,c", "copy", "copy", id="detail.copy"),
        Binding(
            "enter", "toggle_fold", "unfold", id="detail.toggle-fold", tooltip="unfold an answer"
        ),
        Binding("escape", "leave", "close", id="detail.close"),
    ]

    tab: reactive[str] = reactive(TABS[0], repaint=False, init=False)
    """How the row is shown: one of `TABS`."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - the name of Textual's widgets
        super().__init__(id=id)
        self._row: Row | None = None
        self._previous: Event | None = None
        self._facts: Mapping[str, str] = {}
        self._answer: Callable[[], Answer | None] | None = None
        self._folded = True
        self._lines: _Lines = []
        self._job: Callable[[], _Lines] | None = None

    @property
    def row(self) -> Row | None:
        """The row that is shown."""
        return self._row

    def on_mount(self) -> None:
        """Begin empty."""
        self.show_row(None)
        # A scrollbar that comes takes room from the lines.
        self.watch(self, "show_vertical_scrollbar", self._lay_out, init=False)

    def show_row(
        self,
        row: Row | None,
        previous: Event | None = None,
        facts: Mapping[str, str] | None = None,
        answer: Callable[[], Answer | None] | None = None,
    ) -> None:
        """Show a row from its beginning, in the open tab.

        Args:
            row: the row; None empties the pane.
            previous: the event of the same type before it, to compare with.
            facts: what the screen knows of its stream, for the stream tab: name -> value.
            answer: finds the model's answer that it is part of; asked in the stream tab only.
        """
        self._row, self._previous = row, previous
        self._facts, self._answer = dict(facts or {}), answer
        self.border_title = Content(_title(row))
        self._fill()

    def watch_tab(self) -> None:
        """Show the row in the chosen form."""
        self._fill()

    def render_line(self, y: int) -> Strip:
        """A line of the text."""
        width = self.scrollable_content_region.width
        base = self.rich_style
        at = y + self.scroll_offset.y
        if at >= len(self._lines):
            return Strip.blank(width, base)
        segments, used, _ = crop(self._lines[at], 0, width)
        return Strip(pad(segments, used, width, base), width)

    def on_resize(self) -> None:
        """Break the lines anew."""
        self._lay_out()

    def notify_style_update(self) -> None:
        """Take the colours anew: only once all of the new ones are there."""
        super().notify_style_update()
        if self.is_mounted:
            self.call_later(self._lay_out)

    # -- keys

    def action_next_tab(self, step: int) -> None:
        """Show the row in the next (1) or previous (-1) form."""
        self.tab = TABS[(TABS.index(self.tab) + step) % len(TABS)]

    def action_show_tab(self, tab: str) -> None:
        """Show the row in the form `tab`."""
        self.tab = tab

    def action_toggle_raw(self) -> None:
        """Raw, or laid out."""
        self.tab = "pretty" if self.tab == "raw" else "raw"

    def action_toggle_fold(self) -> None:
        """Show all of a model's answer in the stream tab, or its beginning."""
        self._folded = not self._folded
        self._lay_out()

    def action_copy(self) -> None:
        """Copy the row's data, whole and exact."""
        if self._row is not None:
            self.post_message(CopyRequested(*copy_of(self._row)))

    def action_leave(self) -> None:
        """Close the pane."""
        self.post_message(DetailClosed())

    # -- within

    def _fill(self) -> None:
        self.border_subtitle = self._tab_names()
        self.scroll_to(0, 0, animate=False)
        self._lay_out()

    def _lay_out(self) -> None:
        """Write the row out for the width of the pane; a large one in a thread."""
        width = max(NARROWEST, self.scrollable_content_region.width)
        text = partial(detail_lines, self.tab, self._row, self._previous, self._facts)
        answer = self._answer() if self._answer is not None and self.tab == "stream" else None
        said = answer_lines(answer, folded=self._folded) if answer is not None else []
        write = partial(_written, lambda: said + text(), width, self._styles)
        self._job = write
        if isinstance(self._row, Event) and len(self._row.data) > IN_THREAD_FROM:
            self._write_in_thread(write)
        else:
            self._take(write, write())

    @work(thread=True, group="detail", description="lay out a row")
    def _write_in_thread(self, write: Callable[[], _Lines]) -> None:
        self.app.call_from_thread(self._take, write, write())

    def _take(self, write: Callable[[], _Lines], lines: _Lines) -> None:
        # What a thread brings after another row, tab or width was chosen is out of date.
        if write is self._job:
            self._lines = lines
            self.virtual_size = Size(self.scrollable_content_region.width, len(lines))
            self.refresh()

    @property
    def _styles(self) -> dict[str, Style]:
        return row_styles.row_styles(self)

    def _tab_names(self) -> str:
        """The tabs for the border: markup, of our own words only."""
        return " · ".join(
            f"[{'bold $focus ' if name == self.tab else ''}@click=show_tab('{name}')]{name}[/]"
            for name in TABS
        )


def _written(
    text: Callable[[], list[DetailLine]], width: int, styles: Mapping[str, Style]
) -> _Lines:
    """A tab's text as lines of the screen."""
    lines: _Lines = []
    for line in text():
        segments = [Segment(text, styles[role]) for text, role in line if role != NOTE]
        lines += wrap(segments, width, sys.maxsize)[0]
        if line and line[-1][1] == NOTE:
            room = width - cells(lines[-1])
            note = line[-1][0]
            lines[-1].append(Segment(fit(note, min(room, cell_len(note))), styles["quiet"]))
    return lines


def _title(row: Row | None) -> str:
    if row is None:
        return "Detail"
    return escape(f"{row.number} {row.type if isinstance(row, Event) else row.kind.value}")
