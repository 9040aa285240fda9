from __future__ import annotations

import pytest
from peers.hub_in_loop import Hub
from textual import events
from textual.keys import _character_to_key
from textual.widgets import Input
from tui.screen_app import Screen, running_app

from sse_tui.tui.screens.subscribe import SubscribeScreen


def at_once(screen: Screen, text: str) -> None:
    """Keys as the driver posts them when they come out of the terminal in one read."""
    for letter in text:
        screen.app.post_message(events.Key(_character_to_key(letter), letter))


@pytest.mark.parametrize("word", ["initialized", "quit", "paxrCs"])
async def test_letters_that_come_with_the_slash_are_the_filter(hub: Hub, word: str) -> None:
    async with running_app(hub.url, "orders") as screen:
        await screen.until_open("orders")
        at_once(screen, f"/{word}")
        field = screen.main.log_pane.filter_bar.query_one(Input)
        await screen.until(lambda: field.value == word)
        assert screen.app.screen is screen.main
        assert not screen.main.log_pane.log_view.paused


async def test_letters_that_come_with_a_dialogs_key_are_its_text(hub: Hub) -> None:
    async with running_app(hub.url, "orders") as screen:
        await screen.until_open("orders")
        at_once(screen, "aquotes")
        await screen.until(lambda: isinstance(screen.app.screen, SubscribeScreen))
        field = screen.app.screen.query_one(Input)
        await screen.until(lambda: field.value == "quotes")


async def test_a_paste_keeps_its_place_among_the_keys(hub: Hub) -> None:
    async with running_app(hub.url, "orders") as screen:
        await screen.until_open("orders")
        at_once(screen, "/")
        screen.app.post_message(events.Paste("pasted"))
        at_once(screen, "!")
        field = screen.main.log_pane.filter_bar.query_one(Input)
        await screen.until(lambda: field.value == "pasted!")


async def test_escape_lifts_the_filter_and_then_puts_its_matches_out(hub: Hub) -> None:
    async with running_app(hub.url, "orders") as screen:
        await screen.until_open("orders")
        at_once(screen, "/open")
        await screen.press("enter", "escape")
        log_view = screen.main.log_pane.log_view
        await screen.until(lambda: not screen.main.log_pane.filter_bar.text)
        assert log_view.is_lit
        await screen.press("escape")
        assert not log_view.is_lit
