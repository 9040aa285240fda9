from __future__ import annotations

import pytest
from peers.hub_in_loop import Hub
from textual.widgets import Input
from tui.screen_app import NOW, Screen, running_app, sight, text_of

from sse_tui.events.model import Event
from sse_tui.tui.messages import CitationOpened
from sse_tui.tui.widgets.event_detail import EventDetail
from sse_tui.tui.widgets.status_bar import StatusBar


def lines(screen: Screen) -> str:
    return text_of(screen.main.log_pane.log_view)


async def test_events_appear_where_they_belong(hub: Hub) -> None:
    async with running_app(hub.url, "orders", "logs") as screen:
        await screen.until_open("orders", "logs")
        await hub.post("orders", '{"n":1}', event="order_paid")
        await hub.post("logs", '{"n":2}')
        await screen.until(lambda: "order_paid" in lines(screen))
        assert '{"n":2}' not in lines(screen)
        await screen.until(lambda: screen.main.log_pane.views.unread()["logs"] == 1)
        await screen.until(lambda: "logs" in text_of(screen.main.log_pane.tabs))
        await screen.until(lambda: "logs 1" in text_of(screen.main.log_pane.tabs))

        await screen.press("right_square_bracket")
        await screen.until(lambda: '{"n":2}' in lines(screen))
        assert screen.main.log_pane.views.unread()["logs"] == 0
        await screen.press("3")  # All
        await screen.until(lambda: "order_paid" in lines(screen) and '{"n":2}' in lines(screen))


async def test_the_status_bar_says_where_we_are_and_how_the_streams_are(hub: Hub) -> None:
    async with running_app(hub.url, "orders", "http://127.0.0.1:9/") as screen:
        await screen.until_open("orders")
        bar = screen.main.query_one(StatusBar)
        await screen.until(lambda: "● 1 open" in text_of(bar) and "◐ 1" in text_of(bar))
        assert hub.url in text_of(bar)
        assert NOW.astimezone().strftime("%H:%M:%S") in text_of(bar)


async def test_the_sidebar_says_what_is_wrong_with_a_stream(hub: Hub) -> None:
    async with running_app(hub.url, "orders", f"{hub.url}/nothing") as screen:
        await screen.until_open("orders")
        await screen.until(lambda: "404" in text_of(screen.main.sidebar))
        await screen.until(lambda: "● orders" in text_of(screen.main.sidebar))
        shown = text_of(screen.main.sidebar)
        assert "● orders" in shown
        assert "×" in shown  # noqa: RUF001 - the sign of a failed stream
        await screen.until(lambda: any("nothing" in toast for toast in screen.toasts))


async def test_a_stream_that_waits_counts_down(hub: Hub) -> None:
    async with running_app(None, "http://127.0.0.1:9/") as screen:
        await screen.until(lambda: "retry" in text_of(screen.main.sidebar))
        assert "◐" in text_of(screen.main.sidebar)


async def test_the_sidebar_is_walked_by_keys_and_by_mouse(hub: Hub) -> None:
    async with running_app(hub.url, "a", "b", "c") as screen:
        await screen.until_open("a", "b", "c")
        assert screen.main.log_pane.views.active == "a"
        await screen.press("ctrl+b")
        assert screen.main.sidebar.has_focus
        await screen.press("j", "j", "j")
        assert screen.main.log_pane.views.active == "c"
        await screen.press("home", "down")
        assert screen.main.log_pane.views.active == "b"
        await screen.press("enter")
        assert screen.main.log_pane.log_view.has_focus
        await screen.pilot.click("#topics", offset=(5, 5))
        await screen.pilot.pause()
        assert screen.main.log_pane.views.active == "c"


async def test_enter_opens_the_detail_and_escape_closes_things_one_by_one(hub: Hub) -> None:
    async with running_app(hub.url, "orders") as screen:
        await screen.until_open("orders")
        for n in range(3):
            await hub.post("orders", f'{{"n":{n}}}')
        await screen.until(lambda: '{"n":2}' in lines(screen))
        pane = screen.main.log_pane
        await screen.press("slash", *"n", "enter")
        assert pane.filter_bar.text == "n"
        await screen.press("enter")
        detail = screen.main.query_one(EventDetail)
        assert detail.display
        assert '"n": 2' in text_of(detail)
        await screen.press("up")
        assert '"n": 1' in text_of(detail)
        await screen.press("escape")
        assert not detail.display
        assert pane.filter_bar.text == "n"
        await screen.press("escape")
        assert pane.filter_bar.text == ""


async def test_the_filter_counts_what_it_lets_through(hub: Hub) -> None:
    async with running_app(hub.url, "orders") as screen:
        await screen.until_open("orders")
        for n in range(4):
            await hub.post("orders", f'{{"n":{n}}}')
        await screen.until(lambda: '{"n":3}' in lines(screen))
        await screen.press("slash")
        await screen.type("/:2/")
        await screen.until(lambda: "1 of " in sight(screen.app))
        assert '{"n":3}' not in lines(screen)
        await hub.post("orders", '{"n":2,"again":true}')
        await screen.until(lambda: "2 of " in sight(screen.app))


async def test_letters_act_from_the_sidebar_too_but_never_from_a_field(hub: Hub) -> None:
    async with running_app(hub.url, "orders") as screen:
        await screen.until_open("orders")
        log = screen.main.log_pane.log_view
        await screen.press("ctrl+b", "p")
        assert log.paused
        await screen.until(lambda: "paused" in text_of(screen.main.sidebar))
        await screen.press("ctrl+g")
        await screen.press(*"psax?q")
        assert screen.main.chat.input.value == "psax?q"
        assert log.paused
        assert screen.app.screen is screen.main


