"""The main screen: topics, log and agent side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Static

from sse_tui.tui.keymap import MAIN_BINDINGS
from sse_tui.tui.setup import AppSetup

if TYPE_CHECKING:
    from sse_tui.client.service import EventService


class MainScreen(Screen[None]):
    """Everything at a glance."""

    BINDINGS = MAIN_BINDINGS

    def __init__(self, service: EventService, setup: AppSetup) -> None:
        super().__init__()
        self.service = service
        self.setup = setup

    def compose(self) -> ComposeResult:
        """Lay out the panes."""
        yield Static("sse-tui", id="status-bar")
        with Horizontal(id="panes"):
            yield Static("Topics", id="topics")
            with Vertical(id="center"):
                yield Static("log", id="log")
            yield Static("Agent", id="agent")
