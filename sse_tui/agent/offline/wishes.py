"""What a user may want of the offline assistant, once it is understood.

Topics are names as the user gave them (`user events` becomes `user_events`); an empty tuple means
all of them, or those that were spoken of just before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

Topics: TypeAlias = tuple[str, ...]

OVERVIEW_EVENTS = 50
WINDOW_EVENTS = 200


@dataclass(frozen=True, slots=True)
class ListTopics:
    """Which topics there are, and which are subscribed."""


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Subscribe; `replay` is a position such as `5m` or `earliest`."""

    topics: Topics
    replay: str | None = None


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """Give subscriptions up."""

    topics: Topics


@dataclass(frozen=True, slots=True)
class Send:
    """Send one event; an empty `topic` was not said."""

    topic: str
    data: Any
    event_type: str | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """What happened: the newest `count` events (None: an overview), of the last `seconds`."""

    topics: Topics = ()
    count: int | None = None
    seconds: float | None = None

    @property
    def limit(self) -> int:
        """How many events are asked for."""
        return self.count or (WINDOW_EVENTS if self.seconds else OVERVIEW_EVENTS)


@dataclass(frozen=True, slots=True)
class WaitFor:
    """Wait for the next event."""

    topics: Topics


@dataclass(frozen=True, slots=True)
class Search:
    """Find events; `counting` asks how many there are."""

    query: str
    topics: Topics = ()
    counting: bool = False


@dataclass(frozen=True, slots=True)
class Failures:
    """What failed."""

    topics: Topics = ()


@dataclass(frozen=True, slots=True)
class Stats:
    """Figures and state of streams."""

    topics: Topics = ()


@dataclass(frozen=True, slots=True)
class Describe:
    """What a stream carries: its event types and their fields."""

    topics: Topics


@dataclass(frozen=True, slots=True)
class Lesson:
    """Explain something about SSE; `name` is a key of `lessons.LESSONS`."""

    name: str


@dataclass(frozen=True, slots=True)
class Help:
    """What the assistant understands."""

    greeting: bool = False


@dataclass(frozen=True, slots=True)
class ConnectModel:
    """How a language model is connected."""


@dataclass(frozen=True, slots=True)
class Unclear:
    """Not understood; `why` says what is missing, where that is known."""

    text: str
    why: str = ""


Wish: TypeAlias = (
    ListTopics
    | Subscribe
    | Unsubscribe
    | Send
    | Read
    | WaitFor
    | Search
    | Failures
    | Stats
    | Describe
    | Lesson
    | Help
    | ConnectModel
    | Unclear
)
