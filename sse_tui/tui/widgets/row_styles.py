"""The styles of log rows, taken from a widget's component classes so that every theme works."""

from __future__ import annotations

from rich.style import Style
from textual.color import Color
from textual.widget import Widget

from sse_tui.tui.widgets.row_strips import ROLES

PREFIX = "row--"

COMPONENTS = {f"{PREFIX}{role}" for role in (*ROLES, "cursor", "thumb")}

CSS = """
    & > .row--text { color: $foreground; }
    & > .row--muted { color: $muted; }
    & > .row--quiet { color: $muted 70%; }
    & > .row--faint { color: $faint; }
    & > .row--open { color: $open; }
    & > .row--waiting { color: $waiting; }
    & > .row--failed { color: $failed; }
    & > .row--stopped { color: $stopped; }
    & > .row--type-1 { color: $type-1; }
    & > .row--type-2 { color: $type-2; }
    & > .row--type-3 { color: $type-3; }
    & > .row--type-4 { color: $type-4; }
    & > .row--key { color: $json-key; }
    & > .row--string { color: $json-string; }
    & > .row--number { color: $json-number; }
    & > .row--word { color: $json-number; }
    & > .row--punctuation { color: $muted; }
    & > .row--escape { color: $waiting; }
    & > .row--mark { color: $focus; text-style: bold; }
    & > .row--match { background: $waiting 22%; text-style: bold; }
    & > .row--cursor { background: $selection; }
    & > .row--thumb { color: $line; }
    &:nocolor > .row--match { text-style: bold underline; }
    &:nocolor > .row--cursor { text-style: reverse; }
    &:ansi > .row--match { background: ansi_default; text-style: bold underline; }
    &:ansi > .row--cursor { color: ansi_default; background: ansi_default; text-style: reverse; }
"""
"""Rules for the component classes, to stand inside a widget's own rule."""


def ground(widget: Widget) -> Color:
    """The colour that a widget's rows stand on."""
    return widget.background_colors[1]


def component(widget: Widget, role: str, on: Color) -> Style:
    """One component class as a style, its colours mixed with the ground they stand on.

    What the class does not set stays unset, so that the style can be laid over another.
    """
    rules = widget.get_component_styles(PREFIX + role)
    color = rules.color if rules.has_rule("color") else None
    background = rules.background if rules.has_rule("background") else None
    return rules.text_style + Style(
        color=None if color is None else (on + color).rich_color,
        bgcolor=None if background is None else (on + background).rich_color,
    )


def row_styles(widget: Widget, *, cursor: bool = False) -> dict[str, Style]:
    """A style for each part of a row; see `row_strips.ROLES`.

    Args:
        widget: has the component classes `COMPONENTS`.
        cursor: for the row under the cursor.
    """
    on = ground(widget)
    base = Style(color=widget.styles.color.rich_color, bgcolor=on.rich_color)
    over = Style.null()
    if cursor:
        over = component(widget, "cursor", on)
        on = on + widget.get_component_styles(f"{PREFIX}cursor").background
    styles = {role: base + component(widget, role, on) + over for role in ROLES}
    styles["match"] = component(widget, "match", on)
    return styles
