"""The keys of the event log; each has an id under which the configuration can remap it."""

from __future__ import annotations

from textual.binding import Binding, BindingType


def _key(keys: str, action: str, description: str, name: str, *, show: bool = False) -> Binding:
    return Binding(keys, action, description, id=f"log.{name}", show=show)


LOG_BINDINGS: list[BindingType] = [
    _key("down,j", "move(1)", "next row", "down"),
    _key("up,k", "move(-1)", "previous row", "up"),
    _key("pagedown", "page(1)", "next page", "page-down"),
    _key("pageup", "page(-1)", "previous page", "page-up"),
    _key("ctrl+d", "page(0.5)", "half a page down", "half-page-down"),
    _key("ctrl+u", "page(-0.5)", "half a page up", "half-page-up"),
    _key("home,g", "to_first", "first row", "first"),
    _key("end,G", "to_end", "last row, and follow", "end"),
    _key("right,l", "sideways(8)", "payload to the right", "right"),
    _key("left,h", "sideways(-8)", "payload to the left", "left"),
    _key("f", "toggle_follow", "follow", "toggle-follow", show=True),
    _key("p", "toggle_pause", "pause", "toggle-pause", show=True),
    _key("enter", "select", "detail", "detail", show=True),
    _key("y,c", "copy", "copy", "copy", show=True),
    _key("t", "next_time_form", "time: delta, clock, relative", "time-form"),
    _key("w", "toggle_wrap", "wrap long rows", "toggle-wrap"),
    _key("P", "toggle_pretty", "payloads coloured, or as they came", "toggle-pretty"),
    _key("m", "mark", "mark the row", "mark"),
    _key("u", "to_mark(1)", "next mark", "next-mark"),
    _key("U", "to_mark(-1)", "previous mark", "previous-mark"),
    _key("n", "to_match(1)", "next match", "next-match"),
    _key("N", "to_match(-1)", "previous match", "previous-match"),
    _key("C", "clear", "clear the view, or undo it", "clear"),
]
