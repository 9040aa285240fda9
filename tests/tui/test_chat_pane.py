from __future__ import annotations

import asyncio
from dataclasses import astuple
from typing import Any

from textual import events, on
from tui.screen_app import text_of
from tui.test_approval_card import ChatApp

from sse_tui.tui.messages import CitationOpened, CopyRequested, PaneLeft, TurnCancelRequested
from sse_tui.tui.widgets.answer import Answer
from sse_tui.tui.widgets.tool_call import ToolCall, arguments_in_words


class ListeningApp(ChatApp):
    """The pane alone, and what it says."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Any] = []

    @on(CitationOpened)
    @on(CopyRequested)
    @on(PaneLeft)
    @on(TurnCancelRequested)
    def _hear(self, message: object) -> None:
        self.heard.append(message)


def turns(app: ChatApp) -> str:
    return text_of(app.query_one("#chat-scroll"))


def lit(app: ChatApp) -> list[str]:
    """What stands under the cursor of citations."""
    strips = app.screen._compositor.render_strips()
    segments = [segment for strip in strips for segment in strip]
    return [part.text for part in segments if part.style and part.style.reverse]


def shown(app: ChatApp) -> str:
    strips = app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in strips)


async def test_a_question_is_asked_by_enter_and_can_be_recalled() -> None:
    async with ListeningApp().run_test(size=(50, 20)) as pilot:
        app = pilot.app
        assert isinstance(app, ListeningApp)
        app.pane.input.focus()
        await pilot.press(*"one", "enter", *"two", "enter", "enter")
        await pilot.pause()
        assert app.asked == ["one", "two"]
        await pilot.press("up", "up")
        assert app.pane.input.value == "one"
        await pilot.press("down", "down")
        assert app.pane.input.value == ""


async def test_one_turn_at_a_time_and_the_question_is_kept() -> None:
    async with ListeningApp().run_test(size=(50, 20)) as pilot:
        app = pilot.app
        assert isinstance(app, ListeningApp)
        app.pane.input.focus()
        await app.pane.begin_turn("first")
        assert "esc stops" in str(app.pane.border_subtitle)
        await pilot.press(*"more", "enter")
        await pilot.pause()
        assert app.asked == []
        assert app.pane.input.value == "more"
        await app.pane.end_turn()
        assert str(app.pane.border_subtitle) == "offline assistant"


async def test_escape_stops_a_turn_and_else_leaves() -> None:
    async with ListeningApp().run_test(size=(50, 20)) as pilot:
        app = pilot.app
        assert isinstance(app, ListeningApp)
        app.pane.input.focus()
        await app.pane.begin_turn("q")
        await pilot.press("escape")
        await app.pane.end_turn("stopped")
        await pilot.press("escape")
        await pilot.pause()
        assert [type(message) for message in app.heard] == [TurnCancelRequested, PaneLeft]
        assert "stopped" in shown(app)


async def test_an_answer_streams_as_markdown_with_its_citations_as_links() -> None:
    async with ListeningApp().run_test(size=(60, 30)) as pilot:
        app = pilot.app
        assert isinstance(app, ListeningApp)
        await app.pane.begin_turn("what failed?")
        for piece in ("Two **fail", "ed**:\n\n- one [ord", "ers#45", "23]\n- two [7]\n\n`[8]`"):
            await app.pane.write(piece)
        await app.pane.end_turn()
        await pilot.pause()
        seen = shown(app)
        assert "Two failed:" in seen
        assert "• one [orders#4523]" in seen
        answer = app.query_one(Answer)
        answer.post_message(Answer.LinkClicked(answer, "row:orders#4523"))
        answer.post_message(Answer.LinkClicked(answer, "row:#7"))
        answer.post_message(Answer.LinkClicked(answer, "https://example.org/"))
        await pilot.pause()
        assert [astuple(message) for message in app.heard] == [
            ("orders", 4523),
            (None, 7),
            ("https://example.org/", "link"),
        ]


async def test_citations_are_walked_and_followed_by_keys() -> None:
    async with ListeningApp().run_test(size=(50, 30)) as pilot:
        app = pilot.app
        assert isinstance(app, ListeningApp)
        app.pane.input.focus()
        await pilot.press("shift+tab")
        assert not isinstance(app.focused, Answer)  # there is nothing to walk
        for text in (
            "See [a#1] and\n\n- [b#2]\n",
            "None here.",
            "Then [c#3].",
            "| x |\n|-|\n| [d#4] |",
        ):
            await app.pane.begin_turn("?")
            await app.pane.write(text)
            await app.pane.end_turn()
        await pilot.pause()
        app.pane.input.focus()
        await pilot.pause()
        bound = app.screen.active_bindings["shift+tab"]
        assert (bound.binding.id, bound.enabled) == ("chat.citations", True)
        plain = shown(app)

        async def follow(*keys: str) -> CitationOpened:
            await pilot.press(*keys, "enter")
            await pilot.pause()
            (*_, cited) = app.heard
            assert isinstance(cited, CitationOpened)
            return cited

        assert await follow("shift+tab") == CitationOpened("d", 4)
        assert await follow("up") == CitationOpened("c", 3)
        assert await follow("up") == CitationOpened("b", 2)
        assert await follow("left") == CitationOpened("a", 1)
        assert await follow("up") == CitationOpened("a", 1)  # the first
        assert lit(app) == ["[a#1]"]
        assert await follow("down") == CitationOpened("b", 2)
        assert lit(app) == ["[b#2]"]
        await pilot.press("escape")
        await pilot.pause()
        assert app.pane.input.has_focus
        assert lit(app) == []
        assert shown(app) == plain
        await pilot.press("shift+tab", "tab")
        await pilot.pause()
        assert app.pane.input.has_focus


async def test_an_answer_that_goes_on_loses_nothing_to_the_cursor() -> None:
    async with ListeningApp().run_test(size=(50, 30)) as pilot:
        app = pilot.app
        assert isinstance(app, ListeningApp)
        app.pane.input.focus()
        await app.pane.begin_turn("?")
        await app.pane.write("See [a#1] and")
        answer = app.query_one(Answer)
        async with asyncio.timeout(10):
            while not answer.has_links:
                await pilot.pause()
            await pilot.press("shift+tab")
            await app.pane.write(" [b#2], both.")
            while "both" not in shown(app):
                await pilot.pause()
        await pilot.press("escape")
        await pilot.pause()
        assert "See [a#1] and [b#2], both." in shown(app)


async def test_a_citation_can_be_clicked() -> None:
    async with ListeningApp().run_test(size=(60, 30)) as pilot:
        app = pilot.app
        assert isinstance(app, ListeningApp)
        await app.pane.begin_turn("q")
        await app.pane.write("[orders#12] came")
        await app.pane.end_turn()
        await pilot.pause()
        await pilot.click(Answer, offset=(3, 0))
        await pilot.pause()
        (cited,) = app.heard
        assert isinstance(cited, CitationOpened)
        assert (cited.topic, cited.number) == ("orders", 12)


async def test_what_a_model_writes_is_shown_not_obeyed() -> None:
    async with ListeningApp().run_test(size=(60, 30)) as pilot:
        app = pilot.app
        assert isinstance(app, ListeningApp)
        await app.pane.begin_turn("[bold]q[/]\x1b[2J")
        await app.pane.write("a <b>tag</b> \x1b[31m ![pic](http://example.org/x.png) [red]r[/]")
        await app.pane.end_turn()
        await pilot.pause()
        seen = shown(app)
        for text in ("[bold]q[/]\\x1b[2J", "<b>tag</b>", "\\x1b[31m", "!pic", "[red]r[/]"):
            assert text in seen
        assert "\x1b" not in seen


async def test_a_tool_call_shows_what_it_does_and_how_long_it_took() -> None:
    async with ListeningApp().run_test(size=(44, 30)) as pilot:
        app = pilot.app
        assert isinstance(app, ListeningApp)
        await app.pane.begin_turn("q")
        await app.pane.show_call("1", "search_events", {"query": "level:error", "last": 20})
        call = app.query_one(ToolCall)
        await pilot.pause()
        assert text_of(call).split("\n")[0].split() == ["◐", "search_events"]
        await app.pane.finish_call("1", ok=True, output="x", ms=1234)
        await pilot.pause()
        first, second = text_of(call).split("\n")
        assert first.split() == ["✓", "search_events", "1,234", "ms"]
        assert second.strip() == "level:error, last 20"


async def test_a_call_that_failed_says_why_and_one_that_was_denied_says_so() -> None:
    async with ListeningApp().run_test(size=(44, 30)) as pilot:
        app = pilot.app
        assert isinstance(app, ListeningApp)
        await app.pane.begin_turn("q")
        for call_id in "123":
            await app.pane.show_call(call_id, "subscribe", {"topic": "a"})
        await app.pane.finish_call("1", ok=False, output="no such topic\nmore", ms=3)
        await app.pane.finish_call("2", ok=False, output="", ms=0, denied=True)
        await app.pane.end_turn()
        await pilot.pause()
        failed, denied, stopped = (text_of(call) for call in app.query(ToolCall))
        assert "× subscribe" in failed  # noqa: RUF001 - the sign of a failure
        assert "no such topic" in failed
        assert "denied" in denied
        assert "stopped" in stopped


def test_arguments_are_words_on_one_line() -> None:
    words = arguments_in_words({"topic": "a\nb", "limit": 5, "event": None, "data": {"n": 1}})
    assert words == 'a\\nb, limit 5, {"n": 1}'
    assert len(arguments_in_words({"data": "x" * 9999})) < 500


async def test_the_newest_turn_stays_in_sight_and_the_first_begins_at_the_top() -> None:
    async with ListeningApp().run_test(size=(44, 14)) as pilot:
        app = pilot.app
        assert isinstance(app, ListeningApp)
        await app.pane.begin_turn("first question")
        await pilot.pause()
        assert shown(app).splitlines()[0].strip(" ─╭╮│") == "first question"
        await app.pane.write("\n\n".join(f"line {n}" for n in range(30)))
        await app.pane.end_turn()
        await pilot.pause()
        assert "line 29" in shown(app)
        app.pane.input.focus()
        await pilot.press("pageup")
        await pilot.pause()
        assert "line 29" not in shown(app)


async def test_all_of_a_pasted_text_is_taken() -> None:
    async with ListeningApp().run_test(size=(44, 14)) as pilot:
        app = pilot.app
        assert isinstance(app, ListeningApp)
        app.pane.input.focus()
        app.post_message(events.Paste("what\n  failed\r\nnow?\n"))
        await pilot.pause()
        assert app.pane.input.value == "what failed now?"
        assert app.asked == []
