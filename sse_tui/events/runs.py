"""The order of the rows in a view, as runs of consecutive numbers instead of one entry per row."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from heapq import heapify, heappop, heappush
from itertools import accumulate
from typing import NamedTuple


class Run(NamedTuple):
    """Rows `first` to `first + length - 1` of `topic`."""

    topic: str
    first: int
    length: int


class RowRuns:
    """Rows in order, appended at the end, dropped at the front; finding one takes O(log runs).

    A row keeps its place for ever.

    Args:
        room: how many rows may still be put in front.

    Attributes:
        base: place of the first row that is left.
        end: place after the last row.
    """

    def __init__(self, room: int = 0) -> None:
        self.base = room
        self.end = room
        self._runs: list[Run] = []
        self._places: list[int] = []  # of the first row of each run
        self._by_topic: dict[str, tuple[list[int], list[int]]] = {}  # run firsts, run indexes
        self._removed = 0  # runs deleted at the front: what run indexes count from

    def append(self, topic: str, first: int, count: int) -> None:
        """Add rows of one topic; their numbers are higher than those it has."""
        if count <= 0:
            return
        last = self._runs[-1] if self._runs else None
        if last and last.topic == topic and last.first + last.length == first:
            self._runs[-1] = Run(topic, last.first, last.length + count)
        else:
            firsts, indexes = self._by_topic.setdefault(topic, ([], []))
            firsts.append(first)
            indexes.append(self._removed + len(self._runs))
            self._runs.append(Run(topic, first, count))
            self._places.append(self.end)
        self.end += count

    def prepend(self, runs: Sequence[Run]) -> None:
        """Put rows in front, in order; nothing may have been dropped yet."""
        self._removed -= len(runs)
        fresh: dict[str, tuple[list[int], list[int]]] = {}
        for index, run in enumerate(runs, self._removed):
            firsts, indexes = fresh.setdefault(run.topic, ([], []))
            firsts.append(run.first)
            indexes.append(index)
        for topic, (firsts, indexes) in fresh.items():
            old_firsts, old_indexes = self._by_topic.get(topic, ([], []))
            self._by_topic[topic] = (firsts + old_firsts, indexes + old_indexes)
        lengths = [run.length for run in runs]
        self.base -= sum(lengths)
        self._runs[:0] = runs
        self._places[:0] = accumulate(lengths[:-1], initial=self.base) if runs else []

    def drop_before(self, place: int) -> None:
        """Let the rows before `place` go."""
        self.base = max(self.base, min(place, self.end))
        gone = bisect_right(self._places, self.base) - 1
        if gone > 1000 and gone > len(self._runs) // 2:
            self._removed += gone
            del self._runs[:gone], self._places[:gone]
            for firsts, indexes in self._by_topic.values():
                old = bisect_left(indexes, self._removed)
                del firsts[:old], indexes[:old]

    def at(self, place: int) -> tuple[str, int]:
        """The row at `place`: (topic, number). `base <= place < end`."""
        index = bisect_right(self._places, place) - 1
        run = self._runs[index]
        return run.topic, run.first + place - self._places[index]

    def place_of(self, topic: str, number: int) -> int | None:
        """The place of the first row of `topic` that is left and has at least this number."""
        firsts, indexes = self._by_topic.get(topic, ((), ()))
        base_run = self._removed + bisect_right(self._places, self.base) - 1
        at = max(0, bisect_right(firsts, number) - 1, bisect_left(indexes, base_run))
        for index in indexes[at : at + 2]:
            run, place = self._run(index)
            skipped = max(0, number - run.first, self.base - place)
            if skipped < run.length:
                return place + skipped
        return None

    def place_after(self, topic: str, number: int) -> int:
        """The place after the last row of `topic` whose number is at most `number`; or `base`."""
        firsts, indexes = self._by_topic.get(topic, ((), ()))
        at = bisect_right(firsts, number) - 1
        if at < 0:
            return self.base
        run, place = self._run(indexes[at])
        return place + min(number - run.first + 1, run.length)

    def has(self, topic: str, number: int) -> bool:
        """Whether this row is left."""
        place = self.place_of(topic, number)
        return place is not None and self.at(place) == (topic, number)

    def runs(self, start: int = 0, stop: int | None = None) -> Iterator[Run]:
        """What is left between two places, in order."""
        start = max(start, self.base)
        stop = self.end if stop is None else stop
        at = max(0, bisect_right(self._places, start) - 1)
        while at < len(self._runs) and self._places[at] < stop:
            run, place = self._runs[at], self._places[at]
            skipped = max(0, start - place)
            length = min(run.length, stop - place) - skipped
            if length > 0:
                yield Run(run.topic, run.first + skipped, length)
            at += 1

    def _run(self, index: int) -> tuple[Run, int]:
        at = index - self._removed
        return self._runs[at], self._places[at]


def merge(parts: Sequence[tuple[str, int, Sequence[int]]], grain_ns: int = 1) -> Iterator[Run]:
    """Put rows of several topics in order of time.

    Args:
        parts: (topic, number of the first row, times of the consecutive rows, rising; where the
            clock was set back they are merged somehow); rows of the same time keep the order of
            the parts.
        grain_ns: times are compared in steps of this; coarse steps make fewer runs.

    Yields:
        Runs that cover every row once.
    """
    heap = [(times[0] // grain_ns, part, 0) for part, (_, _, times) in enumerate(parts) if times]
    heapify(heap)
    while heap:
        _, part, start = heappop(heap)
        topic, first, times = parts[part]
        stop = len(times)
        if heap:
            step, other, _ = heap[0]
            bound = (step + (part < other)) * grain_ns
            stop = bisect_left(times, bound, start)
        yield Run(topic, first + start, stop - start)
        if stop < len(times):
            heappush(heap, (times[stop] // grain_ns, part, stop))
