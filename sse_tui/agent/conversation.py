"""The chat with the event assistant: one turn at a time, its tools over MCP, its acts approved."""

from __future__ import annotations

import asyncio
import importlib
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import TYPE_CHECKING

from sse_tui.agent.approvals import Approvals, Decision, looks_like_url
from sse_tui.agent.memory import Memory
from sse_tui.agent.model_choice import ModelChoice
from sse_tui.agent.updates import ApprovalNeeded, TurnCancelled, TurnFailed, TurnFinished, Update
from sse_tui.errors import AgentError

if TYPE_CHECKING:
    from agents.models.interface import Model
    from openai import AsyncOpenAI

    from sse_tui.agent.mcp_link import McpLink
    from sse_tui.agent.turn import Turn

Approve = Callable[[ApprovalNeeded], Awaitable[Decision]]
"""Decides in place of `Conversation.decide`, where no screen watches the updates."""

_LAST = (TurnFinished, TurnCancelled, TurnFailed)

_CHATTY = ("openai", "openai.agents", "mcp", "httpx2", "httpcore2")
"""Loggers that write prompts, payloads or headers below the level WARNING."""

_LOG = logging.getLogger(__name__)


class Conversation:
    """A chat with one model that reads and acts through the tools of one MCP server.

    Whatever goes wrong in a turn ends that turn only; the next question connects again.

    Args:
        mcp_url: the MCP server's address (any path of it).
        mcp_token: its bearer token, or None.
        model: who answers.
        is_url: whether a target is a URL, not a topic of the user's own server; URLs are asked for.
        approve: asked for each call that needs the user; None: `decide` answers.
        sdk_model: a model of the SDK to use in place of the one that `model` names.
    """

    def __init__(
        self,
        *,
        mcp_url: str,
        mcp_token: str | None,
        model: ModelChoice,
        is_url: Callable[[str], bool] = looks_like_url,
        approve: Approve | None = None,
        sdk_model: Model | None = None,
    ) -> None:
        self.label = model.label
        self.offline = model.is_offline
        self._mcp_url = mcp_url
        self._mcp_token = mcp_token
        self._choice = model
        self._approve = approve
        self._model = sdk_model
        self._client: AsyncOpenAI | None = None
        self._link: McpLink | None = None
        self._memory = Memory()
        self._approvals = Approvals(is_url)
        self._turn: Turn | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def running(self) -> bool:
        """A turn is under way (it may be waiting for a decision)."""
        return self._task is not None

    async def start(self) -> None:
        """Import the SDK (in a thread: it takes over a second) and connect to the MCP server.

        May be left out, or called again: a turn starts what is not started.

        Raises:
            AgentError: the MCP server cannot be reached or refuses the token, or the model's
                address is not a URL.
        """
        await asyncio.to_thread(_import_sdk)
        from sse_tui.agent.mcp_link import McpLink
        from sse_tui.agent.model_factory import make_model

        if self._model is None:  # in a thread: it loads certificates, or the offline rules
            self._model, self._client = await asyncio.to_thread(make_model, self._choice)
        if self._link is None:
            self._link = McpLink(self._mcp_url, self._mcp_token)
        await self._link.connect()

    async def stop(self) -> None:
        """Cancel the turn, if one runs, and close the connections."""
        self.cancel()
        if self._task is not None:
            await asyncio.wait([self._task])
        if self._link is not None:
            await self._link.close()
        if self._client is not None:
            await self._client.close()
            self._client = self._model = None

    async def ask(self, text: str) -> AsyncGenerator[Update]:
        """Run one turn; its last update is `TurnFinished`, `TurnCancelled` or `TurnFailed`.

        Leaving the loop early (or cancelling its task) cancels the turn.

        Raises:
            AgentError: another turn is running.
        """
        if self.running:
            raise AgentError("The agent is busy", "", "Wait for its answer, or stop it.")
        updates: asyncio.Queue[Update] = asyncio.Queue()
        task = self._task = asyncio.create_task(self._run(text, updates.put_nowait))
        try:
            while True:
                update = await updates.get()
                if isinstance(update, _LAST):
                    self._task = None
                    yield update
                    return
                yield update
                if isinstance(update, ApprovalNeeded) and self._approve is not None:
                    self.decide(update.call_id, await self._approve(update))
        finally:
            task.cancel()
            await asyncio.wait([task])
            self._task = None

    def decide(self, call_id: str, decision: Decision) -> None:
        """Answer an `ApprovalNeeded`; unknown and already decided calls are ignored."""
        if self._turn is not None:
            self._turn.decide(call_id, decision)

    def cancel(self) -> None:
        """Stop the running turn; its last update is `TurnCancelled`."""
        if self._task is not None:
            self._task.cancel()

    def clear(self) -> None:
        """Forget what was said, and what was allowed for the session; stops a running turn."""
        self.cancel()
        self._memory = Memory()
        self._approvals.clear()

    async def _run(self, question: str, report: Callable[[Update], None]) -> None:
        memory = self._memory
        note = ""
        end: Update
        try:
            await self.start()
            turn = self._turn = self._new_turn(question, report)
            await turn.run()
            end = TurnFinished(turn.record.text, turn.usage)
        except asyncio.CancelledError:
            end = TurnCancelled(self._turn.record.text if self._turn else "")
            note = "the user stopped this turn here"
        except Exception as error:
            end = TurnFailed(self._failure(error))
            note = f"this turn ended in an error: {end.error.title}"
        if self._turn is not None:
            self._turn.record.close(note)
            memory.add(self._turn.record)
            self._turn = None
        report(end)

    def _new_turn(self, question: str, report: Callable[[Update], None]) -> Turn:
        from sse_tui.agent.turn import Turn

        assert self._model is not None
        assert self._link is not None
        return Turn(
            question,
            self._memory.items(),
            model=self._model,
            link=self._link,
            approvals=self._approvals,
            report=report,
        )

    def _failure(self, error: Exception) -> AgentError:
        if isinstance(error, AgentError):
            return error
        from sse_tui.agent.failures import agent_error

        # Only where it happened: messages of the SDK may hold prompts and payloads.
        _LOG.warning("a turn failed: %s", type(error).__name__)
        return agent_error(error, self._choice)


def _import_sdk() -> None:
    for module in ("turn", "model_factory", "failures"):
        importlib.import_module(f"sse_tui.agent.{module}")
    from agents import set_tracing_disabled

    set_tracing_disabled(True)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
