"""The kinds of row that a stream is made of.

The words are those of the WHATWG HTML standard, section 9.2 "Server-sent events": event type,
data, last event ID, reconnection time. A row has no number, time or topic until an `EventLog` has
taken it in: what the decoder and the subscription make carries the defaults, what a log gives back
carries the real ones.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar, TypeAlias

EPOCH = datetime.fromtimestamp(0, UTC)

UNNUMBERED: tuple[int, datetime, str] = (0, EPOCH, "")
"""The leading fields of a row that no log has taken in yet: `Comment(*UNNUMBERED, text)`."""


class Kind(StrEnum):
    """What a row is."""

    EVENT = "event"
    COMMENT = "comment"
    RETRY = "retry"
    STATE = "state"
    GAP = "gap"
    PARTIAL = "partial"


class StreamState(StrEnum):
    """Where a stream is in its life. Paused is a state of a view, not of a stream."""

    CONNECTING = "connecting"
    OPEN = "open"
    WAITING = "waiting"
    STOPPED = "stopped"
    FAILED = "failed"


class Certainty(StrEnum):
    """What is known about events between two connections."""

    NONE_LOST = "none_lost"
    LOST = "lost"
    UNKNOWN = "unknown"


EventFrame: TypeAlias = tuple[str, str, str, bool, str | None]
"""A decoded event on its way to a log: (type, data, id, own_id, source); see `Event`.

A plain tuple, because the decoder makes one per event: a dataclass here costs a third of the whole
path from socket to log.
"""


@dataclass(frozen=True, slots=True)
class _Row:
    """What every row has; `topic#number` names a row outside its stream."""

    number: int
    received_at: datetime
    topic: str

    @property
    def name(self) -> str:
        """The row's name outside its stream, `topic#number`."""
        return f"{self.topic}#{self.number}"


@dataclass(frozen=True, slots=True)
class Event(_Row):
    """One dispatched event.

    Attributes:
        type: the event type; `message` where the stream named none.
        data: the data, exact; lines joined by LF.
        id: the stream's last event ID when this event was dispatched; may be inherited.
        own_id: this event carried an `id` field itself.
        source: the concrete topic, on a wildcard stream; else None.
    """

    kind: ClassVar[Kind] = Kind.EVENT
    type: str
    data: str
    id: str = ""
    own_id: bool = False
    source: str | None = None

    def json(self) -> Any:  # noqa: ANN401 - any JSON value
        """The data parsed as JSON.

        Raises:
            ValueError: the data is not JSON; it is an event all the same.
        """
        return json.loads(self.data)


@dataclass(frozen=True, slots=True)
class Comment(_Row):
    """A comment line (keep-alives, `live`): the text after the colon, one leading blank dropped."""

    kind: ClassVar[Kind] = Kind.COMMENT
    text: str


@dataclass(frozen=True, slots=True)
class Retry(_Row):
    """A `retry` field: the reconnection time in milliseconds, as received (not clamped)."""

    kind: ClassVar[Kind] = Kind.RETRY
    ms: int


@dataclass(frozen=True, slots=True)
class StateChange(_Row):
    """The stream entered `state`.

    Attributes:
        detail: a short sentence for the user; may be empty.
        status: HTTP status, where there was an answer.
        attempt: connection attempt since the stream was last open, from 1.
        retry_in_ms: time until the next attempt; only with `waiting`.
    """

    kind: ClassVar[Kind] = Kind.STATE
    state: StreamState
    detail: str = ""
    status: int | None = None
    attempt: int = 0
    retry_in_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Gap(_Row):
    """A stretch in which the stream was not connected.

    Written before the first row after a reconnect; a second one completes it when the end of the
    replay is known (`completes` is then the number of the first).

    Attributes:
        offline_s: seconds without a connection.
        resumed_after: the last event ID sent with the request; None when none was.
        replayed, duplicates, lost: event counts; None while, or where, they cannot be known.
        certainty: what is known about loss.
        completes: number of the gap row that this one completes.
    """

    kind: ClassVar[Kind] = Kind.GAP
    offline_s: float
    resumed_after: str | None = None
    replayed: int | None = None
    duplicates: int | None = None
    lost: int | None = None
    certainty: Certainty = Certainty.UNKNOWN
    completes: int | None = None


@dataclass(frozen=True, slots=True)
class Partial(_Row):
    """An unfinished event that the standard says to discard, or one over the size limit.

    Attributes:
        data: what had arrived (its beginning, where it was too large), as text.
        size: bytes that had arrived.
        oversize: over `max_event_bytes`; its rest was skipped and the stream goes on.
    """

    kind: ClassVar[Kind] = Kind.PARTIAL
    data: str
    size: int = 0
    oversize: bool = False


Row: TypeAlias = Event | Comment | Retry | StateChange | Gap | Partial
Note: TypeAlias = Comment | Retry | StateChange | Gap | Partial
"""A row that is not an event."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows `first_number` to `first_number + count - 1` of `topic` have arrived."""

    topic: str
    first_number: int
    count: int
