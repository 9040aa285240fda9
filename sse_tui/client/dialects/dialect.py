"""What differs from one kind of server to the next."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Protocol

from sse_tui.client.dialects.requests import with_header
from sse_tui.client.options import StreamOptions
from sse_tui.client.policy import EVENT_STREAM, End
from sse_tui.client.request import HttpRequest, last_event_id_header
from sse_tui.errors import UsageError
from sse_tui.events.decoder import Decoder
from sse_tui.events.log import EventLog
from sse_tui.events.model import Row

if TYPE_CHECKING:
    from sse_tui.events.ndjson import NdjsonDecoder


class Watch(Protocol):
    """Follows one connection of a kind of server whose events say how the stream itself fares.

    Attributes:
        resumed: what has come proves that nothing is missing after the position asked for.
    """

    resumed: bool

    def take(self, rows: Sequence[Row]) -> End | None:
        """Look at the rows of one chunk, once and in order.

        Returns:
            The end of the connection, if they are it.
        """

    def at_end(self, end: End) -> End:
        """What the end of the connection means after all that was seen."""


class Dialect(ABC):
    """One kind of server; what is not overridden is as the standard says.

    Attributes:
        name: as a profile names it.
        marks_live: the server ends a replay with the comment `live`.
        counts_once: an event sent twice under one `Idempotency-Key` counts once.
        takes_lines: one request may send many events, as NDJSON, all or none of them.
        content_types: what a stream may be sent as.
    """

    name: ClassVar[str]
    content_types: ClassVar[frozenset[str]] = frozenset({EVENT_STREAM})
    marks_live: ClassVar[bool] = False
    counts_once: ClassVar[bool] = False
    takes_lines: ClassVar[bool] = False

    @abstractmethod
    def stream(self, base: str | None, topic: str, options: StreamOptions) -> HttpRequest:
        """The first request of a stream, without a position.

        Raises:
            UsageError: no such topic can be, or there is no server to ask.
        """

    @abstractmethod
    def publish(self, base: str | None, topic: str, data: bytes, event: str | None) -> HttpRequest:
        """The request that sends one event; `data` is JSON text.

        Raises:
            UsageError: this kind of server cannot be sent to, or not under this topic.
        """

    def has_topic(self, target: str) -> bool:
        """Whether a target with `://` is a topic of this kind of server, not a URL to read."""
        return False

    def position(self, log: EventLog, first: int, last_event_id: str) -> str:
        """The place in the stream to resume after; `log` has this stream's rows from `first` on."""
        return last_event_id

    def resume(self, request: HttpRequest, position: str) -> tuple[HttpRequest, str | None]:
        """The request again, from after `position`: by the header Last-Event-ID.

        Returns:
            The request, and the position as it is sent; None where it is empty or cannot be.
        """
        value = last_event_id_header(position)
        if value is None:
            return request, None
        return with_header(request, "Last-Event-ID", value), value

    def lost_nothing(self, headers: Mapping[str, str], position: str) -> bool:
        """Whether the answer's headers say that all events after `position` follow."""
        return False

    def adjusted(self, options: StreamOptions) -> StreamOptions:
        """How a stream is asked for, with what goes without saying for this kind of server."""
        return options

    def decoder(
        self, content_type: str, options: StreamOptions, last_event_id: str
    ) -> Decoder | NdjsonDecoder:
        """What makes rows of a body that was sent as `content_type` (lower case, no parameters)."""
        return Decoder(max_event_bytes=options.max_event_bytes, last_event_id=last_event_id)

    def watch(self) -> Watch | None:
        """What follows one connection; None where only the connection itself can end or fail."""
        return None

    def refused(self, end: End) -> End:
        """What an answer that is not a stream means."""
        return end

    def sent_id(self, answer: bytes) -> str:
        """The id that the server gave to an event it has taken; empty where it says none."""
        return json_field(answer, "id")


def json_field(answer: bytes, name: str) -> str:
    """One field of a JSON object as text; empty where there is none."""
    try:
        facts = json.loads(answer)
    except ValueError:
        return ""
    return str(facts.get(name, "")) if isinstance(facts, dict) else ""


def refuse_times(server: str, since: str | None) -> None:
    """Say that this kind of server cannot begin at a time, only with all that it holds.

    Raises:
        UsageError: a time is given.
    """
    if since not in (None, "earliest"):
        hint = "Give 'earliest', or the event to begin after by --last-event-id."
        raise UsageError(f"{server} cannot begin at a time", repr(since), hint)


def refuse_event_type(server: str, event: str | None) -> None:
    """Say that this kind of server has no event types.

    Raises:
        UsageError: one is given.
    """
    if event is not None:
        raise UsageError(f"{server} has no event types", repr(event), "Send without --event.")
