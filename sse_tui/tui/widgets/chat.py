"""The agent's pane: questions, tool calls, answers, approvals, and the line to ask in."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from sse_tui.events.format import escape
from sse_tui.tui.glyphs import FAILED, PROMPT, WAITING
from sse_tui.tui.messages import (
    AnswerLeft,
    ApprovalDecided,
    CardLeft,
    PaneLeft,
    QuestionAsked,
    TurnCancelRequested,
)
from sse_tui.tui.sturdy import Sturdy
from sse_tui.tui.widgets.answer import Answer
from sse_tui.tui.widgets.approval_card import ApprovalCard
from sse_tui.tui.widgets.chat_turns import ChatTurns
from sse_tui.tui.widgets.tool_call import ToolCall

HINTS = (
    "Ask what the streams hold, or have something done:",
    "what failed just now?",
    "last 5 events",
    "subscribe to orders.*",
    "explain SSE",
)


class _QuestionInput(Input):
    """A line that takes all of a pasted text, not only its first line."""

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        self.insert_text_at_cursor(" ".join(event.text.split()))


class ChatPane(Sturdy, Vertical):
    """The conversation with the agent; knows nothing of how it is held.

    Args:
        label: who answers.
        clock: monotonic seconds, for the approval cards.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "stop, or back to the log", id="chat.leave", show=False),
        Binding("up", "recall(-1)", "previous question", id="chat.previous", show=False),
        Binding("down", "recall(1)", "next question", id="chat.next", show=False),
        Binding("pageup", "scroll(-1)", "page up", id="chat.page-up", show=False),
        Binding("pagedown", "scroll(1)", "page down", id="chat.page-down", show=False),
        Binding(
            "shift+tab", "cite", "citations", id="chat.citations", tooltip="walk the citations"
        ),
    ]

    DEFAULT_CSS = """
    ChatPane {
        #chat-scroll { height: 1fr; scrollbar-size-vertical: 1; }
        #chat-turns { height: auto; min-height: 100%; padding: 0 1; }
        #chat-approvals { height: auto; }
        #chat-line { height: 1; background: $bar; padding: 0 0 0 1; }
        #chat-line:focus-within { background: $selection; }
        #chat-prompt { width: 2; color: $focus; }
        #chat-input, #chat-input:focus {
            width: 1fr;
            height: 1;
            border: none;
            padding: 0;
            background: transparent;
        }
        .question { text-style: bold; margin-bottom: 1; }
        .note { margin-bottom: 1; }
    }
    """

    def __init__(
        self,
        label: str,
        *,
        id: str | None = None,  # noqa: A002 - Textual's name for it
        clock: Callable[[], float] = monotonic,
    ) -> None:
        super().__init__(id=id)
        self.border_title = "Agent"
        self._label = label
        self._clock = clock
        self._asked: list[str] = []
        self._recalled = 0
        self._busy = False
        self._calls: dict[str, ToolCall] = {}
        self._answer: Answer | None = None
        self._waiting_cards: list[ApprovalCard] = []

    def compose(self) -> ComposeResult:
        """The turns, the approvals below them, and the line to ask in."""
        # The turns fill the scroll at least: else an anchored scroll puts the first at its bottom.
        with VerticalScroll(id="chat-scroll", can_focus=False), ChatTurns(id="chat-turns"):
            yield Static(_hints(), id="chat-hints")
        yield Vertical(id="chat-approvals")
        with Horizontal(id="chat-line"):
            yield Static(f"{PROMPT} ", id="chat-prompt")
            yield _QuestionInput(
                id="chat-input", placeholder="ask about these streams", select_on_focus=False
            )

    def on_mount(self) -> None:
        """Keep the newest in sight."""
        self._scroll.anchor()
        self._show_label()

    def on_resize(self, event: events.Resize) -> None:
        """Cards leave room for the turns and for the line."""
        for card in self.query(ApprovalCard):
            card.limit_height(self._card_lines)

    @property
    def input(self) -> Input:
        """The line to ask in."""
        return self.query_one("#chat-input", Input)

    @property
    def card(self) -> ApprovalCard | None:
        """The approval card in sight."""
        return next(iter(self.query(ApprovalCard)), None)

    @property
    def is_running(self) -> bool:
        """A turn is under way."""
        return self._busy

    @property
    def _turns(self) -> ChatTurns:
        return self.query_one("#chat-turns", ChatTurns)

    @property
    def _scroll(self) -> VerticalScroll:
        return self.query_one("#chat-scroll", VerticalScroll)

    @property
    def _card_lines(self) -> int:
        return max(self.content_size.height * 2 // 3, 7)

    # -- what the screen tells

    def introduce(self, label: str) -> None:
        """Say who answers."""
        self._label = label
        self._show_label()

    async def begin_turn(self, question: str) -> None:
        """A question was asked; what comes next belongs to it."""
        await self.query("#chat-hints").remove()
        self._busy = True
        self._show_label()
        await self._turns.mount(Static(escape(question), classes="question", markup=False))
        self._scroll.anchor()

    async def write(self, piece: str) -> None:
        """A piece of the answer came."""
        if self._answer is None:
            self._answer = Answer()
            await self._turns.mount(self._answer)
        await self._answer.write(piece)

    async def show_call(self, call_id: str, name: str, arguments: dict[str, Any]) -> None:
        """A tool is being called, or would be; known calls take the new arguments."""
        if (known := self._calls.get(call_id)) is not None:
            known.run_with(arguments)
            return
        await self._finish_answer()
        self._calls[call_id] = ToolCall(name, arguments)
        await self._turns.mount(self._calls[call_id])

    async def finish_call(
        self, call_id: str, *, ok: bool, output: str, ms: int, denied: bool = False
    ) -> None:
        """A tool call has ended."""
        if call_id in self._calls:
            self._calls[call_id].finish(ok=ok, output=output, ms=ms, denied=denied)
        await self.drop_card(call_id)

    async def ask_approval(self, call_id: str, name: str, arguments: dict[str, Any]) -> None:
        """A call waits for the user: one card at a time, and none takes the focus by itself."""
        await self.show_call(call_id, name, arguments)
        self._waiting_cards.append(ApprovalCard(call_id, name, arguments, clock=self._clock))
        await self._show_next_card()

    async def drop_card(self, call_id: str) -> None:
        """The call of a card no longer waits."""
        self._waiting_cards = [c for c in self._waiting_cards if c.call_id != call_id]
        card = self.card
        if card is not None and card.call_id == call_id:
            if card.has_focus_within:
                self.input.focus()
            await card.remove()
        await self._show_next_card()

    async def end_turn(self, note: str = "", *, failed: bool = False, hint: str = "") -> None:
        """The turn is over.

        Args:
            note: what is to be said about its end; empty when the answer says it all.
            failed: it ended in an error.
            hint: what to do about it.
        """
        await self._finish_answer()
        for call in self._calls.values():
            call.stop()
        self._calls.clear()
        self._waiting_cards.clear()
        if self.card is not None:
            await self.drop_card(self.card.call_id)
        if note:
            await self.say(note, failed=failed, hint=hint)
        self._busy = False
        self._show_label()

    async def say(self, note: str, *, failed: bool = False, hint: str = "") -> None:
        """A note of the program itself, with a hint below it."""
        role = "$failed" if failed else "$muted"
        head = f"{FAILED} {escape(note)}" if failed else escape(note)
        lines = [Content.styled(head, role)]
        if hint:
            lines.append(Content.styled(escape(hint), "$muted"))
        await self._turns.mount(Static(Content("\n").join(lines), classes="note"))

    async def clear(self) -> None:
        """Forget what was said."""
        await self._turns.remove_children()

    # -- what the user does

    @on(Input.Submitted, "#chat-input")
    def _ask(self, event: Input.Submitted) -> None:
        event.stop()
        question = event.value.strip()
        if not question:
            return
        if self._busy:
            self.notify("One turn at a time: esc stops this one.")
            return
        self._asked.append(question)
        self._recalled = len(self._asked)
        event.input.clear()
        self.post_message(QuestionAsked(question))

    @on(CardLeft)
    def _leave_card(self, event: CardLeft) -> None:
        event.stop()
        self.input.focus()

    @on(ApprovalDecided)
    def _card_answered(self) -> None:
        self.input.focus()

    def action_leave(self) -> None:
        """Stop the running turn; with none, go back to the log."""
        self.post_message(TurnCancelRequested() if self._busy else PaneLeft())

    def action_recall(self, step: int) -> None:
        """Bring an earlier question back into the line."""
        if self._asked:
            self._recalled = max(0, min(self._recalled + step, len(self._asked)))
            recalled = [*self._asked, ""][self._recalled]
            self.input.value = recalled
            self.input.cursor_position = len(recalled)

    def action_scroll(self, pages: int) -> None:
        """Scroll the turns by a page."""
        height = self._scroll.size.height
        self._scroll.scroll_relative(y=pages * max(height - 2, 1), animate=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to walk the citations only while there are any."""
        return self._turns.has_links if action == "cite" and self.is_mounted else True

    def action_cite(self) -> None:
        """Go up to the last citation."""
        self._turns.cite_last()

    @on(AnswerLeft)
    def _leave_answers(self, event: AnswerLeft) -> None:
        event.stop()
        if event.step >= 0:
            self.input.focus()

    # -- within

    async def _finish_answer(self) -> None:
        if self._answer is not None:
            await self._answer.finish()
            self._answer = None
            self.refresh_bindings()  # there may be citations now

    async def _show_next_card(self) -> None:
        if self.card is None and self._waiting_cards:
            card = self._waiting_cards.pop(0)
            await self.query_one("#chat-approvals").mount(card)
            card.limit_height(self._card_lines)

    def _show_label(self) -> None:
        working = Content.assemble((WAITING, "$waiting"), " working, esc stops")
        self.border_subtitle = (working if self._busy else Content(self._label)).markup


def _hints() -> Content:
    head, *examples = HINTS
    return Content("\n").join(
        [
            Content.styled(head, "$muted"),
            *(Content.styled(f"{PROMPT} {example}", "$muted") for example in examples),
        ]
    )
