"""A small app over real logs, for the tests of the widgets that read them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from textual import on
from textual.app import ComposeResult
from textual.geometry import Region
from textual.message import Message
from textual.pilot import Pilot

from sse_tui.events.log import EventLog
from sse_tui.events.model import Batch, EventFrame, Note
from sse_tui.events.query import parse_query
from sse_tui.events.view import RowView
from sse_tui.tui.messages import (
    CopyRequested,
    CursorMoved,
    FilterChanged,
    FilterKept,
    FilterLifted,
    FollowChanged,
    RowSelected,
    TopicActivated,
)
from sse_tui.tui.themes import ThemedApp
from sse_tui.tui.widgets.filter_bar import FilterBar
from sse_tui.tui.widgets.log_tabs import LogTabs
from sse_tui.tui.widgets.log_view import EventLogView

BEGAN = datetime(2024, 1, 1, 12, 0, 0, tzinfo=UTC)


class LogApp(ThemedApp):
    """Tabs, filter bar and log over the topics named; the view of all of them is shown."""

    def __init__(self, *topics: str, max_rows: int = 100_000) -> None:
        super().__init__()
        self.logs = {topic: EventLog(topic, max_rows=max_rows) for topic in topics or ("t",)}
        self.view = RowView(self.logs, None)
        self.heard: list[Message] = []
        self.now = BEGAN

    def compose(self) -> ComposeResult:
        """The widgets under test."""
        yield LogTabs()
        yield FilterBar()
        yield EventLogView(now=lambda: self.now)

    def on_mount(self) -> None:
        """Show all topics, and take the keys."""
        self.log_view.show(self.view, with_topic=len(self.logs) > 1)
        self.log_view.focus()

    @property
    def log_view(self) -> EventLogView:
        """The log."""
        return self.query_one(EventLogView)

    @property
    def bar(self) -> FilterBar:
        """The filter bar."""
        return self.query_one(FilterBar)

    def arrive(self, *rows: EventFrame | Note, topic: str = "", after: float = 1.0) -> None:
        """Rows arrive together, `after` seconds after the last ones."""
        self.now += timedelta(seconds=after)
        topic = topic or next(iter(self.logs))
        received = round(self.now.timestamp() * 1000) * 1_000_000
        first = self.logs[topic].extend(rows, received)
        self.view.add(Batch(topic, first, len(rows)))
        self.log_view.rows_arrived()

    def heard_of(self, kind: type[Message]) -> list[Message]:
        """The messages of one kind, in order."""
        return [message for message in self.heard if isinstance(message, kind)]

    @on(RowSelected)
    @on(CursorMoved)
    @on(FollowChanged)
    @on(CopyRequested)
    @on(TopicActivated)
    def _hear(self, message: Message) -> None:
        self.heard.append(message)

    @on(FilterChanged)
    def _filter(self, message: FilterChanged) -> None:
        self.heard.append(message)
        text = message.text
        self.log_view.filter(parse_query(text) if text.strip() else None)
        self.bar.show_count(len(self.view), self.view.total)

    @on(FilterKept)
    def _keep(self, message: FilterKept) -> None:
        self.heard.append(message)
        self.log_view.focus()

    @on(FilterLifted)
    def _lift(self, message: FilterLifted) -> None:
        self.heard.append(message)
        self.log_view.filter(None)
        self.log_view.highlight(parse_query(message.text))
        self.log_view.focus()


def event(data: object, event_type: str = "login", event_id: str = "") -> EventFrame:
    """A decoded event; data that is no text is sent as compact JSON."""
    text = data if isinstance(data, str) else json.dumps(data, separators=(",", ":"))
    return (event_type, text, event_id, bool(event_id), None)


def numbered(count: int) -> list[EventFrame]:
    """Events whose data are `{"n":1}` and so on."""
    return [event({"n": number}) for number in range(1, count + 1)]


def lines(view: EventLogView) -> list[str]:
    """What stands in the log, line by line, without the scrollbar's column."""
    width, height = view.size
    strips = view.render_lines(Region(0, 0, width, height))
    return [strip.text[: -1 or None].rstrip() for strip in strips]


def payloads(view: EventLogView) -> list[str]:
    """The last word of each line that has one: the payload of `numbered` events."""
    return [line.split()[-1] for line in lines(view) if line.strip()]


async def press(pilot: Pilot[None], keys: Sequence[str]) -> None:
    """Press keys one after the other, and let what they caused happen."""
    await pilot.press(*keys)
    await pilot.pause()
