"""The bytes of an event stream: how events and the hub's own notices are written on the wire."""

from __future__ import annotations

import json
from typing import NamedTuple

LIVE = b": live\n\n"
"""Everything before it was published before the stream was asked for, everything after it after."""

KEEP_ALIVE = b": keep-alive\n\n"

DONE = b"data: [DONE]\n\n"
"""The last event of a stream whose topic was closed."""

DEFAULT_TYPE = "message"


class Frame(NamedTuple):
    """One published event, encoded: `head`, then on wildcard streams its topic, then `tail`.

    Attributes:
        seq: place in the hub's log, from 1.
        topic: the concrete topic.
        head: the fields `id` and `event`.
        tail: the fields `data` and the blank line.
    """

    seq: int
    topic: str
    head: bytes
    tail: bytes

    def encode(self, with_topic: bool) -> bytes:
        """The event as it goes on the wire; `with_topic` adds the extra field `topic`."""
        if with_topic:
            return b"%stopic: %s\n%s" % (self.head, self.topic.encode(), self.tail)
        return self.head + self.tail


def encode_event(epoch: str, seq: int, topic: str, type_: str, data: str) -> Frame:
    """Encode one event.

    Args:
        epoch: of the log.
        seq: place in the log.
        topic: the concrete topic.
        type_: the event type, without line ends.
        data: text whose only line ends are LF; each line becomes a `data` field.
    """
    head = f"id: {epoch}-{seq}\n"
    if type_ != DEFAULT_TYPE:
        head += f"event: {type_}\n"
    if "\n" in data:
        data = data.replace("\n", "\ndata: ")
    return Frame(seq, topic, head.encode(), f"data: {data}\n\n".encode())


def encode_gap(
    position: str, requested: str, reason: str, first_id: str | None, lost: int | None
) -> bytes:
    """The notice that a stream does not begin, or go on, where it was asked to.

    Args:
        position: sent as its id, so that a reconnect right after it resumes behind the gap.
        requested: the position asked for, as received.
        reason: `epoch`, `ahead`, `trimmed` or `malformed`.
        first_id: id of the first event that follows; None where nothing is kept.
        lost: events of this stream that are gone; None where it cannot be known.
    """
    facts = {"requested": requested, "reason": reason, "first_id": first_id, "lost": lost}
    return f"id: {position}\nevent: hub.gap\ndata: {json.dumps(facts)}\n\n".encode()


def encode_position(id_: str) -> bytes:
    """A block with nothing but an id, after which a reconnect resumes though no event has come."""
    return f"id: {id_}\n\n".encode()


def encode_topic_closed(topic: str) -> bytes:
    """The notice on wildcard streams that the streams of one topic were ended."""
    data = json.dumps({"topic": topic})
    return f"event: hub.topic-closed\ntopic: {topic}\ndata: {data}\n\n".encode()
