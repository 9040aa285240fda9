"""The lines that `tail` prints: rows of a log as bytes, a batch at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sse_tui.events.format import escape, json_lines
from sse_tui.events.model import Event, Row
from sse_tui.events.segment import EVENT_WITH_ID
from sse_tui.events.wire_segment import WireSegment

if TYPE_CHECKING:
    from sse_tui.cli.output import Output
    from sse_tui.cli.tail_plan import TailPlan
    from sse_tui.events.log import EventLog
    from sse_tui.events.segment import Segment

LineForm = Callable[[Sequence[Row], str], bytes]
"""Makes the lines of some rows of one target."""

# What JSON allows in a string but a terminal may act upon: DEL, C1, direction and width marks.
_NOT_FOR_A_TERMINAL = re.compile(
    "[\\x7f-\\x9f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff]"
)


def lines_for(plan: TailPlan, output: Output) -> LineForm:
    """What makes the lines of a run; only that is loaded."""
    line, terminal = plan.line, output.is_terminal
    if line.form == "raw":
        return raw_lines_for_terminal if terminal else raw_lines
    if line.form == "json":
        return json_lines_for_terminal if terminal else json_lines
    from sse_tui.cli.tail_times import RowTimes

    times = RowTimes(datetime.now(UTC))
    if line.template is not None:
        from sse_tui.cli.tail_template import TemplateLines

        return TemplateLines(line.template, times, terminal=terminal)
    from sse_tui.cli.tail_default import DefaultLines

    column_of = plan.streams if terminal and len(plan.streams) > 1 else ()
    return DefaultLines(times, line.time_form, colors=output.colored, column_of=column_of)


def json_lines_for_terminal(rows: Sequence[Row], target: str) -> bytes:
    """The same JSON, with escapes for what a terminal would act upon."""
    text = json_lines(rows, target).decode()
    return _NOT_FOR_A_TERMINAL.sub(lambda m: f"\\u{ord(m[0]):04x}", text).encode()


def raw_lines(rows: Sequence[Row], target: str) -> bytes:
    """The data of events, exact, each followed by LF."""
    data = [row.data for row in rows if isinstance(row, Event)]
    return "".join([f"{text}\n" for text in data]).encode("utf-8", "replace")


def raw_lines_for_terminal(rows: Sequence[Row], target: str) -> bytes:
    """The data of events, control characters escaped, each followed by LF."""
    data = [escape(row.data) for row in rows if isinstance(row, Event)]
    return "".join([f"{text}\n" for text in data]).encode("utf-8", "replace")


def raw_batch(log: EventLog, first: int, count: int) -> tuple[bytes, int, list[Row]]:
    """What `raw_lines` gives for rows of a log, without making a row of each event.

    Returns:
        The lines, how many events they are, and the rows that are no events.
    """
    lines: list[bytes] = []
    rows = 0
    others: list[Row] = []
    for segment, start, stop in log.pieces(first, count):
        rows += stop - start
        if isinstance(segment, WireSegment):
            lines.append(segment.data_lines(start, stop))
            continue
        if max(segment.codes[start:stop]) > EVENT_WITH_ID:
            at = [i for i in range(start, stop) if segment.codes[i] > EVENT_WITH_ID]
            others += [segment.row(i, log.topic) for i in at]
        lines.append(_raw_segment(segment, start, stop))
    return b"".join(lines), rows - len(others), others


def _raw_segment(segment: Segment, start: int, stop: int) -> bytes:
    text = segment.text[segment.starts[start] : segment.starts[stop]]
    rows = stop - start
    only_events = max(segment.codes[start:stop]) <= EVENT_WITH_ID
    if only_events and text.count(b"\n") == rows == text.count(b"\0"):
        # Every row is `id NUL data LF`: all of them at once.
        parts = text.replace(b"\n", b"\0").split(b"\0")
        return b"\n".join([*parts[1::2], b""])
    return b"".join(
        [
            segment.id_and_data(index)[1] + b"\n"
            for index in range(start, stop)
            if segment.codes[index] <= EVENT_WITH_ID
        ]
    )
