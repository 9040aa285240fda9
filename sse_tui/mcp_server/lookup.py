"""Finds the log and the state of a topic, or says clearly what to do when there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from mcp.server.mcpserver.exceptions import ToolError

from sse_tui.events.log import EventLog
from sse_tui.events.model import StreamState

if TYPE_CHECKING:
    from sse_tui.client.service import EventService

NAMED_AT_MOST = 10

StateName: TypeAlias = Literal["connecting", "open", "waiting", "stopped", "failed", "unsubscribed"]
_STATE_NAMES: dict[StreamState, StateName] = {
    StreamState.CONNECTING: "connecting",
    StreamState.OPEN: "open",
    StreamState.WAITING: "waiting",
    StreamState.STOPPED: "stopped",
    StreamState.FAILED: "failed",
}


def log_of(service: EventService, topic: str) -> EventLog:
    """The log of a topic that is or was subscribed.

    Raises:
        ToolError: nothing is kept under this name.
    """
    log = service.logs.get(topic)
    if log is None:
        raise ToolError(
            f"Nothing is kept for {topic!r}: call subscribe first. {subscribed(service)}"
        )
    return log


def subscribed(service: EventService) -> str:
    """What is subscribed now, as a sentence; not all of it when that is much."""
    names = list(service.subscriptions)
    if not names:
        return "Nothing is subscribed now."
    more = f" and {len(names) - NAMED_AT_MOST} more" if len(names) > NAMED_AT_MOST else ""
    return f"Subscribed now: {', '.join(names[:NAMED_AT_MOST])}{more}."


def state_of(service: EventService, topic: str) -> tuple[StateName, str]:
    """The state of the topic's stream, and why it is so (may be empty)."""
    subscription = service.subscriptions.get(topic)
    if subscription is None:
        return "unsubscribed", ""
    return _STATE_NAMES[subscription.state], subscription.state_detail


def may_get_more(service: EventService, topic: str) -> bool:
    """Whether events can still arrive on the topic without anybody subscribing again."""
    subscription = service.subscriptions.get(topic)
    return subscription is not None and not subscription.is_over
