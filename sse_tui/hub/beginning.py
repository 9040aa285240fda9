"""Finds where a stream begins, and what must be said when that is not where it was asked to."""

from __future__ import annotations

from dataclasses import dataclass

from sse_tui.hub.frames import encode_gap, encode_position
from sse_tui.hub.hub_log import HubLog, Reading
from sse_tui.hub.positions import AfterId, Earliest, Malformed, Position, SinceTime
from sse_tui.hub.topics import TopicPattern


@dataclass(frozen=True, slots=True)
class Beginning:
    """Where a stream begins.

    Attributes:
        after: the place in the log before its first event.
        live_at: the log's head when the stream was asked for: what is newer is not replay.
        notice: what is said first; b"" for nothing.
        position: said before the mark `live`, where the reader has no id to come back with.
        requested: the id to name if the log turns out to begin later than `after`; None: its own.
    """

    after: int
    live_at: int
    notice: bytes = b""
    position: bytes = b""
    requested: str | None = None


async def find_beginning(
    log: HubLog, pattern: TopicPattern, position: Position | None
) -> Beginning:
    """Turn what a request asks for into a place in the log.

    Raises:
        LogFailure: the engine cannot read.
    """
    head = log.head
    match position:
        case None:
            return Beginning(head, head, position=encode_position(log.id_of(head)))
        case Earliest():
            return Beginning(await log.start_of_log(), head)
        case SinceTime(requested, time_ms):
            after, trimmed = await log.seek(pattern, time_ms)
            if trimmed:
                return await _everything(log, pattern, head, requested, "trimmed")
            return Beginning(after, head)
        case AfterId(requested, epoch, seq):
            if epoch != log.epoch:
                return await _everything(log, pattern, head, requested, "epoch")
            if seq > head:
                return await _everything(log, pattern, head, requested, "ahead")
            return Beginning(seq, head, requested=requested)
        case Malformed(requested):
            return await _everything(log, pattern, head, requested, "malformed")


def gap_notice(
    log: HubLog, pattern: TopicPattern, after: int, requested: str | None, reading: Reading
) -> bytes:
    """The notice that events of a stream after a place are no longer kept; b"" if all are.

    Args:
        log: where it was read.
        pattern: of the stream.
        after: the place.
        requested: how the reader named it; None: by its id.
        reading: what was read there.
    """
    if reading.gone_upto is None:
        return b""
    # Only on a stream of everything is each number an event of this stream.
    lost = reading.gone_upto - after if pattern.is_everything else None
    place = requested or log.id_of(after)
    return _notice(log, reading.gone_upto, place, "trimmed", reading.oldest, lost)


async def _everything(
    log: HubLog, pattern: TopicPattern, head: int, requested: str, reason: str
) -> Beginning:
    after = await log.start_of_log()
    oldest = await log.oldest(pattern)
    return Beginning(after, head, _notice(log, after, requested, reason, oldest, None))


def _notice(
    log: HubLog, after: int, requested: str, reason: str, oldest: int | None, lost: int | None
) -> bytes:
    first_id = None if oldest is None else log.id_of(oldest)
    return encode_gap(log.id_of(after), requested, reason, first_id, lost)
