from __future__ import annotations

from peers.hub_in_loop import Hub
from textual import events
from textual.widgets import Button
from tui.screen_app import Screen, running_app, sight, text_of

from sse_tui.client.options import ClientOptions
from sse_tui.events.model import Event
from sse_tui.tui.screens.compose import ComposeScreen
from sse_tui.tui.setup import AppSetup
from sse_tui.tui.widgets.json_editor import JsonEditor
from sse_tui.tui.widgets.send_guard import GuardedInput


def dialog(screen: Screen) -> ComposeScreen:
    assert isinstance(screen.app.screen, ComposeScreen)
    return screen.app.screen


def editor(screen: Screen) -> JsonEditor:
    return dialog(screen).query_one(JsonEditor)


def field(screen: Screen, name: str) -> GuardedInput:
    return dialog(screen).query_one(f"#{name}", GuardedInput)


def verdict(screen: Screen) -> str:
    return text_of(dialog(screen).query_one("#verdict")).strip()


async def open_compose(screen: Screen, topic: str = "", body: str = "") -> None:
    await screen.press("s")
    await screen.until(lambda: isinstance(screen.app.screen, ComposeScreen))
    if topic:
        field(screen, "topic").value = topic
    editor(screen).load_text(body)
    editor(screen).focus()
    await screen.pilot.pause()


async def send(screen: Screen) -> None:
    """^j as a terminal names it that leaves no doubt."""
    screen.app.post_message(events.Key("ctrl+j", None))
    await screen.pilot.pause()


async def closed(screen: Screen) -> None:
    await screen.until(lambda: screen.app.screen is screen.main)


async def test_a_topic_that_looks_like_a_url_can_be_sent_to() -> None:
    topic, hub = "https://example.com/books/1", "http://127.0.0.1:9"
    options = ClientOptions(dialect="mercure")
    async with running_app(hub, topic, options=options) as screen:
        await screen.until(lambda: screen.main.log_pane.views.active == topic)
        await open_compose(screen)
        assert field(screen, "topic").value == topic
    async with running_app(hub, topic) as screen:
        await screen.until(lambda: screen.main.log_pane.views.active == topic)
        await open_compose(screen)
        assert field(screen, "topic").value == ""


async def test_a_pattern_is_not_offered_as_a_topic_to_send_to(hub: Hub) -> None:
    async with running_app(hub.url, "orders.*") as screen:
        await screen.until_open("orders.*")
        await screen.until(lambda: screen.main.log_pane.views.active == "orders.*")
        await open_compose(screen)
        assert field(screen, "topic").value == ""


async def test_a_sent_event_comes_back_in_the_log(hub: Hub) -> None:
    async with running_app(hub.url, "orders") as screen:
        await screen.until_open("orders")
        await open_compose(screen, body='{\n  "n": 1\n}')
        assert field(screen, "topic").value == "orders"
        field(screen, "event").value = "order_paid"
        await send(screen)
        await closed(screen)
        log = screen.service.logs["orders"]
        await screen.until(lambda: log.events == 1)
        (event,) = [row for row in log.read(1, 99) if isinstance(row, Event)]
        assert (event.type, event.data) == ("order_paid", '{\n  "n": 1\n}')
        assert any("Sent" in toast and event.id in toast for toast in screen.toasts)
        assert screen.main.would_be_lost() == []


async def test_the_button_sends_too(hub: Hub) -> None:
    async with running_app(hub.url, "orders") as screen:
        await screen.until_open("orders")
        await open_compose(screen, body="1")
        dialog(screen).query_one("#send", Button).press()
        await closed(screen)
        await screen.until(lambda: screen.service.logs["orders"].events == 1)


async def test_invalid_json_is_marked_and_nothing_is_sent(hub: Hub) -> None:
    async with running_app(hub.url, "orders") as screen:
        await screen.until_open("orders")
        await open_compose(screen, body='{\n  "a": 1\n  "b": 2\n}')
        assert verdict(screen) == "line 3, column 3: expecting ',' delimiter"
        await send(screen)
        assert "nothing sent: line 3, column 3" in verdict(screen)
        assert editor(screen).cursor_location == (2, 2)
        style = editor(screen).get_line(2).get_style_at_offset(screen.app.console, 2)
        assert style.underline
        assert (await hub.client.get("/topics")).json() == []
        await screen.press("end", "backspace", "x")
        assert "nothing sent" not in verdict(screen)


async def test_a_topic_is_needed(hub: Hub) -> None:
    async with running_app(hub.url) as screen:
        await open_compose(screen, body="{}")
        await send(screen)
        assert "name a topic" in verdict(screen)
        assert field(screen, "topic").has_focus


