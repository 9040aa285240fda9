"""The middle of the main screen: tabs, filter, log, and the detail of one row below it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from sse_tui.events.format import escape
from sse_tui.events.model import Batch, Event, Row
from sse_tui.events.query import parse_query
from sse_tui.tui.messages import (
    CursorMoved,
    DetailClosed,
    FilterChanged,
    FilterKept,
    FilterLifted,
    RowSelected,
)
from sse_tui.tui.screens.answers import Answers
from sse_tui.tui.screens.views import Views
from sse_tui.tui.sturdy import Sturdy
from sse_tui.tui.widgets.event_detail import EventDetail
from sse_tui.tui.widgets.filter_bar import FilterBar
from sse_tui.tui.widgets.log_tabs import ALL, LogTab, LogTabs
from sse_tui.tui.widgets.log_view import EventLogView

if TYPE_CHECKING:
    from sse_tui.client.service import EventService

SEARCH_EVERY_S = 1 / 50
SEARCH_FOR_S = 0.008
"""A filter looks through older rows for so long at a time: keys are answered in between."""

LOOK_BACK = 256
"""Rows before an event among which the previous one of its type is looked for."""


class LogPane(Sturdy, Vertical):
    """What the streams brought, in one view at a time.

    Args:
        service: whose logs are shown.
        stream_facts: what is known of a topic's stream, for the detail: name -> value.
        now: the present, for relative times.
    """

    def __init__(
        self,
        service: EventService,
        stream_facts: Callable[[str], Mapping[str, str]],
        now: Callable[[], datetime],
    ) -> None:
        super().__init__(id="center")
        self._service, self._stream_facts = service, stream_facts
        self.views = Views(service)
        self._answers = Answers(service.logs)
        # Kept, not looked up: the last rows may come while the screen is being taken down.
        self.tabs = LogTabs(id="tabs")
        self.filter_bar = FilterBar(id="filter")
        self.log_view = EventLogView(id="log", now=now)
        self.detail = EventDetail(id="detail")
        self._frame = Vertical(id="log-frame")
        self._paused: set[str | None] = set()
        self._dirty = False

    def compose(self) -> ComposeResult:
        """The log in its frame, and the detail, which is hidden at first."""
        self.detail.display = False
        with self._frame:
            yield self.tabs
            yield self.filter_bar
            yield self.log_view
        yield self.detail

    def on_mount(self) -> None:
        """Show how the reader stands in the frame."""
        self.watch(self.log_view, "status", self._show_status)
        self._search = self.set_interval(SEARCH_EVERY_S, self._search_older, pause=True)
        self.open(None)

    @property
    def chosen_row(self) -> Row | None:
        """The row under the cursor, else the newest in sight."""
        return self.log_view.current_row

    # -- what the screen tells

    def open(self, topic: str | None) -> None:
        """Show the view of `topic`, or of all (None), as it was left."""
        self.views.active = topic
        view = self.views.view(topic)
        query = view.query
        self.log_view.show(view, with_topic=topic is None)
        self.log_view.highlight(query)
        self.filter_bar.show_text(query.text if query else "")
        name = ALL if topic is None else escape(topic)
        self._frame.border_title = Content(name).markup
        self.show_tabs()
        self._show_count()
        self._search.resume()

    def go_to(self, topic: str | None, number: int) -> bool:
        """Put the cursor on a row, in the open view or in its topic's; False: it is gone."""
        topic = topic or self.views.active
        if topic is None or topic not in self._service.logs:
            return False
        if self.views.active not in (None, topic):
            self.open(topic)
        if not self.log_view.go_to(topic, number):
            return False
        self.log_view.focus()
        self._show_detail(topic, number)
        return True

    def take(self, batch: Batch) -> None:
        """Rows have arrived; they are shown with the next tick."""
        self.views.add(batch)
        self._dirty = True

    def tick(self) -> None:
        """Show what has arrived since the last tick."""
        if self._dirty:
            self._dirty = False
            self.views.see()
            self.log_view.rows_arrived()
            self._show_count()

    def show_tabs(self) -> None:
        """Bring the tabs up to date: topics, unread counts, pauses."""
        if self.log_view.paused != (self.views.active in self._paused):
            self._paused ^= {self.views.active}
        unread = self.views.unread()
        tabs = [LogTab(t, unread.get(t, 0), t in self._paused) for t in self.views.topics]
        self.tabs.show([*tabs, LogTab(None, 0, None in self._paused)], self.views.active)

    def is_paused(self, topic: str) -> bool:
        """Whether the view of `topic` is paused."""
        return topic in self._paused

    def forget(self, topic: str) -> None:
        """The rows of `topic` are gone; show something else if they were in sight."""
        if (view := self.views.forget(topic)) is not None:
            self.log_view.forget(view)
        if (merged := self.views.forget(None)) is not None:
            self.log_view.forget(merged)
        self.open(None if self.views.active == topic else self.views.active)

    def dismiss_extras(self) -> bool:
        """Close the detail, else lift the filter, else put out its matches; False: nothing done."""
        if self.detail.display:
            self._close_detail()
        elif self.filter_bar.text:
            self.filter_bar.lift()
        elif self.log_view.is_lit:
            self.log_view.highlight(None)
        else:
            return False
        return True

    # -- what the user does

    @on(RowSelected)
    def _select_row(self, event: RowSelected) -> None:
        event.stop()
        shown = self.detail.row if self.detail.display else None
        if shown is not None and (shown.topic, shown.number) == (event.topic, event.number):
            self.detail.focus()
        else:
            self._show_detail(event.topic, event.number)

    @on(CursorMoved)
    def _follow_cursor(self, event: CursorMoved) -> None:
        event.stop()
        if self.detail.display:
            self._show_detail(event.topic, event.number)

    @on(DetailClosed)
    def _close_detail(self) -> None:
        self.detail.display = False
        self.log_view.focus()

    @on(FilterChanged)
    def _filter(self, event: FilterChanged) -> None:
        event.stop()
        self.log_view.filter(parse_query(event.text) if event.text.strip() else None)
        self._show_count()
        self._search.resume()

    @on(FilterKept)
    def _keep_filter(self, event: FilterKept) -> None:
        event.stop()
        self.log_view.focus()

    @on(FilterLifted)
    def _lift_filter(self, event: FilterLifted) -> None:
        event.stop()
        self.log_view.filter(None)
        if event.text.strip():
            self.log_view.highlight(parse_query(event.text))
        self.log_view.focus()

    # -- within

    def _search_older(self) -> None:
        """Go on with what a filter has begun."""
        if not self.log_view.search_older(SEARCH_FOR_S):
            self._search.pause()
        self._show_count()

    def _show_detail(self, topic: str, number: int) -> None:
        log = self._service.logs.get(topic)
        row = log.get(number) if log is not None else None
        if row is None:
            return
        answer = partial(self._answers.of, row) if isinstance(row, Event) else None
        self.detail.show_row(row, self._previous_of(row), self._stream_facts(topic), answer)
        self.detail.display = True

    def _previous_of(self, row: Row) -> Event | None:
        """The event of the same type before `row`."""
        if not isinstance(row, Event):
            return None
        first = max(row.number - LOOK_BACK, 1)
        before = self._service.logs[row.topic].read(first, row.number - first)
        alike = (r for r in reversed(before) if isinstance(r, Event) and r.type == row.type)
        return next(alike, None)

    def _show_count(self) -> None:
        if self.filter_bar.is_open:
            view = self.views.view(self.views.active)
            self.filter_bar.show_count(len(view), view.total, searching=view.searching)

    def _show_status(self, status: str) -> None:
        self._frame.border_subtitle = Content(status).markup
        self.show_tabs()
