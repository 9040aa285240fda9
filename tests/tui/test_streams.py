from __future__ import annotations

from pathlib import Path

from peers.hub_in_loop import Hub
from peers.hub_process import ServedHub
from peers.wire_server import Answer, WireServer
from textual.widgets import Input, OptionList
from tui.screen_app import Screen, running_app, sight, text_of

from sse_tui.tui.screens.confirm import ConfirmScreen
from sse_tui.tui.screens.subscribe import SubscribeScreen


async def open_subscribe(screen: Screen) -> SubscribeScreen:
    await screen.press("a")
    await screen.until(lambda: isinstance(screen.app.screen, SubscribeScreen))
    dialog = screen.app.screen
    assert isinstance(dialog, SubscribeScreen)
    return dialog


async def closed(screen: Screen) -> None:
    await screen.until(lambda: screen.app.screen is screen.main)


async def test_a_topic_is_named_and_opened(hub: Hub) -> None:
    async with running_app(hub.url, "orders") as screen:
        await open_subscribe(screen)
        await screen.type("logs")
        await screen.press("enter")
        await closed(screen)
        await screen.until_open("logs")
        assert screen.main.log_pane.views.active == "logs"


async def test_a_url_is_a_stream_too(hub: Hub) -> None:
    url = f"{hub.url}/events/orders"
    async with running_app(None) as screen:
        dialog = await open_subscribe(screen)
        dialog.query_one(Input).value = url
        await screen.press("enter")
        await closed(screen)
        await screen.until_open(url)


async def test_a_urls_password_is_sent_and_never_shown() -> None:
    async with WireServer([Answer(end="hold")] * 2) as server, running_app(None) as screen:
        dialog = await open_subscribe(screen)
        dialog.query_one(Input).value = server.url.replace("http://", "http://me:pw@")
        await screen.press("enter")
        await closed(screen)
        await screen.until_open(server.url)
        assert list(screen.service.subscriptions) == [server.url]
        await screen.press("x")  # left, and asked for once more
        await screen.until(lambda: not screen.service.subscriptions)
        await screen.press("r")
        await screen.until_open(server.url)
        authorized = [request.headers.get("authorization") for request in server.requests]
        assert authorized == ["Basic bWU6cHc="] * 2


async def test_the_servers_topics_are_offered(hub: Hub) -> None:
    await hub.post("orders", "1")
    await hub.post("other.orders", "1")
    await hub.post("logs", "1")
    async with running_app(hub.url, "logs") as screen:
        dialog = await open_subscribe(screen)
        known = dialog.query_one(OptionList)
        await screen.until(lambda: known.option_count == 2)  # not the one that is watched
        await screen.type("other")
        await screen.until(lambda: known.option_count == 1)
        await screen.press("down", "enter")
        await closed(screen)
        await screen.until_open("other.orders")


async def test_what_cannot_be_subscribed_to_is_told_in_the_dialog(hub: Hub) -> None:
    async with running_app(hub.url) as screen:
        dialog = await open_subscribe(screen)
        await screen.type("no blanks")
        await screen.press("enter")
        await screen.until(lambda: "×" in text_of(dialog.query_one("#verdict")))  # noqa: RUF001
        assert screen.app.screen is dialog
        await screen.press("escape")
        await closed(screen)
        assert not screen.service.subscriptions


async def test_leaving_a_topic_keeps_its_rows_until_they_are_dropped(hub: Hub) -> None:
    async with running_app(hub.url, "orders", "logs") as screen:
        await screen.until_open("orders", "logs")
        await hub.post("orders", '{"n":1}')
        log = screen.main.log_pane.log_view
        await screen.until(lambda: '{"n":1}' in text_of(log))
        await screen.press("x")
        await screen.until(lambda: "orders" not in screen.service.subscriptions)
        await screen.until(lambda: "left" in text_of(screen.main.sidebar))
        assert '{"n":1}' in text_of(log)

        await screen.press("x")
        await screen.until(lambda: isinstance(screen.app.screen, ConfirmScreen))
        assert "rows of orders" in sight(screen.app)
        await screen.press("n")
        await closed(screen)
        assert "orders" in screen.service.logs
        await screen.press("x", "y")
        await screen.until(lambda: "orders" not in screen.service.logs)
        await screen.until(lambda: "orders" not in text_of(screen.main.sidebar))
        assert screen.main.log_pane.views.active is None


async def test_a_topic_left_is_watched_again_by_reconnecting(hub: Hub) -> None:
    async with running_app(hub.url, "orders") as screen:
        await screen.until_open("orders")
        await screen.press("x")
        await screen.until(lambda: not screen.service.subscriptions)
        await screen.press("r")
        await screen.until_open("orders")


async def test_a_stream_that_an_agent_reads_too_is_not_closed_unasked(hub: Hub) -> None:
    async with running_app(hub.url, "orders") as screen:
        await screen.until_open("orders")
        await screen.service.subscribe("orders", owner="mcp-1")
        await screen.press("x")
        await screen.until(lambda: isinstance(screen.app.screen, ConfirmScreen))
        await screen.press("escape")
        await closed(screen)
        assert screen.service.subscriptions["orders"].owners == {"user", "mcp-1"}
        await screen.press("x", "y")
        await screen.until(lambda: "orders" not in screen.service.subscriptions)


async def test_a_hub_that_dies_leaves_a_gap_and_the_stream_goes_on(tmp_path: Path) -> None:
    async with ServedHub(tmp_path) as hub, running_app(hub.url, "orders") as screen:
        await screen.until_open("orders")
        await screen.service.send_event("orders", {"n": 1})
        log = screen.main.log_pane.log_view
        await screen.until(lambda: '{"n":1}' in text_of(log))
        await hub.kill()
        await screen.until(lambda: "retry" in text_of(screen.main.sidebar))
        await hub.start()
        await screen.press("r")
        await screen.until_open("orders")
        await screen.until(lambda: "gap" in text_of(log))
        await screen.service.send_event("orders", {"n": 2})
        await screen.until(lambda: '{"n":2}' in text_of(log))
        assert '{"n":1}' in text_of(log)
