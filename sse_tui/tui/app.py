"""The full-screen program: themes, keymap, screens; no feature logic."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sse_tui.tui.keymap import APP_BINDINGS
from sse_tui.tui.screens.main import MainScreen
from sse_tui.tui.setup import AppSetup
from sse_tui.tui.themes import ThemedApp

if TYPE_CHECKING:
    from sse_tui.client.service import EventService


class SseTuiApp(ThemedApp, inherit_bindings=False):
    """The app over a client service that its maker opened, and closes.

    Args:
        service: the streams, events and logs.
        setup: what the command line found out.
    """

    CSS_PATH = Path(__file__).parent / "app.tcss"
    TITLE = "sse-tui"
    BINDINGS = APP_BINDINGS

    def __init__(self, service: EventService, *, setup: AppSetup) -> None:
        super().__init__()
        self.service = service
        self.setup = setup

    def get_default_screen(self) -> MainScreen:
        """The main screen."""
        return MainScreen(self.service, self.setup)
