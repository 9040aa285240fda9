"""One tool call of the agent: what it does, how long it took, with which arguments."""

from __future__ import annotations

import json
from typing import Any

from textual.app import RenderResult
from textual.content import Content
from textual.widget import Widget

from sse_tui.events.format import escape
from sse_tui.tui.glyphs import DONE, FAILED, WAITING
from sse_tui.tui.widgets.text_line import fit, spread

_LONGEST = 400


class ToolCall(Widget):
    """Two lines: state, name and duration; then the arguments, or the error.

    Args:
        name: the tool.
        arguments: as the call is made with them.
    """

    DEFAULT_CSS = """
    ToolCall { height: auto; margin-bottom: 1; }
    """

    def __init__(self, name: str, arguments: dict[str, Any]) -> None:
        super().__init__()
        self._tool = name
        self._arguments = arguments
        self._glyph, self._role, self._right, self._fault = WAITING, "waiting", "", ""

    def run_with(self, arguments: dict[str, Any]) -> None:
        """The call is made now, with these arguments (the user may have edited them)."""
        self._arguments = arguments
        self.refresh(layout=True)

    def finish(self, *, ok: bool, output: str, ms: int, denied: bool = False) -> None:
        """The call has ended; `output` is shown only when it failed."""
        if ok:
            self._glyph, self._role, self._right = DONE, "open", f"{ms:,} ms"
        elif denied:
            self._glyph, self._role, self._right = FAILED, "stopped", "denied"
        else:
            self._glyph, self._role, self._right = FAILED, "failed", f"{ms:,} ms"
            self._fault = next((line for line in output.splitlines() if line.strip()), "failed")
        self.refresh(layout=True)

    def stop(self) -> None:
        """The turn ended while the call was still under way."""
        if self._glyph == WAITING:
            self._glyph, self._role, self._right = FAILED, "stopped", "stopped"
            self.refresh(layout=True)

    def render(self) -> RenderResult:
        """The lines, in the width that there is."""
        width = self.content_size.width
        head = Content.assemble((self._glyph, f"${self._role}"), " ", escape(self._tool))
        lines = [spread(head, Content.styled(self._right, "$muted"), width)]
        if words := arguments_in_words(self._arguments):
            lines.append(fit(Content.styled(f"  {words}", "$muted"), width))
        if self._fault:
            lines.append(Content.styled(f"  {escape(self._fault)[:_LONGEST]}", "$failed"))
        return Content("\n").join(lines)


def arguments_in_words(arguments: dict[str, Any]) -> str:
    """Arguments on one line, the usual single one without its name: `user_events, last 20`."""
    words = []
    for name, value in arguments.items():
        if value is None or value == "":
            continue
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        bare = name in ("topic", "query", "data")
        words.append(text if bare else f"{name.replace('_', ' ')} {text}")
    return escape(", ".join(words))[:_LONGEST]
