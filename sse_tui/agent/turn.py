"""One turn: the run of the SDK, the calls that wait for the user, and how it ended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

from agents import Agent, ModelSettings, RunConfig, Runner
from agents.items import ToolApprovalItem
from agents.models.interface import Model
from agents.result import RunResultStreaming
from agents.run_state import RunState

from sse_tui.agent.approvals import DENIED, Approvals, Decision
from sse_tui.agent.fence import new_word
from sse_tui.agent.instructions import instructions
from sse_tui.agent.mcp_link import McpLink
from sse_tui.agent.memory import Item, TurnRecord
from sse_tui.agent.reporting_model import ReportingModel
from sse_tui.agent.tools import TurnTools, parsed_arguments
from sse_tui.agent.updates import ApprovalNeeded, TextDelta, ToolFinished, Update, Usage

MAX_STEPS = 20
"""Model calls in one turn."""

NOT_AN_OBJECT = "The arguments are not a JSON object; the call was not made."


class Turn:
    """Runs one question to its end.

    Args:
        question: the user's words.
        earlier: the input items of earlier turns.
        model: answers.
        link: where the tools are.
        approvals: the conversation's policy.
        report: takes the updates, in the order in which things happen.
    """

    def __init__(
        self,
        question: str,
        earlier: list[Item],
        *,
        model: Model,
        link: McpLink,
        approvals: Approvals,
        report: Callable[[Update], None],
    ) -> None:
        self.record = TurnRecord(question)
        self.usage: Usage | None = None
        self._input = [*earlier, *self.record.items]
        self._model = ReportingModel(model, self._say)
        self._approvals = approvals
        self._report = report
        self._tools = TurnTools(link, approvals, self.record, report, new_word())
        self._waiting: dict[str, asyncio.Future[Decision]] = {}

    async def run(self) -> None:
        """Run until the model has answered.

        Cancelling it stops the model and the calls under way.

        Raises:
            AgentError: the tools cannot be reached.
            Exception: whatever the SDK or the model's client raises; see `failures`.
        """
        agent: Agent[Any] = Agent(
            name="sse-tui",
            instructions=instructions(datetime.now().astimezone()),
            model=self._model,
            model_settings=ModelSettings(include_usage=True),
            tools=[*await self._tools.load()],
        )
        step: list[Item] | RunState[Any] = self._input
        while True:
            result = await self._stream(agent, step)
            self._count(result)
            if not result.interruptions:
                return
            step = result.to_state()
            for item in result.interruptions:
                await self._settle(step, item)

    def decide(self, call_id: str, decision: Decision) -> None:
        """Answer a call that waits; others are ignored."""
        future = self._waiting.get(call_id)
        if future is not None and not future.done():
            future.set_result(decision)

    async def _stream(
        self, agent: Agent[Any], step: list[Item] | RunState[Any]
    ) -> RunResultStreaming:
        result = Runner.run_streamed(
            agent,
            step,  # type: ignore[arg-type]  # plain dicts; the SDK's items are typed dicts
            max_turns=MAX_STEPS,
            run_config=RunConfig(
                tracing_disabled=True, tool_not_found_behavior="return_error_to_model"
            ),
        )
        try:
            async for _ in result.stream_events():
                pass  # the model and the tools have reported it already, in the true order
        except asyncio.CancelledError:
            result.cancel()
            async for _ in result.stream_events():
                pass  # until the run has settled
            await self._tools.stop()
            raise
        return result

    async def _settle(self, state: RunState[Any], item: ToolApprovalItem) -> None:
        call_id, name, written = item.call_id or "", item.name or "", item.arguments or ""
        arguments = parsed_arguments(written)
        if arguments is None:
            self._reject(state, item, NOT_AN_OBJECT)
            return
        if self._approvals.must_ask(name, arguments):
            decision = await self._ask(ApprovalNeeded(call_id, name, arguments))
            if decision.kind == "deny":
                self._report(ToolFinished(call_id, False, decision.reason, 0, denied=True))
                reason = f' The user said: "{decision.reason}"' if decision.reason else ""
                self._reject(state, item, DENIED + reason)
                return
            if decision.arguments is not None and decision.arguments != arguments:
                arguments = decision.arguments
                self._tools.edit(call_id, arguments)
            if decision.kind == "session":
                self._approvals.allow_for_session(name, arguments)
        state.approve(item)

    async def _ask(self, needed: ApprovalNeeded) -> Decision:
        future: asyncio.Future[Decision] = asyncio.get_running_loop().create_future()
        self._waiting[needed.call_id] = future
        self._report(needed)
        try:
            return await future
        finally:
            del self._waiting[needed.call_id]

    def _reject(self, state: RunState[Any], item: ToolApprovalItem, message: str) -> None:
        state.reject(item, rejection_message=message)
        self.record.add_call(item.call_id or "", item.name or "", item.arguments or "", message)

    def _say(self, text: str) -> None:
        self.record.add_text(text)
        self._report(TextDelta(text))

    def _count(self, result: RunResultStreaming) -> None:
        usage = result.context_wrapper.usage
        if usage.total_tokens:
            self.usage = Usage(usage.input_tokens, usage.output_tokens)
