"""An editor for one JSON text, in the theme's colours; ^j sends it, a paste never does."""

from __future__ import annotations

from rich.style import Style
from rich.text import Text
from textual.widgets import TextArea

from sse_tui.tui.json_check import JsonFault, find_fault
from sse_tui.tui.widgets.json_spans import json_tokens
from sse_tui.tui.widgets.send_guard import SendGuard

_ROLES = {
    "key": "json-key",
    "string": "json-string",
    "number": "json-number",
    "word": "json-number",
    "punctuation": "muted",
}


class JsonEditor(SendGuard, TextArea):
    """A text area for JSON that knows where its text stops being JSON."""

    def __init__(self, text: str = "", *, id: str | None = None, placeholder: str = "") -> None:  # noqa: A002 - Textual's name for it
        super().__init__(
            text,
            soft_wrap=True,
            tab_behavior="focus",
            show_line_numbers=True,
            highlight_cursor_line=False,
            placeholder=placeholder,
            id=id,
        )
        self._marked: JsonFault | None = None
        self._colors: dict[str, Style] = {}

    @property
    def fault(self) -> JsonFault | None:
        """Where the text is not JSON; None when it is."""
        return find_fault(self.text)

    def mark(self, fault: JsonFault) -> None:
        """Put the cursor on the fault and underline it, until the text changes."""
        self._marked = fault
        self.move_cursor((fault.line - 1, fault.column - 1), center=True)
        self.focus()
        self.notify_style_update()

    def on_mount(self) -> None:
        """Take the colours of the app's theme, now and whenever it changes."""
        self._take_theme()
        self.app.theme_changed_signal.subscribe(self, lambda _: self._take_theme())

    def _take_theme(self) -> None:
        colors = self.app.theme_variables
        self._colors = {token: _style(colors[role]) for token, role in _ROLES.items()}
        self._colors["fault"] = _style(colors["failed"], "bold underline")
        self.notify_style_update()

    def get_line(self, line_index: int) -> Text:
        """The line in colours, with the fault underlined if it is there.

        Not by tree-sitter: its 0.26 ends the process in the middle of an edit.
        """
        line = super().get_line(line_index)
        for start, end, role in json_tokens(line.plain):
            if role in self._colors:
                line.stylize(self._colors[role], start, end)
        if self._marked is not None and self._marked.line - 1 == line_index:
            at = min(self._marked.column - 1, max(len(line) - 1, 0))
            line.stylize(self._colors["fault"], at, at + 1)
        return line

    def take_line_feed(self) -> None:
        """A pasted line feed is one more line."""
        self.insert("\n")

    def on_text_area_changed(self) -> None:
        """A changed text carries no old mark."""
        if self._marked is not None:
            self._marked = None
            self.notify_style_update()


def _style(color: str, more: str = "") -> Style:
    """A theme variable as a rich style: themes of the terminal's own colours say `ansi_red`."""
    return Style.parse(f"{more} {color.removeprefix('ansi_').lower()}")
