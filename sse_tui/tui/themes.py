"""Our two themes, and an app base that gives every theme the colour roles of `palette`."""

from __future__ import annotations

from collections.abc import Mapping

from textual.app import App
from textual.theme import Theme

from sse_tui.tui.palette import DARK, GROUND, LIGHT, TEXT, derive_roles

DEFAULT_THEME = "sse-dark"


def _theme(name: str, shade: str, roles: Mapping[str, str]) -> Theme:
    ground, text, focus = GROUND[shade], TEXT[shade], roles["focus"]
    return Theme(
        name=name,
        dark=shade == "dark",
        primary=focus,
        secondary=roles["type-1"],
        accent=focus,
        warning=roles["waiting"],
        error=roles["failed"],
        success=roles["open"],
        foreground=text,
        background=ground,
        surface=roles["bar"],
        panel=roles["bar"],
        variables={
            **roles,
            "border": focus,
            "border-blurred": roles["line"],
            "block-cursor-background": roles["selection"],
            "block-cursor-foreground": text,
            "block-cursor-blurred-background": roles["selection"],
            "block-hover-background": roles["bar"],
            "footer-key-foreground": focus,
            "footer-description-foreground": roles["muted"],
            "input-cursor-background": focus,
            "input-selection-background": f"{focus} 30%",
            "scrollbar": roles["line"],
            "scrollbar-hover": roles["faint"],
            "scrollbar-active": roles["muted"],
            "scrollbar-background": ground,
            "link-color": focus,
            "markdown-h1-color": text,
            "markdown-h2-color": text,
            "markdown-h3-color": text,
        },
    )


SSE_DARK = _theme("sse-dark", "dark", DARK)
SSE_LIGHT = _theme("sse-light", "light", LIGHT)


class ThemedApp(App[None]):
    """An app in which `sse-dark`, `sse-light` and all of Textual's themes have our colour roles."""

    def __init__(self) -> None:
        super().__init__()
        self.register_theme(SSE_DARK)
        self.register_theme(SSE_LIGHT)
        self.theme = DEFAULT_THEME

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The colour roles of a theme that does not define them itself."""
        return derive_roles(self.current_theme)
