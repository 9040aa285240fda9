from __future__ import annotations

from pathlib import Path

import pytest
from textual.app import ComposeResult
from textual.color import Color
from textual.theme import BUILTIN_THEMES
from textual.widgets import OptionList

from sse_tui.events.model import StreamState
from sse_tui.tui import app as tui_app
from sse_tui.tui.palette import DARK, GROUND, LIGHT, READABLE, ROLES, TEXT, contrast
from sse_tui.tui.themes import ThemedApp
from sse_tui.tui.widgets.log_tabs import LogTab, LogTabs
from sse_tui.tui.widgets.topic_sidebar import TopicFacts, TopicSidebar

APP_STYLES = Path(tui_app.__file__).with_name("app.tcss")
GROUND_ROLES = {"bar", "selection", "line"}
NOT_FOR_TEXT_ALONE = "faint"


class ChoosingApp(ThemedApp):
    """Places in which one of several things is selected."""

    CSS_PATH = APP_STYLES

    def __init__(self) -> None:
        super().__init__()
        self.tabs, self.sidebar = LogTabs(), TopicSidebar()
        self.options = OptionList("one", "two")

    def compose(self) -> ComposeResult:
        """Tabs and topics."""
        yield self.tabs
        yield self.options
        yield self.sidebar

    def on_mount(self) -> None:
        """Select the first of each."""
        self.tabs.show([LogTab("one"), LogTab("two")], "one")
        state = StreamState.OPEN
        self.sidebar.show([TopicFacts("one", state), TopicFacts("two", state)], "one")


async def test_every_theme_gives_every_role() -> None:
    app = ThemedApp()
    async with app.run_test() as pilot:
        assert set(BUILTIN_THEMES) < set(app.available_themes)
        for name in app.available_themes:
            app.theme = name
            await pilot.pause()
            missing = [role for role in ROLES if not app.theme_variables.get(role)]
            assert missing == [], name
            for role in ROLES:
                Color.parse(app.theme_variables[role])


async def test_text_can_be_read_in_foreign_themes() -> None:
    app = ThemedApp()
    async with app.run_test() as pilot:
        for name in sorted(set(BUILTIN_THEMES) - {"ansi-dark", "ansi-light"}):
            app.theme = name
            await pilot.pause()
            ground = Color.parse(app.theme_variables["background"])
            # A theme whose own text is below the measure cannot be bettered.
            text = contrast(Color.parse(app.theme_variables["foreground"]), ground)
            for role in set(ROLES) - GROUND_ROLES - {NOT_FOR_TEXT_ALONE}:
                color = Color.parse(app.theme_variables[role])
                assert contrast(color, ground) >= min(READABLE, text) - 0.05, (name, role)


@pytest.mark.parametrize(("shade", "roles"), [("dark", DARK), ("light", LIGHT)])
def test_our_themes_can_be_read_on_ground_and_bar(shade: str, roles: dict[str, str]) -> None:
    for ground in (GROUND[shade], roles["bar"]):
        assert contrast(Color.parse(TEXT[shade]), Color.parse(ground)) > 7
        for role in set(ROLES) - GROUND_ROLES - {NOT_FOR_TEXT_ALONE}:
            assert contrast(Color.parse(roles[role]), Color.parse(ground)) >= READABLE, role


@pytest.mark.parametrize("theme", ["ansi-dark", "ansi-light"])
async def test_what_is_selected_is_reversed_where_the_terminal_has_the_colours(theme: str) -> None:
    app = ChoosingApp()
    async with app.run_test(size=(40, 12)) as pilot:
        app.theme = theme
        await pilot.pause()
        for widget, chosen, other in ((app.tabs, "one", "two"), (app.sidebar, "one", "two")):
            styles = {
                segment.text.strip(): segment.style
                for strip in widget.render_lines(widget.size.region)
                for segment in strip
                if segment.style is not None
            }
            assert styles[chosen].reverse, widget
            assert not styles[other].reverse, widget
        app.options.highlighted = 0
        await pilot.pause()
        grounds = {
            segment.text.strip(): segment.style.bgcolor
            for strip in app.options.render_lines(app.options.size.region)
            for segment in strip
            if segment.style is not None
        }
        assert grounds["one"] != grounds["two"]


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast(Color.parse("#000000"), Color.parse("#ffffff")) == pytest.approx(21)
    assert contrast(Color.parse("#777777"), Color.parse("#ffffff")) == pytest.approx(4.48, abs=0.01)
