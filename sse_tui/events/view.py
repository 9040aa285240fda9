"""Which rows a view shows, and in what order: a model without any user interface."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sse_tui.events.log import EventLog
from sse_tui.events.model import Batch, Row
from sse_tui.events.query import Query
from sse_tui.events.runs import RowRuns, Run, merge

EXACT_ROWS = 4000
"""Up to so many new rows at once are merged by their exact times, more by hundredths of a second:
in a flood the exact order would cost a run per row, and nobody could read it."""
COARSE_NS = 10_000_000
SEARCH_ROWS = 2048


class RowView:
    """The rows of one log, or of several merged by arrival time; filtered if a query is set.

    A row that has been shown keeps its place: `index + base` stays the same for it while rows
    arrive and while old ones fall out, until the query changes. A merged view has no holes: when a
    row falls out of its log, what is older goes from the view as well.

    A gap row that completes an earlier one is shown in that one's place. New rows are put in order
    when the view is next read, so `add` costs next to nothing.

    Args:
        logs: by topic; may gain logs later. A log that is replaced by another of the same name
            needs a new view.
        topics: whose rows to show; None: all, also those that come later.
    """

    def __init__(self, logs: Mapping[str, EventLog], topics: tuple[str, ...] | None) -> None:
        self._logs = logs
        self._topics = topics
        self._all = RowRuns()
        self._shown = self._all
        self._query: Query | None = None
        self._unsearched = 0  # place in all rows up to which older ones were not looked through
        self._replaced: dict[tuple[str, int], int] = {}  # gap row -> the one that completes it
        self._new: dict[str, int] = {}  # topic -> number after the last that has arrived
        self._next: dict[str, int] = {}  # topic -> number after the last that is in order
        self._first: dict[str, int] = {}  # topic -> first number its log had when last looked at
        for topic, log in logs.items():
            self.add(Batch(topic, log.first_number, len(log)))

    @property
    def logs(self) -> Mapping[str, EventLog]:
        """Where the rows are read from, by topic."""
        return self._logs

    @property
    def query(self) -> Query | None:
        """The filter; None: all rows are shown."""
        return self._query

    def set_query(self, query: Query | None, *, newest: int | None = None) -> None:
        """Show the rows that match; places are counted anew.

        Args:
            query: the filter; None shows all rows.
            newest: look through so many of the newest rows at once, and leave the rest to
                `search_older`; None: look through all.
        """
        self._settle()
        self._query = query
        first, end = self._all.base, self._all.end
        self._unsearched = first
        if query is None:
            self._shown = self._all
            return
        if newest is not None:
            self._unsearched = max(first, end - newest)
        self._shown = RowRuns(self._unsearched - first)
        for run in self._matching(query, list(self._all.runs(self._unsearched))):
            self._shown.append(*run)

    @property
    def searching(self) -> bool:
        """Older rows have not been looked through yet."""
        return self._unsearched > self._all.base

    def search_older(self, seconds: float) -> bool:
        """Look through older rows, newest first, for about so long; places stay as they are.

        Returns:
            Whether there are more to look through.
        """
        self._settle()
        until = time.monotonic() + seconds
        while self._query is not None and self.searching:
            start = max(self._all.base, self._unsearched - SEARCH_ROWS)
            runs = list(self._all.runs(start, self._unsearched))
            self._shown.prepend(list(self._matching(self._query, runs)))
            self._unsearched = start
            if time.monotonic() >= until:
                break
        return self.searching

    def add(self, batch: Batch) -> None:
        """Rows have arrived."""
        if self._topics is None or batch.topic in self._topics:
            self._new[batch.topic] = batch.first_number + batch.count

    def clear(self) -> None:
        """Hide all rows that are there now; new ones will be shown."""
        self._settle()
        self._all.drop_before(self._all.end)
        self._shown.drop_before(self._shown.end)

    @property
    def base(self) -> int:
        """Places in front: rows that are gone, and room for older matches not looked for yet."""
        self._settle()
        return self._shown.base

    @property
    def total(self) -> int:
        """How many rows there would be without the query."""
        self._settle()
        return self._all.end - self._all.base

    def __len__(self) -> int:
        self._settle()
        return self._shown.end - self._shown.base

    def ref(self, index: int) -> tuple[str, int]:
        """Topic and number of the row at `index`, 0 to `len(view) - 1`.

        Raises:
            IndexError: there is no such row.
        """
        self._settle()
        place = self._shown.base + index
        if not self._shown.base <= place < self._shown.end:
            raise IndexError(index)
        topic, number = self._shown.at(place)
        return topic, self._replaced.get((topic, number), number)

    def row(self, index: int) -> Row | None:
        """The row at `index`; None if there is none, or it has just fallen out of its log."""
        try:
            topic, number = self.ref(index)
        except IndexError:
            return None
        return self._logs[topic].get(number)

    def index_of(self, topic: str, number: int) -> int | None:
        """Index of this row, or of the next one of its topic that is shown; None: there is none."""
        self._settle()
        log = self._logs.get(topic)
        if log is None:
            return None
        completed = dict(log.completions).get(number)
        if completed is not None and self._replaced.get((topic, completed)) == number:
            number = completed
        place = self._shown.place_of(topic, number)
        return None if place is None else place - self._shown.base

    def _settle(self) -> None:
        """Put what was added in order, then let go what has fallen out."""
        if self._new:
            runs = [part for run in self._ordered() for part in self._without_completions(run)]
            for run in runs:
                self._all.append(*run)
            if self._query is not None:
                for run in self._matching(self._query, runs):
                    self._shown.append(*run)
        self._let_go()

    def _ordered(self) -> Iterable[Run]:
        new, self._new = self._new, {}
        parts = []
        for topic, stop in new.items():
            log = self._logs.get(topic)
            if log is None:
                continue
            first = max(self._next.get(topic, 0), log.first_number)
            stop = min(stop, log.next_number)
            self._first.setdefault(topic, first)
            if stop > first:
                self._next[topic] = stop
                parts.append(Run(topic, first, stop - first))
        if len(parts) <= 1:
            return parts
        timed = [(topic, first, self._logs[topic].times(first, n)) for topic, first, n in parts]
        few = sum(part.length for part in parts) <= EXACT_ROWS
        return merge(timed, 1 if few else COARSE_NS)

    def _without_completions(self, run: Run) -> Iterable[Run]:
        """The run, cut around gap rows that are shown in an earlier one's place."""
        topic, first, length = run
        completions = self._logs[topic].completions
        stop = first + length
        for number, completed in completions[bisect_left(completions, (first, 0)) :]:
            if number >= stop:
                break
            shown = first <= completed < number or self._all.has(topic, completed)
            if shown:
                self._replaced[topic, completed] = number
                yield Run(topic, first, number - first)
                first = number + 1
        yield Run(topic, first, stop - first)

    def _matching(self, query: Query, runs: Sequence[Run]) -> Iterator[Run]:
        spans: dict[str, tuple[int, int]] = {}
        for topic, first, length in runs:
            start, _ = spans.get(topic, (first, 0))
            spans[topic] = (start, first + length)
        matches = {
            topic: query.select(self._logs[topic], start, stop - start)
            for topic, (start, stop) in spans.items()
        }
        for (topic, completed), number in self._replaced.items():
            start, stop = spans.get(topic, (0, 0))
            if start <= completed < stop:
                row = self._logs[topic].get(number)
                _set(matches[topic], completed, row is not None and query.matches(row))
        for topic, first, length in runs:
            numbers = matches[topic]
            start, stop = bisect_left(numbers, first), bisect_left(numbers, first + length)
            yield from _consecutive(topic, numbers[start:stop])

    def _let_go(self) -> None:
        """Drop what fell out of its log, and what is older."""
        before = self._all.base
        for topic, first in self._first.items():
            log = self._logs.get(topic)
            if log is not None and log.first_number > first:
                self._first[topic] = log.first_number
                self._all.drop_before(self._all.place_after(topic, log.first_number - 1))
        if self._all.base == before:
            return
        for topic in self._first:
            place = self._all.place_of(topic, 0)
            left = self._next.get(topic, 0) if place is None else self._all.at(place)[1]
            self._shown.drop_before(self._shown.place_after(topic, left - 1))
        for topic, number in [*self._replaced]:
            if not self._all.has(topic, number):
                del self._replaced[topic, number]


def _consecutive(topic: str, numbers: Sequence[int]) -> Iterator[Run]:
    """Rising numbers as runs."""
    start = 0
    for at in range(1, len(numbers) + 1):
        if at == len(numbers) or numbers[at] != numbers[at - 1] + 1:
            yield Run(topic, numbers[start], at - start)
            start = at


def _set(numbers: list[int], number: int, wanted: bool) -> None:
    """Put a number into rising numbers, or take it out."""
    at = bisect_left(numbers, number)
    held = at < len(numbers) and numbers[at] == number
    if wanted and not held:
        numbers.insert(at, number)
    elif held and not wanted:
        del numbers[at]
