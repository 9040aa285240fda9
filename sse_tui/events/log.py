"""The bounded memory of one stream: numbered rows, and a count of what fell out."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from sse_tui.events.event_run import EventRun
from sse_tui.events.model import Comment, Event, EventFrame, Gap, Note, Partial, Row
from sse_tui.events.segment import ROW_OVERHEAD, Segment, moment
from sse_tui.events.wire_segment import WireSegment

SEGMENT_ROWS = 512
SEGMENT_BYTES = 256 * 1024
RUN_PART = 16
"""A run of at least this part of a segment becomes one; rows of shorter runs wait for others."""


class EventLog:
    """The rows of one stream, newest kept, oldest dropped by count or by size.

    The newest rows wait as they came until there are enough for a `Segment`: appending costs
    little, whether rows come one at a time or by the thousand.

    Args:
        topic: the name under which the user subscribed.
        max_rows: how many rows are kept, at least 1.
        max_bytes: how many bytes are kept (UTF-8 text and `ROW_OVERHEAD` per row). The newest row
            is kept even if it is larger by itself.

    Attributes:
        first_number: number of the oldest row kept; numbers start at 1.
        next_number: the number that the next row will get.
        dropped: rows of any kind that fell out.
        events: events ever taken in.
        bytes: bytes kept; the newest few hundred rows count one byte per character of data.
        completions: (number of the gap row, number of the gap row that it completes), in order.
    """

    def __init__(self, topic: str, *, max_rows: int = 100_000, max_bytes: int = 64 * 2**20) -> None:
        self.topic = topic
        self.max_rows = max_rows
        self.max_bytes = max_bytes
        self.first_number = 1
        self.next_number = 1
        self.events = 0
        self.bytes = 0
        self.completions: list[tuple[int, int]] = []
        # A quarter: what waits is then always less than what is kept.
        self._segment_rows = max(1, min(SEGMENT_ROWS, max_rows // 4))
        self._segment_bytes = max(1, min(SEGMENT_BYTES, max_bytes // 4))
        self._segments: list[Segment | WireSegment] = []
        self._ends: list[int] = []  # number after the last row of each segment
        self._open: list[EventFrame | Note] = []
        self._open_times: list[int] = []
        self._open_sizes: list[int] = []  # characters
        self._open_bytes = 0

    @property
    def dropped(self) -> int:
        """Rows of any kind that fell out."""
        return self.first_number - 1

    def __len__(self) -> int:
        return self.next_number - self.first_number

    def extend(self, rows: Sequence[EventFrame | Note | EventRun], received_at_ns: int) -> int:
        """Take in rows that arrived together.

        Args:
            rows: decoded events, runs of them, and rows of other kinds without number, time and
                topic.
            received_at_ns: when they arrived, ns since 1970.

        Returns:
            The number of the first of them.
        """
        first = self.next_number
        count = len(rows)
        try:
            sizes = [len(row[1]) for row in rows]  # type: ignore[index]
            self.events += count
        except TypeError:  # only events can be indexed: asking each first would cost more
            if any(type(row) is EventRun for row in rows):
                return self._extend_with_runs(rows, received_at_ns)
            sizes = self._measure_mixed(rows)  # type: ignore[arg-type] # there is no run in them
        size = sum(sizes) + ROW_OVERHEAD * count
        self._open += rows  # type: ignore[arg-type]
        self._open_sizes += sizes
        self._open_times += [received_at_ns] * count
        self._open_bytes += size
        self.bytes += size
        self.next_number = first + count
        if len(self._open) >= self._segment_rows or self._open_bytes >= self._segment_bytes:
            self._seal()
        self._keep_bounds()
        return first

    def trim(self, max_bytes: int) -> int:
        """Drop the oldest rows until at most `max_bytes` are kept; the newest row always stays.

        Returns:
            How many rows were dropped.
        """
        before = self.first_number
        if self._open_bytes > max_bytes:
            self._seal(everything=True)
        if self.bytes > max_bytes:
            self._drop(before, max_bytes)
        return self.first_number - before

    def get(self, number: int) -> Row | None:
        """The row with this number; None where it fell out or has not come yet."""
        if not self.first_number <= number < self.next_number:
            return None
        waiting = number - self._sealed_end
        if waiting >= 0:
            return self._open_row(waiting)
        segment = self._readable(bisect_right(self._ends, number))
        return segment.row(number - segment.first, self.topic)

    def read(self, first: int, count: int) -> list[Row]:
        """The rows from `first` on that are kept, `count` numbers at most, in order."""
        rows: list[Row] = []
        for at, start, stop in self._parts(first, count):
            segment = self._readable(at)
            rows += [segment.row(index, self.topic) for index in range(start, stop)]
        start, stop = self._open_range(first, count)
        rows += [self._open_row(index) for index in range(start, stop)]
        return rows

    def segments(
        self, first: int, count: int, passing: Callable[[WireSegment], bool] | None = None
    ) -> Iterator[tuple[Segment, int, int]]:
        """The encoded rows from `first` on: (segment, first position, position after the last).

        Runs that nobody has looked at stay as they came, and are left out, where `passing` is true.
        """
        for at, start, stop in self._parts(first, count):
            segment = self._segments[at]
            if not (passing and isinstance(segment, WireSegment) and passing(segment)):
                yield self._readable(at), start, stop
        yield from self._waiting(first, count)

    def pieces(self, first: int, count: int) -> Iterator[tuple[Segment | WireSegment, int, int]]:
        """As `segments`, but runs that nobody has looked at stay as they came."""
        for at, start, stop in self._parts(first, count):
            yield self._segments[at], start, stop
        yield from self._waiting(first, count)

    def received_at_ns(self, number: int) -> int | None:
        """When the row with this number arrived, ns since 1970; None where it is not kept."""
        times = self.times(number, 1)
        return times[0] if times else None

    def times(self, first: int, count: int) -> list[int]:
        """When the rows from `first` on arrived, ns since 1970."""
        times: list[int] = []
        for at, start, stop in self._parts(first, count):
            times += self._segments[at].times[start:stop]
        start, stop = self._open_range(first, count)
        return times + self._open_times[start:stop]

    @property
    def _sealed_end(self) -> int:
        return self.next_number - len(self._open)

    def _parts(self, first: int, count: int) -> Iterator[tuple[int, int, int]]:
        """Which segments hold these rows: (index, first position, position after the last)."""
        stop = min(first + count, self._sealed_end)
        number = max(first, self.first_number)
        at = bisect_right(self._ends, number)
        while number < stop:
            before, end = self._segments[at].first, self._ends[at]
            yield at, number - before, min(stop, end) - before
            number = end
            at += 1

    def _readable(self, at: int) -> Segment:
        segment = self._segments[at]
        if isinstance(segment, WireSegment):
            fallen_out = max(0, self.first_number - segment.first)
            self.bytes -= segment.size(fallen_out)
            self._segments[at] = segment = segment.taken_apart()
            self.bytes += segment.size(fallen_out)
        return segment

    def _waiting(self, first: int, count: int) -> Iterator[tuple[Segment, int, int]]:
        start, stop = self._open_range(first, count)
        if start < stop:
            rows, times = self._open[start:stop], self._open_times[start:stop]
            yield Segment(self._sealed_end + start, rows, times), 0, stop - start

    def _open_range(self, first: int, count: int) -> tuple[int, int]:
        base = self._sealed_end
        lowest = max(first, self.first_number, base) - base
        return lowest, max(lowest, min(first + count - base, len(self._open)))

    def _open_row(self, index: int) -> Row:
        frame = self._open[index]
        head = (self._sealed_end + index, moment(self._open_times[index]), self.topic)
        if isinstance(frame, tuple):
            type_, data, id_, own_id, source = frame
            return Event(*head, type_, data, id_, own_id, source)
        number, received_at, topic = head
        return replace(frame, number=number, received_at=received_at, topic=topic)

    def _measure_mixed(self, frames: Sequence[EventFrame | Note]) -> list[int]:
        """Sizes of rows that are not all events; counts the events and notes completed gaps."""
        for number, frame in enumerate(frames, self.next_number):
            if isinstance(frame, tuple):
                self.events += 1
            elif isinstance(frame, Gap) and frame.completes is not None:
                self.completions.append((number, frame.completes))
        return [_characters(frame) for frame in frames]

    def _extend_with_runs(
        self, rows: Sequence[EventFrame | Note | EventRun], received_at_ns: int
    ) -> int:
        """Runs that are worth a segment are encoded as they are; other rows wait as usual."""
        first = self.next_number
        for row in rows:
            if type(row) is not EventRun:
                self.extend((row,), received_at_ns)
            elif len(row) * RUN_PART < self._segment_rows or len(row.wire) > self._segment_bytes:
                self.extend(row.frames(), received_at_ns)
            else:
                self._take_run(row, received_at_ns)
        return first

    def _take_run(self, run: EventRun, received_at_ns: int) -> None:
        self._seal(everything=True)
        self.events += len(run)
        segment = WireSegment(self.next_number, run, received_at_ns)
        self.next_number += len(segment)
        self.bytes += segment.size()
        self._segments.append(segment)
        self._ends.append(self.next_number)
        self._keep_bounds()

    def _keep_bounds(self) -> None:
        if self.next_number - self.first_number > self.max_rows or self.bytes > self.max_bytes:
            self._drop(self.next_number - self.max_rows, self.max_bytes)

    def _seal(self, *, everything: bool = False) -> None:
        """Encode what waits, in segments of about equal weight."""
        first, at, total = self._sealed_end, 0, len(self._open)
        while at < total and (
            everything
            or total - at >= self._segment_rows
            or self._open_bytes >= self._segment_bytes
        ):
            stop = self._segment_stop(at)
            rows = self._open[at:stop]
            segment = Segment(first + at, rows, self._open_times[at:stop])
            counted = ROW_OVERHEAD * len(rows) + sum(self._open_sizes[at:stop])
            self.bytes += segment.size() - counted
            self._open_bytes -= counted
            self._segments.append(segment)
            self._ends.append(first + stop)
            at = stop
        del self._open[:at], self._open_times[:at], self._open_sizes[:at]

    def _segment_stop(self, start: int) -> int:
        """Where the segment that begins at the waiting row `start` ends, large rows considered."""
        stop = min(start + self._segment_rows, len(self._open))
        if self._open_bytes < 2 * self._segment_bytes:
            return stop
        size = 0
        for at in range(start, stop):
            size += self._open_sizes[at]
            if size >= self._segment_bytes:
                return at + 1
        return stop

    def _drop(self, first: int, max_bytes: int) -> None:
        """Let rows before `first` fall out, then more while there are over `max_bytes`."""
        emptied = 0
        for segment in self._segments:
            start = self.first_number - segment.first
            stop = min(max(first - segment.first, start), len(segment))
            if self.bytes - segment.size(start, stop) > max_bytes:
                stop = segment.stop_for(start, self.bytes - max_bytes)
            if segment.first + stop >= self.next_number:
                stop -= 1
            self.bytes -= segment.size(start, stop)
            self.first_number += stop - start
            if stop < len(segment):
                break
            emptied += 1
        del self._segments[:emptied], self._ends[:emptied]
        while self.completions and self.completions[0][0] < self.first_number:
            del self.completions[0]


def _characters(row: EventFrame | Note) -> int:
    if type(row) is tuple:
        return len(row[1])
    if isinstance(row, Comment):
        return len(row.text)
    return len(row.data) if isinstance(row, Partial) else 0
