"""The log in every theme, and without colours."""

from __future__ import annotations

import pytest
from rich.color import Color
from rich.style import Style
from textual.color import Color as TextualColor
from textual.theme import BUILTIN_THEMES
from tui.log_app import LogApp, event, numbered, press

from sse_tui.tui.widgets.log_view import EventLogView


def styles(view: EventLogView, line: int) -> list[tuple[str, Style]]:
    strip = view.render_lines(view.size.region)[line]
    return [(segment.text.strip(), segment.style or Style()) for segment in strip]


def is_grey(color: Color | None) -> bool:
    return color is None or color.triplet is None or len(set(color.triplet)) == 1


def theme_color(app: LogApp, role: str) -> Color:
    return TextualColor.parse(app.theme_variables[role]).rich_color


async def test_every_theme_colours_the_rows_and_shows_the_cursor() -> None:
    app = LogApp()
    async with app.run_test(size=(80, 8)) as pilot:
        app.arrive(event({"key": "text"}, "login"), event({"key": 5}, "login"))
        await press(pilot, ["g"])
        for theme in ("sse-dark", "sse-light", *BUILTIN_THEMES):
            app.theme = theme
            await pilot.pause()
            under, plain = styles(app.log_view, 0), styles(app.log_view, 1)
            colours = {text: style.color for text, style in plain if text}
            distinct = {colours[text] for text in ("login", '"key"', "5", "{")}
            assert len(distinct) >= 3, theme
            assert all(style.bgcolor is not None for _, style in plain), theme
            grounds = {(style.bgcolor, style.reverse) for _, style in under[:-1]}
            if theme.startswith("ansi"):
                assert all(style.reverse for _, style in under[:-1])
            assert colours["login"] == theme_color(app, "type-1"), theme
            assert grounds.isdisjoint((style.bgcolor, style.reverse) for _, style in plain), theme


async def test_rows_take_the_colours_of_a_new_theme_at_once() -> None:
    app = LogApp()
    async with app.run_test(size=(80, 8)) as pilot:
        app.arrive(*numbered(2))
        dark = styles(app.log_view, 0)
        app.theme = "sse-light"
        await pilot.pause()
        light = styles(app.log_view, 0)
        assert [text for text, _ in dark] == [text for text, _ in light]
        assert all(
            one.bgcolor != other.bgcolor for (_, one), (_, other) in zip(dark, light, strict=True)
        )


async def test_without_colours_the_cursor_and_matches_can_still_be_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = LogApp()
    async with app.run_test(size=(80, 8)) as pilot:
        app.arrive(event("needle in a haystack"), event("hay"))
        app.bar.open()
        await press(pilot, [*"needle", "enter", "escape", "g"])
        under, plain = styles(app.log_view, 0), styles(app.log_view, 1)
        assert all(style.reverse for _, style in under[:-1])
        assert not any(style.reverse for _, style in plain)
        assert [text for text, style in under if style.underline] == ["needle"]
        assert all(is_grey(style.color) and is_grey(style.bgcolor) for _, style in under + plain)
