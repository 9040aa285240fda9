from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from sse_tui.cli.tail_default import DefaultLines
from sse_tui.cli.tail_lines import (
    json_lines_for_terminal,
    raw_batch,
    raw_lines,
    raw_lines_for_terminal,
)
from sse_tui.cli.tail_times import RowTimes, TimeForm
from sse_tui.events.decoder import Decoder
from sse_tui.events.format import json_lines
from sse_tui.events.log import EventLog
from sse_tui.events.model import EPOCH, UNNUMBERED, Comment, EventFrame, Note, Row
from sse_tui.events.wire_segment import WireSegment

NASTY = "a\x1b[31mb\u202ec\u009bd\ne\tf"


def text_lines(rows: Sequence[Row], target: str) -> bytes:
    return DefaultLines(RowTimes(EPOCH))(rows, target)


def event(
    data: str, *, kind: str = "message", id_: str | None = None, source: str | None = None
) -> EventFrame:
    return (kind, data, id_ or "", id_ is not None, source)


def log_of(*rows: EventFrame | Note, max_rows: int = 100_000) -> EventLog:
    log = EventLog("t", max_rows=max_rows)
    log.extend(rows, 1_700_000_000_123_456_789)
    return log


@pytest.mark.parametrize("copies", [1, 400])  # few rows wait as they came, many are encoded
@pytest.mark.parametrize(
    "rows",
    [
        [event("one"), event("two", id_="7"), event("", id_="8")],
        [event("two\nlines"), event("one")],
        [event("a NUL \0 in it"), event("x")],
        [event("a\0b\nc"), event("\0")],
        [event("x"), Comment(*UNNUMBERED, "live"), event("y")],
        [Comment(*UNNUMBERED, "live")],
        [event("grüße 😀", id_="ü")],
    ],
)
def test_the_quick_way_prints_what_the_slow_way_prints(
    rows: list[EventFrame | Note], copies: int
) -> None:
    log = log_of(*rows * copies)
    first, count = 2 if copies > 1 else 1, len(rows) * copies - 1
    lines, events, others = raw_batch(log, first, count)
    wanted = log.read(first, count)
    assert lines == raw_lines(wanted, "t")
    assert events + len(others) == len(wanted)
    assert others == [row for row in wanted if isinstance(row, Comment)]


@pytest.mark.parametrize("data", ["{}", "grüße 😀", "not UTF-8: \udcff"])
@pytest.mark.parametrize("head", ["", "id: 7\n", "event: a\nid: 7\n"])
def test_a_flood_is_printed_without_being_taken_apart(data: str, head: str) -> None:
    block = f"{head}data: {data}\n\n".encode("utf-8", "surrogateescape")
    log = EventLog("t")
    log.extend(Decoder().feed_runs(block * 2000), 0)
    assert any(isinstance(piece, WireSegment) for piece, _, _ in log.pieces(1, 2000))
    lines, events, others = raw_batch(log, 3, 1500)
    assert (events, others) == (1500, [])
    assert lines == raw_lines(log.read(3, 1500), "t")


def test_a_default_line_is_time_topic_type_and_data() -> None:
    log = log_of(event('{"a":1}', kind="login"))
    line = text_lines(log.read(1, 1), "user_events").decode()
    assert re.fullmatch(r'\d\d:\d\d:\d\d\.123 user_events login \{"a":1\}\n', line)


def test_the_line_of_a_wildcard_stream_names_the_concrete_topic() -> None:
    log = log_of(event("x", source="orders.eu"))
    assert text_lines(log.read(1, 1), "orders.*").decode().split()[1] == "orders.eu"


def test_control_characters_never_reach_the_terminal() -> None:
    rows = log_of(event(NASTY, kind="t\x1b", source="s\x07")).read(1, 1)
    for make in (text_lines, raw_lines_for_terminal, json_lines_for_terminal):
        text = make(rows, "topic\x1b").decode()
        assert text.endswith("\n")
        assert text[:-1].isprintable(), make
    assert json.loads(json_lines_for_terminal(rows, "t"))["data"] == NASTY


def test_raw_to_a_pipe_is_exact() -> None:
    rows = log_of(event(NASTY), event(" two ")).read(1, 2)
    assert raw_lines(rows, "t").decode() == f"{NASTY}\n two \n"


def test_json_to_a_pipe_is_exact_and_names_the_target_as_given() -> None:
    rows = log_of(event(NASTY, id_="9")).read(1, 1)
    line = json.loads(json_lines(rows, "http://h/a b"))
    assert line["topic"] == "http://h/a b"
    assert line["data"] == NASTY
    assert (line["id"], line["own_id"], line["source"]) == ("9", True, None)
    assert datetime.fromisoformat(line["received_at"])
    assert line["received_at"].endswith("Z")


@pytest.mark.parametrize(
    ("form", "times"),
    [
        ("iso", ["2023-11-14T22:13:20.123456Z", "2023-11-14T22:13:20.623456Z"]),
        ("relative", ["    0.123", "    0.623"]),
        ("delta", ["    0.000", "    0.500"]),
        ("none", ["", ""]),
    ],
)
def test_times_of_the_default_line(form: TimeForm, times: list[str]) -> None:
    log = log_of(event("x"))
    log.extend([event("x")], 1_700_000_000_623_456_789)
    make = DefaultLines(RowTimes(datetime.fromtimestamp(1_700_000_000, UTC)), form)
    lines = make(log.read(1, 2), "t").decode().splitlines()
    assert [line.removesuffix("t message x").removesuffix(" ") for line in lines] == times


def test_the_delta_of_rows_that_came_together_is_0() -> None:
    log = log_of(event("x"))
    log.extend([event("x")] * 2, 1_700_000_001_000_000_000)
    lines = DefaultLines(RowTimes(EPOCH), "delta")(log.read(1, 3), "t").decode().splitlines()
    assert [line.split()[0] for line in lines] == ["0.000", "0.877", "0.000"]


def test_topics_of_several_targets_stand_in_one_column() -> None:
    make = DefaultLines(RowTimes(EPOCH), "none", column_of=["ab", "日本", "x" * 99])
    assert make(log_of(event("1")).read(1, 1), "ab").decode() == "ab   message 1\n"
    assert make(log_of(event("1")).read(1, 1), "日本").decode() == "日本 message 1\n"
    assert make(log_of(event("1")).read(1, 1), "x" * 99).decode() == f"{'x' * 99} message 1\n"
    wider = log_of(event("1", source="ab.cdef")).read(1, 1)
    assert make(wider, "ab").decode() == "ab.cdef message 1\n"
    assert make(log_of(event("1")).read(1, 1), "ab").decode() == "ab      message 1\n"
