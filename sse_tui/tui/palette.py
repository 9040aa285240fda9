"""The colours of the screen by role: our own two palettes, and what a foreign theme gives instead.

Every role is a theme variable: `$open` in a stylesheet, `app.theme_variables["open"]` in code.
"""

from __future__ import annotations

from collections.abc import Mapping

from textual.color import Color
from textual.theme import Theme

ROLES = (
    "open",
    "waiting",
    "failed",
    "stopped",
    "focus",
    "bar",
    "selection",
    "line",
    "muted",
    "faint",
    "type-1",
    "type-2",
    "type-3",
    "type-4",
    "json-string",
    "json-number",
    "json-key",
)
"""`focus` is the one accent, `bar` the ground of header and footer, `line` an idle border.

`faint` is below readable contrast on purpose: nothing may stand in it alone.
"""

GROUND = {"dark": "#0e1318", "light": "#f6f7f5"}
TEXT = {"dark": "#c9d3db", "light": "#24313a"}

DARK: Mapping[str, str] = {
    "open": "#7ccf7a",
    "waiting": "#e9b15a",
    "failed": "#ef6f6c",
    "stopped": "#a58cf0",
    "focus": "#4fc1d9",
    "bar": "#121920",
    "selection": "#1d2a35",
    "line": "#26313b",
    "muted": "#82919e",
    "faint": "#465462",
    "type-1": "#6cb8f6",
    "type-2": "#d49bf2",
    "type-3": "#e6c07b",
    "type-4": "#7fd1b9",
    "json-string": "#9fd08c",
    "json-number": "#e2a478",
    "json-key": "#7fb4d8",
}
LIGHT: Mapping[str, str] = {
    "open": "#2c7d3b",
    "waiting": "#8f5b00",
    "failed": "#b3312d",
    "stopped": "#6a4bc4",
    "focus": "#0b7188",
    "bar": "#ffffff",
    "selection": "#e3eef2",
    "line": "#cfd6d9",
    "muted": "#5d6b75",
    "faint": "#9aa6ad",
    "type-1": "#1763a8",
    "type-2": "#8a3fb0",
    "type-3": "#866000",
    "type-4": "#1b7a63",
    "json-string": "#2f7a35",
    "json-number": "#a1571b",
    "json-key": "#1f5f93",
}

_TERMINAL: Mapping[str, str] = {
    "open": "ansi_green",
    "waiting": "ansi_yellow",
    "failed": "ansi_red",
    "stopped": "ansi_magenta",
    "focus": "ansi_cyan",
    "bar": "ansi_default",
    "selection": "ansi_default",
    "line": "ansi_bright_black",
    "muted": "ansi_default",
    "faint": "ansi_bright_black",
    "type-1": "ansi_blue",
    "type-2": "ansi_magenta",
    "type-3": "ansi_yellow",
    "type-4": "ansi_cyan",
    "json-string": "ansi_green",
    "json-number": "ansi_yellow",
    "json-key": "ansi_blue",
}
"""For the themes that leave colours to the terminal: nothing can be mixed there, and no ground is
known on which all of these can be read. What is selected is reversed instead."""

READABLE = 4.5
"""Least contrast of text on its ground (WCAG 2.2, 1.4.3)."""


def contrast(one: Color, other: Color) -> float:
    """The contrast ratio of two opaque colours, 1 to 21 (WCAG 2.2)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def derive_roles(theme: Theme) -> dict[str, str]:
    """The roles for a theme that does not define them, from the colours that it has."""
    if theme.ansi:
        return dict(_TERMINAL)
    colors = theme.to_color_system().generate()
    ground, text = Color.parse(colors["background"]), Color.parse(colors["foreground"])

    def readable(name: str) -> str:
        return _readable(Color.parse(colors[name]), ground, text).hex6

    violet = Color.parse("#a58cf0" if theme.dark else "#6a4bc4")
    return {
        "open": readable("success"),
        "waiting": readable("warning"),
        "failed": readable("error"),
        "stopped": _readable(violet, ground, text).hex6,
        "focus": readable("primary"),
        "bar": colors["surface"],
        "selection": ground.blend(Color.parse(colors["primary"]), 0.22, alpha=1).hex6,
        "line": ground.blend(text, 0.2, alpha=1).hex6,
        "muted": _readable(ground.blend(text, 0.5, alpha=1), ground, text).hex6,
        "faint": ground.blend(text, 0.35, alpha=1).hex6,
        "type-1": readable("primary"),
        "type-2": readable("accent"),
        "type-3": readable("warning"),
        "type-4": readable("secondary"),
        "json-string": readable("success"),
        "json-number": readable("accent"),
        "json-key": readable("primary"),
    }


def _readable(color: Color, ground: Color, text: Color) -> Color:
    """`color`, moved towards `text` until it can be read on `ground`."""
    for step in range(0, 11):
        moved = color.blend(text, step / 10, alpha=1)
        if contrast(moved, ground) >= READABLE:
            return moved
    return text


def _luminance(color: Color) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in color.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
