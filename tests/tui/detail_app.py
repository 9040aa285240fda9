"""The detail pane alone in an app, for its tests."""

from __future__ import annotations

import json
from datetime import timedelta

from textual.app import ComposeResult
from textual.message import Message
from tui.log_app import BEGAN

from sse_tui.events.model import (
    Event,
)
from sse_tui.tui.messages import CopyRequested, DetailClosed
from sse_tui.tui.themes import ThemedApp
from sse_tui.tui.widgets.event_detail import EventDetail

SIZE = (70, 16)


class DetailApp(ThemedApp):
    """The detail pane alone."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Message] = []

    def compose(self) -> ComposeResult:
        """The pane."""
        yield EventDetail()

    def on_mount(self) -> None:
        """Take the keys."""
        self.detail.focus()

    @property
    def detail(self) -> EventDetail:
        """The pane."""
        return self.query_one(EventDetail)

    def on_copy_requested(self, message: CopyRequested) -> None:
        """Note what is asked for."""
        self.heard.append(message)

    def on_detail_closed(self, message: DetailClosed) -> None:
        """Note that it wants to be closed."""
        self.heard.append(message)


def an_event(data: object, number: int = 7, **fields: object) -> Event:
    text = data if isinstance(data, str) else json.dumps(data)
    made = Event(number, BEGAN + timedelta(seconds=number), "users", "login", text)
    return Event(
        made.number,
        made.received_at,
        made.topic,
        str(fields.get("type", "login")),
        text,
        str(fields.get("id", "")),
        bool(fields.get("own_id")),
        None if fields.get("source") is None else str(fields["source"]),
    )


def text_of(detail: EventDetail) -> list[str]:
    """The lines in sight."""
    height = detail.scrollable_content_region.height
    shown = [detail.render_line(y).text.rstrip() for y in range(height)]
    while shown and not shown[-1]:
        shown.pop()
    return shown
