"""What one turn of the conversation tells its screen, in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from sse_tui.errors import AgentError


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A piece of the answer (Markdown), to be appended to what came before it."""

    text: str


@dataclass(frozen=True, slots=True)
class ApprovalNeeded:
    """A call waits for the user; the turn goes on after `Conversation.decide(call_id, ...)`.

    Attributes:
        call_id: names the call in every update about it.
        name: the tool.
        arguments: everything that the call would be made with.
    """

    call_id: str
    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ToolStarted:
    """A call is being made now, with these arguments (the edited ones, if the user edited)."""

    call_id: str
    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ToolFinished:
    """A call has ended; for a denied call this is the only update after `ApprovalNeeded`.

    Attributes:
        call_id: as in `ToolStarted`.
        ok: False when the tool reported an error, or the user denied the call.
        output: the tool's text, untrusted; for a denied call the user's reason.
        ms: duration in milliseconds; 0 for a denied call.
        denied: the user denied the call: it was not made.
    """

    call_id: str
    ok: bool
    output: str
    ms: int
    denied: bool = False


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that a turn took, all its model calls together."""

    input_tokens: int
    output_tokens: int


@dataclass(frozen=True, slots=True)
class TurnFinished:
    """The answer is whole. `text` is all of it; `usage` is None where the model reported none."""

    text: str
    usage: Usage | None = None


@dataclass(frozen=True, slots=True)
class TurnCancelled:
    """The user stopped the turn; calls already made stay made. `text` is what had come."""

    text: str


@dataclass(frozen=True, slots=True)
class TurnFailed:
    """The turn ended in an error; the conversation goes on with the next question."""

    error: AgentError


Update: TypeAlias = (
    TextDelta
    | ApprovalNeeded
    | ToolStarted
    | ToolFinished
    | TurnFinished
    | TurnCancelled
    | TurnFailed
)
"""The last update of a turn is `TurnFinished`, `TurnCancelled` or `TurnFailed`."""
