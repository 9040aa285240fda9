"""A run of events as a log keeps it until somebody looks at one of them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from sse_tui.events.event_run import EventRun
from sse_tui.events.segment import ROW_OVERHEAD, Segment


class WireSegment:
    """A whole run, received at one time.

    It counts at least the bytes that a `Segment` of valid UTF-8 counts, as many for each row.

    Args:
        first: number of the first row.
        run: the rows.
        received_at_ns: when they were received, ns since 1970.
    """

    __slots__ = ("_received_at_ns", "_run", "_size", "first")

    def __init__(self, first: int, run: EventRun, received_at_ns: int) -> None:
        self.first = first
        self._run = run
        self._received_at_ns = received_at_ns
        each = ROW_OVERHEAD + (
            0 if run.own_id else len(run.last_id.encode("utf-8", "surrogatepass"))
        )
        self._size = len(run.wire) + each * len(run)

    def __len__(self) -> int:
        return len(self._run)

    @property
    def times(self) -> Sequence[int]:
        """When each row was received, ns since 1970."""
        return [self._received_at_ns] * len(self._run)

    def size(self, start: int = 0, stop: int | None = None) -> int:
        """Bytes counted for the rows at these positions."""
        rows, size = len(self._run), self._size
        return size * (rows if stop is None else stop) // rows - size * start // rows

    def stop_for(self, start: int, size: int) -> int:
        """As `Segment.stop_for`."""
        stops = range(start, len(self._run))
        return start + bisect_left(stops, size, key=lambda stop: self.size(start, stop))

    def lacks(self, text: bytes, *, any_case: bool) -> bool:
        """As `EventRun.lacks`."""
        return self._run.lacks(text, any_case=any_case)

    def data_lines(self, start: int, stop: int) -> bytes:
        """The data of the events at these positions, UTF-8, each followed by LF."""
        return self._run.data_lines(start, stop)

    def taken_apart(self) -> Segment:
        """The same rows, to be read."""
        return Segment.of_run(self.first, self._run, self._received_at_ns)
