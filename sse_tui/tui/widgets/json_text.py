"""A JSON text as coloured, safe content for a widget that shows it whole."""

from __future__ import annotations

from textual.content import Content

from sse_tui.events.format import pretty
from sse_tui.tui.widgets.json_spans import payload_pieces

_ROLES = {
    "key": "$json-key",
    "string": "$json-string",
    "number": "$json-number",
    "word": "$json-number",
    "punctuation": "$muted",
    "escape": "$waiting",
}


def json_content(text: str) -> Content:
    """`text`, laid out if it is JSON, else as it is; nothing in it reaches the terminal raw."""
    laid_out = pretty(text)
    lines = (text if laid_out is None else laid_out).split("\n")
    return Content("\n").join(_line(line, as_json=laid_out is not None) for line in lines)


def _line(text: str, *, as_json: bool) -> Content:
    pieces = payload_pieces(text, as_json=as_json)
    return Content.assemble(*((piece.text, _ROLES.get(piece.role, "")) for piece in pieces))
