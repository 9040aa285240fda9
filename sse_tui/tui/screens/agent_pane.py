"""The agent's pane with a conversation behind it: leads its turns."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

from textual import on, work

from sse_tui.agent.approvals import Decision
from sse_tui.agent.updates import (
    ApprovalNeeded,
    TextDelta,
    ToolFinished,
    ToolStarted,
    TurnCancelled,
    TurnFailed,
    TurnFinished,
    Update,
)
from sse_tui.errors import AgentError, SseTuiError
from sse_tui.tui.error_toast import tell_error
from sse_tui.tui.messages import ApprovalDecided, QuestionAsked, TurnCancelRequested
from sse_tui.tui.widgets.chat import ChatPane

if TYPE_CHECKING:
    from sse_tui.agent.conversation import Conversation


class AgentPane(ChatPane):
    """Asks the conversation what the user asks, and shows what comes back, one turn at a time."""

    conversation: Conversation | None = None
    _failure: SseTuiError | None = None

    def __init__(
        self,
        label: str,
        *,
        id: str | None = None,  # noqa: A002 - Textual's name for it
        clock: Callable[[], float] = monotonic,
    ) -> None:
        super().__init__(label, id=id, clock=clock)
        self._started = asyncio.Event()

    def connect(self, conversation: Conversation) -> None:
        """From now on questions are answered, the one that waits first."""
        self.conversation = conversation
        self._started.set()
        self.introduce(conversation.label)

    async def fail(self, error: SseTuiError) -> None:
        """The agent could not be started: say why, here and with every question."""
        self._failure = error
        self._started.set()
        await self._say_error(error)

    def stay_alone(self) -> None:
        """Nothing more will start: a question without a conversation is told so."""
        self._started.set()

    @on(QuestionAsked)
    def _take_question(self, event: QuestionAsked) -> None:
        event.stop()
        self._run_turn(event.text)

    @work(exclusive=True, group="turn")
    async def _run_turn(self, question: str) -> None:
        await self.begin_turn(question)
        try:
            await self._started.wait()
            if self.conversation is not None:
                async for update in self.conversation.ask(question):
                    await self._show(update)
            elif self._failure is not None:
                await self._say_error(self._failure)
            else:
                await self.say("There is no agent in this run.")
        except AgentError as error:
            await self._say_error(error)
        finally:
            if self.is_running:
                await self.end_turn()

    async def _show(self, update: Update) -> None:
        match update:
            case TextDelta(text):
                await self.write(text)
            case ToolStarted(call_id, name, arguments):
                await self.show_call(call_id, name, arguments)
            case ToolFinished(call_id, ok, output, ms, denied):
                await self.finish_call(call_id, ok=ok, output=output, ms=ms, denied=denied)
            case ApprovalNeeded(call_id, name, arguments):
                await self.ask_approval(call_id, name, arguments)
            case TurnFinished():
                await self.end_turn()
            case TurnCancelled():
                await self.end_turn("stopped")
            case TurnFailed(error):
                await self.end_turn()
                await self._say_error(error)

    async def _say_error(self, error: SseTuiError) -> None:
        words = f"{error.title}: {error.detail}" if error.detail else error.title
        await self.say(words, failed=True, hint=error.hint)
        tell_error(self.app, error)

    @on(ApprovalDecided)
    async def _pass_decision(self, event: ApprovalDecided) -> None:
        event.stop()
        if self.conversation is not None:
            self.conversation.decide(event.call_id, Decision(event.decision, event.arguments))
        await self.drop_card(event.call_id)

    @on(TurnCancelRequested)
    def _cancel(self, event: TurnCancelRequested) -> None:
        event.stop()
        if self.conversation is not None:
            self.conversation.cancel()
        else:
            self.workers.cancel_group(self, "turn")  # it waits for the start
