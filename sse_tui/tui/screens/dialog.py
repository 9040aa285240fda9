"""What all dialogs have in common: a calm frame in the middle, Escape closes."""

from __future__ import annotations

from typing import TypeVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen

from sse_tui.tui.keymap import DIALOG_BINDINGS
from sse_tui.tui.sturdy import Sturdy

Result = TypeVar("Result")


class Dialog(Sturdy, ModalScreen[Result]):
    """A framed dialog; subclasses set `heading` and yield its content from `compose_content`."""

    BINDINGS = DIALOG_BINDINGS
    heading = ""

    def compose(self) -> ComposeResult:
        """The frame, with its title, around the content."""
        frame = Vertical(id="frame")
        frame.border_title = Content(self.heading).markup
        with frame:
            yield from self.compose_content()

    def compose_content(self) -> ComposeResult:
        """What stands inside the frame."""
        raise NotImplementedError

    def action_close(self) -> None:
        """Leave without doing anything."""
        self.dismiss(None)
