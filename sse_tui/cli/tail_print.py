"""Prints the rows that `tail` wants: data on standard output, notes on standard error."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sse_tui.cli.report import note, report
from sse_tui.cli.tail_lines import (
    LineForm,
    json_lines_for_terminal,
    raw_batch,
    raw_lines,
    raw_lines_for_terminal,
    text_lines,
)
from sse_tui.events.format import json_lines, one_line
from sse_tui.events.model import Event, Gap, Partial, Row, StateChange, StreamState

if TYPE_CHECKING:
    from sse_tui.cli.output import Output
    from sse_tui.cli.tail_plan import TailPlan
    from sse_tui.client.subscription import Subscription
    from sse_tui.events.log import EventLog

_ROWS_AT_ONCE = 20_000
_FORMS: dict[str, tuple[LineForm, LineForm]] = {
    "text": (text_lines, text_lines),
    "json": (json_lines, json_lines_for_terminal),
    "raw": (raw_lines, raw_lines_for_terminal),
}


class Printer:
    """Prints the new rows of streams, each once and in order.

    Attributes:
        met: `--count` or `--until` has been reached; nothing more is printed.
        last_event_at: loop time of the last event, or of the beginning.
    """

    def __init__(self, plan: TailPlan, output: Output, streams: Mapping[str, Subscription]) -> None:
        self.met = False
        self.last_event_at = asyncio.get_running_loop().time()
        self._plan = plan
        self._output = output
        self._streams = streams
        self._next: dict[str, int] = {}
        self._left = plan.count
        self._lines = _FORMS[plan.form][output.is_terminal]
        self._chooses = plan.where is not None or plan.until is not None

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
            note(f"sse-tui: {target}: {log.first_number - first} rows fell out before their turn")
            first = log.first_number
        while first < log.next_number and not self.met:
            count = min(_ROWS_AT_ONCE, log.next_number - first)
            if self._lines is raw_lines and not self._chooses and count < (self._left or count + 1):
                self._print_raw(log, first, count)
            else:
                self._print_rows(log, first, count)
            first += count
        self._next[target] = first

    def _print_raw(self, log: EventLog, first: int, count: int) -> None:
        """The quick way: all rows are wanted, and only their data."""
        data, events, others = raw_batch(log, first, count)
        self._note_all(log.topic, others)
        self._write(data, events)

    def _print_rows(self, log: EventLog, first: int, count: int) -> None:
        rows = log.read(first, count)
        wanted = self._chosen(log, rows, first, count)
        if not self._plan.everything:
            self._note_all(log.topic, [row for row in rows if not isinstance(row, Event)])
        events = sum(isinstance(row, Event) for row in wanted)
        self._write(self._lines(wanted, log.topic), events)

    def _write(self, data: bytes, events: int) -> None:
        if data:
            self._output.write(data)
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
            elif failed or isinstance(row, Gap | Partial) or _is_news(row):
                note(f"sse-tui: {target}: {one_line(row)}")


def _is_news(row: Row) -> bool:
    """The stream waits or has stopped; that it opens is what everybody expects."""
    return isinstance(row, StateChange) and row.state in (StreamState.WAITING, StreamState.STOPPED)
