"""Prints the rows that `tail` wants: data on standard output, notes on standard error."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sse_tui.cli.colors import WARNING, note_color
from sse_tui.cli.report import note, report
from sse_tui.cli.tail_lines import lines_for, raw_batch, raw_lines
from sse_tui.events.format import one_line
from sse_tui.events.model import Event, Gap, Partial, Row, StateChange, StreamState

if TYPE_CHECKING:
    from sse_tui.cli.output import Output
    from sse_tui.cli.tail_plan import TailPlan
    from sse_tui.client.subscription import Subscription
    from sse_tui.events.log import EventLog

_ROWS_AT_ONCE = 20_000


class Printer:
    """Prints the new rows of streams, each once and in order.

    Attributes:
        met: `--count` or `--until` has been reached; nothing more is printed.
        last_event_at: loop time of the last event, or of the beginning.
        failed: what was printed is not what was asked for, though no stream has failed.
    """

    def __init__(self, plan: TailPlan, output: Output, streams: Mapping[str, Subscription]) -> None:
        self.met = False
        self.failed = False
        self.last_event_at = asyncio.get_running_loop().time()
        self._plan = plan
        self._output = output
        self._streams = streams
        self._next: dict[str, int] = {}
        self._left = plan.count
        self._lines = lines_for(plan, output)
        chooses = plan.where is not None or plan.until is not None
        self._quick = self._lines is raw_lines and not chooses and not output.row_by_row

    def finish(self) -> None:
        """Nothing more will come."""

    def print_all(self) -> None:
        """Print what is new in any stream.

        Raises:
            ReaderGoneError: nobody reads any more.
        """
        for target in self._plan.streams:
            self.print_new(target)

    def print_new(self, target: str) -> None:
        """Print what is new in one stream; notes go to stderr.

        Raises:
            ReaderGoneError: nobody reads any more.
        """
        log = self._streams[target].log
        first = self._next.get(target, 1)
        if first < log.first_number:
            lost = log.first_number - first
            note(f"sse-tui: {target}: {lost} rows fell out before their turn", WARNING)
            first = log.first_number
        while first < log.next_number and not self.met:
            count = min(_ROWS_AT_ONCE, log.next_number - first)
            if self._quick and count < (self._left or count + 1):
                self._print_raw(log, first, count)
            else:
                self._print_rows(log, first, count)
            first += count
        self._next[target] = first

    def _print_raw(self, log: EventLog, first: int, count: int) -> None:
        """The quick way: all rows are wanted, and only their data."""
        data, events, others = raw_batch(log, first, count)
        self._note_all(log.topic, others)
        if data:
            self._output.write(data)
        self._count(events)

    def _print_rows(self, log: EventLog, first: int, count: int) -> None:
        rows = log.read(first, count)
        wanted = self._chosen(log, rows, first, count)
        if not self._plan.everything:
            self._note_all(log.topic, [row for row in rows if not isinstance(row, Event)])
        if self._output.row_by_row:
            self._output.write_rows([self._lines((row,), log.topic) for row in wanted])
        elif data := self._lines(wanted, log.topic):
            self._output.write(data)
        self._count(sum(isinstance(row, Event) for row in wanted))

    def _count(self, events: int) -> None:
        if events:
            self.last_event_at = asyncio.get_running_loop().time()
        if self._left is not None:
            self._left -= events
            self.met = self.met or self._left <= 0

    def _chosen(self, log: EventLog, rows: list[Row], first: int, count: int) -> list[Row]:
        """The rows to print, up to the one that meets `--count` or `--until`."""
        plan, left = self._plan, self._left
        passing = frozenset(plan.where.select(log, first, count)) if plan.where else None
        last = frozenset(plan.until.select(log, first, count)) if plan.until else frozenset()
        chosen: list[Row] = []
        for row in rows:
            event = isinstance(row, Event)
            if (event or plan.everything) and (passing is None or row.number in passing):
                chosen.append(row)
                left = left - 1 if event and left is not None else left
            if event and row.number in last:
                self.met = True
            if self.met or left == 0:
                break
        return chosen

    def _note_all(self, target: str, rows: Sequence[Row]) -> None:
        """Say on stderr what a reader of data alone would miss."""
        for row in rows:
            failed = isinstance(row, StateChange) and row.state is StreamState.FAILED
            error = self._streams[target].error if failed else None
            if error is not None:
                report(error)
            elif is_noted(row):
                note(f"sse-tui: {target}: {one_line(row)}", note_color(row))


def is_noted(row: Row) -> bool:
    """Whether a row is told on stderr; that a stream opens is what everybody expects."""
    if isinstance(row, StateChange):
        return row.state not in (StreamState.CONNECTING, StreamState.OPEN)
    return isinstance(row, Gap | Partial)
