"""The one sentence of a terminal that is too small for the program."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.widgets import Static

LEAST = Size(60, 15)


def is_too_small(size: Size) -> bool:
    """Whether the panes would be broken at this size."""
    return size.width < LEAST.width or size.height < LEAST.height


class TooSmallScreen(ModalScreen[None]):
    """Covers everything until the terminal is larger."""

    DEFAULT_CSS = """
    TooSmallScreen { align: center middle; background: $background; }
    TooSmallScreen Static { width: auto; max-width: 100%; text-align: center; }
    """

    def compose(self) -> ComposeResult:
        """The sentence."""
        yield Static(
            f"sse-tui needs {LEAST.width} columns and {LEAST.height} lines.\n"
            "Make the terminal larger, or its font smaller.\n"
            "The streams go on meanwhile; ^q quits."
        )
