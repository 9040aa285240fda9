from __future__ import annotations

import json
from typing import Any

import pytest
from textual import on
from textual.app import ComposeResult
from textual.pilot import Pilot
from textual.widgets import Static
from tui.screen_app import running_app, text_of

from sse_tui.tui.messages import ApprovalDecided, QuestionAsked
from sse_tui.tui.themes import ThemedApp
from sse_tui.tui.widgets.approval_card import DEAF_S, ApprovalCard
from sse_tui.tui.widgets.chat import ChatPane
from sse_tui.tui.widgets.json_editor import JsonEditor

CALL: dict[str, Any] = {"topic": "ops.alerts", "event": "alert", "data": {"level": "warn", "n": 3}}


class ChatApp(ThemedApp):
    """The pane alone, and a clock that stands still until it is moved."""

    now_s = 100.0

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[ApprovalDecided] = []
        self.asked: list[str] = []

    def compose(self) -> ComposeResult:
        yield ChatPane("offline assistant", id="agent", clock=lambda: self.now_s)

    @property
    def pane(self) -> ChatPane:
        return self.query_one(ChatPane)

    @property
    def card(self) -> ApprovalCard:
        card = self.pane.card
        assert card is not None
        return card

    @on(ApprovalDecided)
    def _take(self, answer: ApprovalDecided) -> None:
        self.answers.append(answer)

    @on(QuestionAsked)
    def _ask(self, question: QuestionAsked) -> None:
        self.asked.append(question.text)


async def with_card(pilot: Pilot[None], arguments: dict[str, Any] | None = None) -> ChatApp:
    """A card that was shown long ago and has the focus."""
    app = pilot.app
    assert isinstance(app, ChatApp)
    app.pane.input.focus()
    await app.pane.begin_turn("tell ops")
    await app.pane.ask_approval("call-1", "send_event", arguments or CALL)
    await pilot.pause()
    app.card.focus()
    await pilot.pause()
    app.now_s += DEAF_S
    return app


@pytest.mark.parametrize(("key", "decision"), [("a", "once"), ("s", "session"), ("d", "deny")])
async def test_a_key_decides(key: str, decision: str) -> None:
    async with ChatApp().run_test(size=(60, 40)) as pilot:
        app = await with_card(pilot)
        await pilot.press(key)
        await pilot.pause()
        (answer,) = app.answers
        assert (answer.call_id, answer.decision, answer.arguments) == ("call-1", decision, None)


async def test_keys_meant_for_what_stood_there_before_do_nothing() -> None:
    async with ChatApp().run_test(size=(60, 40)) as pilot:
        app = await with_card(pilot)
        app.now_s -= 0.001
        await pilot.press("a", "s", "d", "e")
        await pilot.pause()
        assert app.answers == []
        assert not app.query(JsonEditor)
        app.now_s += 0.001
        await pilot.press("a")
        await pilot.pause()
        assert len(app.answers) == 1


async def test_enter_and_space_never_approve() -> None:
    async with ChatApp().run_test(size=(60, 40)) as pilot:
        app = await with_card(pilot)
        await pilot.press("enter", "space", "ctrl+j", "y")
        await pilot.pause()
        assert app.answers == []
        assert app.pane.card is not None


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (160, 45)])
async def test_its_keys_stand_on_one_line_and_stand_out(size: tuple[int, int]) -> None:
    async with running_app(size=size) as screen:
        screen.main.panes.set_shown("agent", True)
        screen.main.chat.display = True
        await screen.main.chat.begin_turn("tell ops")
        await screen.main.chat.ask_approval("call-1", "send_event", CALL)
        card = screen.main.chat.card
        assert card is not None
        await screen.until(lambda: card.query_one("#keys").size.width > 0)
        words = ["a", "once", "s", "session", "e", "edit", "d", "deny"]
        for focused in (False, True):
            if focused:
                card.focus()
                await screen.pilot.pause()
                await screen.pilot.pause()
            keys = card.query_one("#keys", Static)
            shown = text_of(keys).replace("\N{NO-BREAK SPACE}", " ").split("\n")
            assert [line.split() for line in shown] == [words]
            (strip,) = keys.render_lines(keys.size.region)
            bold = [part.text.strip() for part in strip if part.style and part.style.bold]
            assert [text for text in bold if text] == list("ased")


async def test_a_card_never_takes_the_focus_from_the_line() -> None:
    async with ChatApp().run_test(size=(60, 40)) as pilot:
        app = pilot.app
        assert isinstance(app, ChatApp)
        app.pane.input.focus()
        await app.pane.begin_turn("tell ops")
        await app.pane.ask_approval("call-1", "send_event", CALL)
        app.now_s += DEAF_S
        await pilot.press(*"as")
        await pilot.pause()
        assert app.answers == []
        assert app.pane.input.value == "as"
        assert "^y" in str(app.card.border_subtitle)


