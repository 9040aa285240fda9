"""Filters over logs that are too large to be looked through between two keys."""

from __future__ import annotations

from peers.hub_in_loop import Hub
from textual.widgets import Input
from tui.log_app import LogApp, numbered, payloads, press
from tui.screen_app import running_app, sight

from sse_tui.events.query import parse_query
from sse_tui.tui.widgets.log_extent import AT_ONCE

SIZE = (90, 14)
MANY = 3 * AT_ONCE


def search_all(app: LogApp) -> None:
    while app.log_view.search_older(0.001):
        pass


async def test_the_newest_matches_are_there_at_once_and_stay_in_place() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE):
        app.arrive(*numbered(MANY))
        app.log_view.filter(parse_query('/"n":.*77}/'))
        assert app.view.searching
        before = payloads(app.log_view)
        assert before[-1] == f'{{"n":{MANY - (MANY - 77) % 100}}}'
        search_all(app)
        assert not app.view.searching
        assert len(app.view) == (MANY - 77) // 100 + 1
        assert payloads(app.log_view) == before


async def test_a_place_among_older_rows_is_found_again() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE):
        app.arrive(*numbered(MANY))
        app.log_view.go_to("t", 150)
        app.log_view.filter(parse_query('/"n":.*77}/'))
        search_all(app)
        assert app.log_view.cursor == ("t", 177)
        assert '{"n":177}' in payloads(app.log_view)


async def test_a_reader_who_went_on_is_not_taken_back() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE) as pilot:
        app.arrive(*numbered(MANY))
        app.log_view.go_to("t", 150)
        app.log_view.filter(parse_query('/"n":.*7}/'))
        await press(pilot, ["j"])
        cursor = app.log_view.cursor
        search_all(app)
        assert app.log_view.cursor == cursor


async def test_cleared_rows_stay_hidden_while_the_search_goes_on() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE) as pilot:
        rows = numbered(MANY)
        app.arrive(*rows[:500])
        await press(pilot, ["C"])
        app.arrive(*rows[500:])
        app.log_view.filter(parse_query('/"n":.*77}/'))
        search_all(app)
        await press(pilot, ["g"])
        assert payloads(app.log_view)[0] == '{"n":577}'


async def test_a_paused_view_ends_where_it_was_paused_while_the_search_goes_on() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE) as pilot:
        rows = numbered(MANY)
        app.arrive(*rows[:500])
        await press(pilot, ["p"])
        app.arrive(*rows[500:])
        app.log_view.filter(parse_query('/"n":.*77}/'))
        search_all(app)
        assert payloads(app.log_view)[-1] == '{"n":477}'


async def test_the_count_says_that_the_search_goes_on() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE) as pilot:
        app.bar.open()
        app.bar.query_one(Input).value = "7"
        await pilot.pause()
        app.bar.show_count(6, 1234, searching=True)
        assert str(app.bar.query_one("#filter-result").render()) == "6 of 1,234 …"


async def test_the_pane_looks_through_all_rows_without_being_asked(hub: Hub) -> None:
    async with running_app(hub.url, "orders") as screen:
        await screen.until_open("orders")
        await hub.post_many("orders", [f'{{"n":{n}}}' for n in range(1, 1 + MANY)])
        await screen.until(lambda: screen.service.totals.events == MANY)
        await screen.press("slash")
        screen.main.log_pane.filter_bar.query_one(Input).value = "data.n ~ /7$/"
        kept = screen.service.totals.rows
        await screen.until(lambda: f"{MANY // 10} of {kept:,} " in sight(screen.app))
        assert "…" not in str(screen.main.log_pane.query_one("#filter-result").render())