async def test_a_refused_event_keeps_the_draft_and_shows_the_answer(hub: Hub) -> None:
    async with running_app(hub.url) as screen:
        await open_compose(screen, topic="orders", body='{"n":1}')
        field(screen, "event").value = "hub.gap"  # the hub's own
        await screen.pilot.pause()
        await send(screen)
        await screen.until(lambda: "hub." in verdict(screen) and "×" in verdict(screen))  # noqa: RUF001
        assert editor(screen).text == '{"n":1}'
        await screen.press("escape")
        await open_again(screen)
        assert editor(screen).text == '{"n":1}'


async def open_again(screen: Screen) -> None:
    await closed(screen)
    await screen.press("s")
    await screen.until(lambda: isinstance(screen.app.screen, ComposeScreen))


async def test_a_server_that_is_down_keeps_the_draft() -> None:
    async with running_app("http://127.0.0.1:9") as screen:
        await open_compose(screen, topic="orders", body='{"n":1}')
        await send(screen)
        await screen.until(lambda: "×" in verdict(screen))  # noqa: RUF001
        assert editor(screen).text == '{"n":1}'


async def test_drafts_survive_closing_and_stand_in_the_way_of_quitting() -> None:
    async with running_app() as screen:
        await open_compose(screen, topic="orders", body="{")
        field(screen, "event").value = "order_paid"
        await screen.press("escape")
        await open_again(screen)
        assert (field(screen, "topic").value, editor(screen).text) == ("orders", "{")
        assert field(screen, "event").value == "order_paid"
        await screen.press("escape")
        await closed(screen)
        await screen.press("q")
        await screen.until(lambda: "has not been sent" in sight(screen.app))
        await screen.press("enter")  # the first choice loses nothing
        await closed(screen)
        await screen.press("q", "y")
        await screen.until(lambda: screen.app._exit)


async def test_a_bracketed_paste_is_text(hub: Hub) -> None:
    async with running_app(hub.url) as screen:
        await open_compose(screen, topic="orders")
        screen.app.post_message(events.Paste('{\n"n":1\n}\n'))
        await screen.until(lambda: editor(screen).text == '{\n"n":1\n}\n')
        assert screen.app.screen is dialog(screen)


async def test_a_paste_of_single_keys_never_sends(hub: Hub) -> None:
    async with running_app(hub.url) as screen:
        await open_compose(screen, topic="orders")
        for character in '\n{"n":1}\n':
            name = "ctrl+j" if character == "\n" else character
            screen.app.post_message(events.Key(name, character))
        await screen.until(lambda: editor(screen).text == '\n{"n":1}\n')
        assert editor(screen)._pending is None
        assert dialog(screen)._delivery is None


async def test_a_paste_into_a_field_never_sends(hub: Hub) -> None:
    async with running_app(hub.url) as screen:
        await open_compose(screen, topic="orders", body="{}")
        field(screen, "topic").focus()
        await screen.pilot.pause()
        for character in "ab\n":
            name = "ctrl+j" if character == "\n" else character
            screen.app.post_message(events.Key(name, character))
        await screen.until(lambda: field(screen, "event").has_focus)
        assert dialog(screen)._delivery is None


async def test_the_key_of_an_old_terminal_sends_after_a_moment(hub: Hub) -> None:
    async with running_app(hub.url, "orders") as screen:
        await screen.until_open("orders")
        await open_compose(screen, topic="orders", body="{}")
        screen.app.post_message(events.Key("ctrl+j", "\n"))
        await closed(screen)
        await screen.until(lambda: screen.service.logs["orders"].events == 1)


async def test_a_remapped_key_sends_and_the_old_one_does_not(hub: Hub) -> None:
    setup = AppSetup(keymap={"compose.send": "f5"})
    async with running_app(hub.url, setup=setup) as screen:
        await open_compose(screen, topic="orders", body="{}")
        await send(screen)
        assert dialog(screen)._delivery is None
        await screen.press("f5")
        await closed(screen)


async def test_enter_in_a_field_goes_on_and_sends_nothing(hub: Hub) -> None:
    async with running_app(hub.url) as screen:
        await open_compose(screen, topic="orders", body="{}")
        field(screen, "topic").focus()
        await screen.press("enter")
        assert field(screen, "event").has_focus
        await screen.press("enter")
        assert editor(screen).has_focus


async def test_known_topics_are_suggested(hub: Hub) -> None:
    async with running_app(hub.url, "orders_eu") as screen:
        await screen.until_open("orders_eu")
        await screen.press("3")  # nothing there
        await open_compose(screen)
        field(screen, "topic").value = ""
        field(screen, "topic").focus()
        await screen.press(*"or")
        await screen.until(lambda: field(screen, "topic")._suggestion == "orders_eu")
        await screen.press("right")
        assert field(screen, "topic").value == "orders_eu"