async def test_the_card_shows_the_whole_target_and_body() -> None:
    body = {f"key-{n}": "x" * 50 for n in range(40)}
    target = "https://example.org/" + "deep/" * 30
    async with ChatApp().run_test(size=(60, 40)) as pilot:
        app = await with_card(pilot, {"topic": target, "data": body, "idempotency_key": "abc"})
        head = text_of(app.card.query_one("#head")).replace("\n", "").replace(" ", "")
        assert target in head
        shown = app.card.query_one("#body")
        whole = text_of(shown).replace("\n", "")
        assert all(f'"key-{n}"' in whole for n in range(40))
        assert "idempotency_key abc" in whole
        scroll = shown.parent
        assert scroll is not None
        keys = app.card.query_one("#keys").region
        assert app.card.region.contains_region(keys)
        assert keys.height > 0
        await pilot.press("pagedown", "down")
        await pilot.pause()
        assert app.card.query_one("VerticalScroll").scroll_offset.y == 9


async def test_untrusted_text_is_shown_not_obeyed() -> None:
    async with ChatApp().run_test(size=(60, 40)) as pilot:
        app = await with_card(pilot, {"topic": "a\x1b[31m", "data": "[bold]\u202e"})
        shown = text_of(app.card.query_one("#head")) + text_of(app.card.query_one("#body"))
        assert "a\\x1b[31m" in shown
        assert "[bold]\\u202e" in shown


async def test_an_edit_goes_along_with_the_answer() -> None:
    async with ChatApp().run_test(size=(60, 40)) as pilot:
        app = await with_card(pilot)
        await pilot.press("e")
        await pilot.pause()
        editor = app.query_one(JsonEditor)
        assert json.loads(editor.text) == CALL
        editor.load_text('{"topic": "ops.alerts", "data": 4}')
        await pilot.pause()
        await app.card.run_action("keep_edit")
        await pilot.pause()
        assert app.answers == []  # an edit is no approval
        assert "edited" in text_of(app.card.query_one("#head"))
        assert "4" in text_of(app.card.query_one("#body"))
        await pilot.press("a")
        await pilot.pause()
        assert app.answers[0].arguments == {"topic": "ops.alerts", "data": 4}


@pytest.mark.parametrize(("text", "reason"), [("{", "line 1"), ("[]", "an object")])
async def test_an_edit_that_is_no_object_stays_open(text: str, reason: str) -> None:
    async with ChatApp().run_test(size=(60, 40)) as pilot:
        app = await with_card(pilot)
        await pilot.press("e")
        await pilot.pause()
        app.query_one(JsonEditor).load_text(text)
        await pilot.pause()
        await app.card.run_action("keep_edit")
        await pilot.pause()
        assert reason in text_of(app.card.query_one("#keys"))
        assert app.query(JsonEditor)


async def test_an_edit_is_undone_by_escape_and_leaves_the_card() -> None:
    async with ChatApp().run_test(size=(60, 40)) as pilot:
        app = await with_card(pilot)
        await pilot.press("e")
        await pilot.pause()
        app.query_one(JsonEditor).load_text("{}")
        await pilot.press("escape")
        await pilot.pause()
        assert not app.query(JsonEditor)
        assert app.card.has_focus
        await pilot.press("escape")
        await pilot.pause()
        assert app.pane.input.has_focus
        assert app.answers == []


async def test_cards_come_one_after_the_other() -> None:
    async with ChatApp().run_test(size=(60, 40)) as pilot:
        app = await with_card(pilot)
        await app.pane.ask_approval("call-2", "unsubscribe", {"topic": "orders"})
        assert app.card.call_id == "call-1"
        await app.pane.finish_call("call-1", ok=True, output="", ms=3)
        await pilot.pause()
        assert app.card.call_id == "call-2"
        assert "unsubscribe orders" in text_of(app.card.query_one("#head"))
        await app.pane.end_turn()
        assert app.pane.card is None


async def test_the_focus_may_leave_a_card_that_is_being_taken_away() -> None:
    async with ChatApp().run_test(size=(60, 40)) as pilot:
        app = await with_card(pilot)
        card = app.card
        card.focus()
        await pilot.pause()
        await card.query_one("#keys").remove()  # removal takes the children first
        app.pane.input.focus()
        await pilot.pause()
        assert not card.has_focus
