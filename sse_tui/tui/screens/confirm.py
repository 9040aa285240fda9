"""A question with yes and no, where no is the way that loses nothing."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Button, Static

from sse_tui.tui.screens.dialog import Dialog


class ConfirmScreen(Dialog[bool]):
    """Ask before something is lost; closes with True for yes.

    Args:
        heading: what is asked, a few words.
        text: what would happen.
        yes, no: what the two buttons say.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "yes", id="confirm.yes"),
        Binding("n", "answer(False)", "no", id="confirm.no"),
    ]

    def __init__(self, heading: str, text: str, *, yes: str, no: str) -> None:
        super().__init__()
        self.heading = heading
        self._text, self._yes, self._no = text, yes, no

    def compose_content(self) -> ComposeResult:
        """The text and the two buttons."""
        yield Static(self._text, markup=False)
        with Horizontal(id="buttons"):
            yield Button(f"n {self._no}", id="no", compact=True)
            yield Button(f"y {self._yes}", id="yes", compact=True)

    def on_mount(self) -> None:
        """Enter on the first thing that has the focus loses nothing."""
        self.query_one("#no").focus()

    @on(Button.Pressed)
    def _answer(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "yes")

    def action_answer(self, answer: bool) -> None:
        """Close with the answer."""
        self.dismiss(answer)

    def action_close(self) -> None:
        """Escape is no."""
        self.dismiss(False)
