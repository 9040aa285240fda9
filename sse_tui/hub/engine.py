"""What the hub asks of the engine that keeps its log; SQLite is one, a message broker may be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from sse_tui.errors import HubError
from sse_tui.hub.frames import Frame
from sse_tui.hub.topics import TopicPattern


@dataclass(frozen=True, slots=True)
class Retention:
    """How much is kept; the oldest events go first, whichever limit is met first.

    Attributes:
        days: age of an event.
        events: over all topics.
        bytes: of the log on disk, over all topics.
    """

    days: float = 7
    events: int = 1_000_000
    bytes: int = 2**30


KEEP_BY_DEFAULT = Retention()


@dataclass(frozen=True, slots=True)
class NewEvents:
    """Events of one request, to be kept all or not at all.

    Attributes:
        topic: a valid name.
        type: their event type.
        payloads: their data, in order, at least one; the only line ends are LF.
        key: the request's Idempotency-Key; None where it has none.
        digest: what tells this request from another with the same key.
    """

    topic: str
    type: str
    payloads: Sequence[str]
    key: str | None = None
    digest: bytes = b""


class Receipt(NamedTuple):
    """Where the events of one request stand in the log: `first` to `last`, both included."""

    first: int
    last: int


class Page(NamedTuple):
    """A stretch of the log, encoded.

    Attributes:
        chunk: the matching events after the place asked for, up to `reached`.
        reached: every matching event up to here is in `chunk` or older.
        trimmed: matching events up to here are no longer kept; 0 where none was ever trimmed.
        oldest: number of the oldest matching event kept; looked for only where some that were asked
            for are no longer kept, else None.
    """

    chunk: bytes
    reached: int
    trimmed: int
    oldest: int | None


class Seek(NamedTuple):
    """The place before the first event of a time; `trimmed`: some after it are gone already."""

    after: int
    trimmed: bool


class TopicStats(NamedTuple):
    """One topic: events kept, the last one's place and time (milliseconds since 1970, UTC)."""

    name: str
    events: int
    last_seq: int
    last_time_ms: int


class LogFailure(HubError):
    """The log could not be written or read; `full`: there is no room left for it."""

    def __init__(self, title: str, detail: str, hint: str = "", *, full: bool = False) -> None:
        super().__init__(title, detail, hint)
        self.full = full


class LogEngine(Protocol):
    """A durable log of all topics, numbered from 1 without holes.

    Attributes:
        epoch: names this log for good: ids of another epoch mean nothing here.
        head: number of the last event when the engine was opened.
        problem: why the last write failed; None after one that did not.
    """

    epoch: str
    head: int
    problem: str | None

    def start(self, on_commit: Callable[[Sequence[Frame]], None]) -> None:
        """Begin to take events; `on_commit` gets what is durable, in order, on this loop."""

    async def append(self, new: NewEvents) -> Receipt:
        """Keep events; returns when they are durable and `on_commit` has seen them.

        Raises:
            Refused: 422; its key was used for another request.
            LogFailure: nothing of it was kept.
        """

    async def page(self, pattern: TopicPattern, after: int, upto: int) -> Page:
        """Read on from `after`, no further than `upto`; a bounded piece of work."""

    async def seek(self, pattern: TopicPattern, time_ms: int) -> Seek:
        """The place before the first event at or after a time."""

    async def oldest(self, pattern: TopicPattern) -> int | None:
        """Number of the oldest matching event kept."""

    async def start_of_log(self) -> int:
        """The place before the oldest event kept of any topic."""

    async def topics(self) -> list[TopicStats]:
        """The topics of which events are kept, by name."""

    async def close(self) -> None:
        """Finish what was handed over, then close."""
