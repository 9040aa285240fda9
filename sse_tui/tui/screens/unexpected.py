"""The dialog for an error that nobody expected: what it was, and where its details are."""

from __future__ import annotations

from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Button, Static

from sse_tui.tui.screens.dialog import Dialog


class UnexpectedErrorScreen(Dialog[None]):
    """Says what went wrong, and lets the user go on or quit.

    Args:
        error: what was raised.
        log_file: where its traceback is.
    """

    def __init__(self, error: BaseException, log_file: Path | None) -> None:
        super().__init__()
        self.heading = "Something unexpected happened"
        self._error, self._log_file = error, log_file

    def compose_content(self) -> ComposeResult:
        """The error in one sentence, the place of the rest, and the two ways on."""
        words = f"{type(self._error).__name__}: {self._error}"[:500]
        place = (
            f"The details are in\n{self._log_file}"
            if self._log_file
            else "The details could not be written to a file."
        )
        yield Static(f"{words}\n\n{place}", markup=False)
        yield Static(
            "The streams go on and nothing received is lost. If a part of the screen no longer"
            " answers, quit and start again.",
            classes="hint",
        )
        with Horizontal(id="buttons"):
            yield Button("quit", id="quit", compact=True)
            yield Button("esc go on", id="close", compact=True)

    def on_mount(self) -> None:
        """Going on is the first choice."""
        self.query_one("#close").focus()

    @on(Button.Pressed, "#close")
    def _go_on(self) -> None:
        self.dismiss(None)

    @on(Button.Pressed, "#quit")
    def _quit(self) -> None:
        self.app.exit(return_code=1)