@pytest.mark.parametrize(
    ("width", "topics", "agent"), [(80, False, False), (100, True, False), (120, True, True)]
)
async def test_side_panes_stand_where_there_is_room(width: int, topics: bool, agent: bool) -> None:
    async with running_app(size=(width, 30)) as screen:
        assert (screen.main.sidebar.display, screen.main.chat.display) == (topics, agent)


async def test_at_80_columns_one_pane_lies_over_the_log(hub: Hub) -> None:
    async with running_app(hub.url, "orders", size=(80, 24)) as screen:
        log_width = screen.main.log_pane.size.width
        await screen.press("ctrl+b")
        assert screen.main.sidebar.display
        assert screen.main.sidebar.has_focus
        assert screen.main.log_pane.size.width == log_width
        await screen.press("ctrl+g")
        assert not screen.main.sidebar.display
        assert screen.main.chat.input.has_focus
        await screen.press("escape")
        assert not screen.main.chat.display
        assert screen.main.log_pane.log_view.has_focus


async def test_zoom_leaves_the_log_alone(hub: Hub) -> None:
    async with running_app(hub.url, "orders") as screen:
        await screen.press("z")
        assert not screen.main.sidebar.display
        assert not screen.main.chat.display
        await screen.press("z")
        assert screen.main.sidebar.display
        assert screen.main.chat.display


async def test_the_way_to_a_pane_and_out_of_it() -> None:
    async with running_app() as screen:
        await screen.press("ctrl+g")
        assert screen.main.chat.input.has_focus
        await screen.press("ctrl+g")
        assert not screen.main.chat.display
        assert screen.main.log_pane.log_view.has_focus


async def test_what_is_copied_is_the_exact_data(hub: Hub) -> None:
    async with running_app(hub.url, "orders") as screen:
        await screen.until_open("orders")
        await hub.post("orders", '{"text": "a\\u001b[31m"}')
        await screen.until(lambda: "u001b" in lines(screen))
        await screen.press("y")
        assert screen.app.clipboard == '{"text": "a\\u001b[31m"}'
        assert any("Copied" in toast for toast in screen.toasts)


async def test_payloads_never_reach_the_terminal_raw(hub: Hub) -> None:
    async with running_app(hub.url, "orders") as screen:
        await screen.until_open("orders")
        await hub.post("orders", '{"a":"[bold red]x[/]","b":"\u202e\u200b"}')
        await screen.until(lambda: "[bold red]x[/]" in lines(screen))
        await screen.press("enter")
        shown = sight(screen.app)
        assert "\\u202e" in shown
        assert not {"\x1b", "\u202e", "\u200b"} & set(shown)


async def test_nothing_watched_says_what_to_do() -> None:
    async with running_app() as screen:
        assert "Nothing is watched yet" in lines(screen)
        assert "a subscribes" in lines(screen)


async def test_the_bottom_line_shows_keys_that_can_be_used_here() -> None:
    async with running_app(size=(120, 30)) as screen:
        bottom = sight(screen.app).splitlines()[-1]
        assert bottom.split() == [
            *("s", "send", "/", "filter", "f", "follow", "p", "pause", "⏎", "detail", "y", "copy"),
            *("e", "export", "^b", "topics", "^g", "agent", "^p", "palette", "?", "help"),
        ]
        await screen.press("ctrl+g")
        bottom = sight(screen.app).splitlines()[-1]
        assert bottom.split() == [
            *("^n", "send", "^b", "topics", "^g", "agent", "^p", "palette", "F1", "help")
        ]
        assert isinstance(screen.app.focused, Input)


async def test_the_bottom_line_can_be_clicked() -> None:
    async with running_app(size=(120, 30)) as screen:
        await screen.pilot.click(offset=(2, 29))
        await screen.until(lambda: screen.app.screen is not screen.main)


async def test_each_tab_keeps_its_filter(hub: Hub) -> None:
    async with running_app(hub.url, "orders", "logs") as screen:
        await screen.until_open("orders", "logs")
        await hub.post("orders", '{"n":1}')
        await hub.post("logs", '{"n":1}')
        await screen.until(lambda: '{"n":1}' in lines(screen))
        bar = screen.main.log_pane.filter_bar
        await screen.press("slash")
        await screen.type("nowhere")
        await screen.press("enter")
        await screen.until(lambda: '{"n":1}' not in lines(screen))
        await screen.press("2")
        assert not bar.is_open
        assert '{"n":1}' in lines(screen)
        await screen.press("1")
        assert bar.text == "nowhere"
        assert '{"n":1}' not in lines(screen)


async def test_a_citation_leads_to_its_row(hub: Hub) -> None:
    async with running_app(hub.url, "orders", "logs") as screen:
        await screen.until_open("orders", "logs")
        for n in range(3):
            await hub.post("logs", f'{{"n":{n}}}')
        await screen.until(lambda: screen.service.logs["logs"].events == 3)
        row = next(r for r in screen.service.logs["logs"].read(1, 99) if isinstance(r, Event))
        screen.main.chat.post_message(CitationOpened("logs", row.number))
        await screen.until(lambda: screen.main.log_pane.log_view.cursor == ("logs", row.number))
        assert screen.main.log_pane.views.active == "logs"
        assert f"{row.number} message" in sight(screen.app)
        screen.main.chat.post_message(CitationOpened("logs", 999))
        await screen.until(lambda: any("999" in toast for toast in screen.toasts))
