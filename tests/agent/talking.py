"""Talking with a conversation as a screen does, and looking at what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from agents.testing import ScriptedModel, assistant_message, function_call

from sse_tui.agent.approvals import Decision
from sse_tui.agent.conversation import Conversation
from sse_tui.agent.updates import (
    ApprovalNeeded,
    TextDelta,
    ToolFinished,
    TurnFailed,
    TurnFinished,
    Update,
)
from sse_tui.errors import AgentError

PATIENCE_S = 20.0

Kind = TypeVar("Kind")


def nobody(needed: ApprovalNeeded) -> Decision:
    """Decides for turns in which nothing may be asked."""
    raise AssertionError(f"asked for {needed}")


async def talk(
    conversation: Conversation,
    question: str = "go on",
    decide: Callable[[ApprovalNeeded], Decision] = nobody,
) -> list[Update]:
    """All updates of one turn."""
    updates = []
    async with asyncio.timeout(PATIENCE_S):
        async for update in conversation.ask(question):
            updates.append(update)
            if isinstance(update, ApprovalNeeded):
                conversation.decide(update.call_id, decide(update))
    return updates


async def answer(
    conversation: Conversation,
    question: str,
    decide: Callable[[ApprovalNeeded], Decision] = nobody,
) -> str:
    """The text of a turn that must end well."""
    last = (await talk(conversation, question, decide))[-1]
    assert isinstance(last, TurnFinished), last
    return last.text


async def failure(conversation: Conversation, question: str = "go on") -> AgentError:
    """The error of a turn that must fail."""
    last = (await talk(conversation, question))[-1]
    assert isinstance(last, TurnFailed), last
    return last.error


def only(updates: Sequence[Update], kind: type[Kind]) -> list[Kind]:
    """The updates of one kind."""
    return [update for update in updates if isinstance(update, kind)]


def text_of(updates: Sequence[Update]) -> str:
    """What the model said, as it came."""
    return "".join(update.text for update in only(updates, TextDelta))


def finished(updates: Sequence[Update], call_id: str) -> ToolFinished:
    """How one call ended."""
    [update] = [each for each in only(updates, ToolFinished) if each.call_id == call_id]
    return update


def scripted(*steps: object) -> ScriptedModel:
    """A model that says (str) and calls ((call_id, tool, arguments), or a list of them)."""
    return ScriptedModel([_step(step) for step in steps])


def _step(step: Any) -> Any:  # noqa: ANN401 - of several forms
    if isinstance(step, str):
        return [assistant_message(step)]
    if isinstance(step, tuple):
        step = [step]
    if isinstance(step, list):
        return [
            assistant_message(part)
            if isinstance(part, str)
            else function_call(part[1], part[2], call_id=part[0])
            for part in step
        ]
    return step


def seen_by(model: ScriptedModel, call: int = -1) -> list[dict[str, Any]]:
    """The input items of one model call."""
    items = model.calls[call].input
    assert isinstance(items, list)
    return items


def output_seen(model: ScriptedModel, call_id: str) -> str:
    """What the model was given as the output of a call."""
    outputs = [
        item["output"]
        for item in seen_by(model)
        if item.get("type") == "function_call_output" and item["call_id"] == call_id
    ]
    assert len(outputs) == 1, outputs
    return str(outputs[0])


def whole(items: Sequence[dict[str, Any]]) -> bool:
    """Every call has its output and every output its call."""
    calls = [item["call_id"] for item in items if item.get("type") == "function_call"]
    outputs = [item["call_id"] for item in items if item.get("type") == "function_call_output"]
    return sorted(calls) == sorted(outputs) and len(set(calls)) == len(calls)
