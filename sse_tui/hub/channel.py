"""The newest events of one topic or pattern, encoded once for all streams that are open on it."""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple

from sse_tui.hub.frames import Frame
from sse_tui.hub.topics import TopicPattern

RING_EVENTS = 4_096
RING_BYTES = 2**20
"""What a channel keeps at least, where there is as much; up to twice that."""

CHUNK_BYTES = 64 * 2**10
"""A chunk ends with the event that reaches this size: what one stream holds while it sends."""


class Stretch(NamedTuple):
    """Matching events up to number `reached`, encoded; `chunk` may be empty."""

    chunk: bytes
    reached: int


class Channel:
    """A ring of encoded events of one pattern; exists while streams are open on the pattern.

    Args:
        pattern: what belongs here.
        head: number of the last event of the log; everything after it will be added.

    Attributes:
        covers_from: every matching event after this number is here.
        streams: how many streams are open on it.
    """

    def __init__(self, pattern: TopicPattern, head: int) -> None:
        self.pattern = pattern
        self.covers_from = head
        self.streams = 0
        self._seqs: list[int] = []
        self._frames: list[bytes] = []
        self._bytes = 0
        # Streams that keep up ask for the same stretch one after the other.
        self._latest: tuple[int, int, Stretch] | None = None

    def add(self, frame: Frame) -> None:
        """Take in the next matching event."""
        encoded = frame.encode(self.pattern.is_wildcard)
        self._seqs.append(frame.seq)
        self._frames.append(encoded)
        self._bytes += len(encoded)
        if len(self._seqs) > 2 * RING_EVENTS or self._bytes > 2 * RING_BYTES:
            self._drop_oldest()

    def read(self, after: int, upto: int) -> Stretch:
        """What follows `after`, no further than `upto`.

        Args:
            after: at least `covers_from`.
            upto: at most the number of the last event added anywhere in the log.
        """
        if self._latest is not None and self._latest[:2] == (after, upto):
            return self._latest[2]
        start, end = bisect_right(self._seqs, after), bisect_right(self._seqs, upto)
        stop, size = start, 0
        while stop < end and size < CHUNK_BYTES:
            size += len(self._frames[stop])
            stop += 1
        reached = upto if stop == end else self._seqs[stop - 1]
        stretch = Stretch(b"".join(self._frames[start:stop]), reached)
        self._latest = (after, upto, stretch)
        return stretch

    def _drop_oldest(self) -> None:
        keep, size = len(self._frames) - 1, len(self._frames[-1])
        if keep == 0:  # one event larger than the ring: the newest always stays
            return
        while keep > len(self._frames) - RING_EVENTS:
            size += len(self._frames[keep - 1])
            if size > RING_BYTES:
                break
            keep -= 1
        self.covers_from = self._seqs[keep - 1]
        del self._seqs[:keep], self._frames[:keep]
        self._bytes = sum(map(len, self._frames))
