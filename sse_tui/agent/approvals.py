"""Who may do what: which calls wait for the user, and what the user has already allowed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

SUBSCRIBE = frozenset({"subscribe", "subscribe_to_events"})
READING = frozenset({"list_topics", "get_event_stream", "search_events", "topic_stats"})

DENIED = "The user denied this call; it was not made. Do not try it again, or in another way."
"""What the model is told of a denied call."""

EDITED = "The user edited this call before it was made. It was made with: "
"""What the model is told of an edited call, before the arguments as JSON."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The user's answer to an `ApprovalNeeded`.

    Attributes:
        kind: `once` this call; `session` this and every later call of the same tool on the same
            topic, until the conversation is cleared or stopped; `deny` it is not made.
        arguments: the arguments as edited by the user, whole; None leaves them as they were.
        reason: with `deny`, the user's words to the model; may be empty.
    """

    kind: Literal["once", "session", "deny"]
    arguments: dict[str, Any] | None = None
    reason: str = ""


def target_of(arguments: dict[str, Any]) -> str:
    """The topic or URL that a call is about; empty when it names none."""
    return str(arguments.get("topic") or "")


def looks_like_url(target: str) -> bool:
    """Whether a target names a server of its own, where nothing is known of the user's server."""
    return "://" in target


class Approvals:
    """The approval policy of one conversation.

    `send_event`, `unsubscribe`, and `subscribe` with a URL wait for the user: they act on others,
    take something away, or reach out to another server. Everything else only reads. A tool that
    this module does not know waits too.

    Args:
        is_url: whether a target is a URL, not a topic of the user's own server; there are servers
            whose topics look like URLs.
    """

    def __init__(self, is_url: Callable[[str], bool] = looks_like_url) -> None:
        self._is_url = is_url
        self._allowed: set[tuple[str, str]] = set()

    def must_ask(self, name: str, arguments: dict[str, Any]) -> bool:
        """Whether this call waits for the user's decision."""
        if name in READING:
            return False
        target = target_of(arguments)
        if name in SUBSCRIBE and not self._is_url(target):
            return False
        return (name, target) not in self._allowed

    def allow_for_session(self, name: str, arguments: dict[str, Any]) -> None:
        """Let later calls of the same tool on the same topic pass without asking."""
        self._allowed.add((name, target_of(arguments)))

    def clear(self) -> None:
        """Forget what was allowed for the session."""
        self._allowed.clear()
