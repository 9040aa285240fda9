from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.row_strategies import FRAMES, RUNS, bare

from sse_tui.events.decoder import Decoded
from sse_tui.events.event_run import one_by_one, run_of_one_shape
from sse_tui.events.log import SEGMENT_ROWS, EventLog
from sse_tui.events.model import UNNUMBERED, Comment, Event, EventFrame, Gap, Note
from sse_tui.events.query import parse_query
from sse_tui.events.segment import ROW_OVERHEAD, Segment, moment
from sse_tui.events.wire_segment import WireSegment

SECOND = 10**9


def event(data: str) -> EventFrame:
    return "message", data, "", False, None


@given(
    st.lists(st.lists(st.one_of(FRAMES, RUNS), max_size=9), max_size=12),
    st.sampled_from([1, 2, 3, 4, 5, 9, 20, 1000]),
    st.sampled_from([0, 1, 100, 300, 2000, 2**20]),
    st.booleans(),
)
def test_a_log_gives_back_what_it_took_in_within_its_bounds(
    batches: list[list[Decoded]], max_rows: int, max_bytes: int, trimmed: bool
) -> None:
    log = EventLog("orders", max_rows=max_rows, max_bytes=max_bytes)
    taken: list[tuple[EventFrame | Note, int]] = []
    for at, frames in enumerate(batches, 1):
        assert log.extend(frames, at * SECOND) == len(taken) + 1
        taken += [(frame, at) for frame in one_by_one(frames)]
        if trimmed and at % 4 == 0:
            dropped = log.dropped
            assert log.trim(150) == log.dropped - dropped
            assert log.bytes <= 150 or len(log) == 1
    assert log.next_number == len(taken) + 1
    assert log.events == sum(isinstance(frame, tuple) for frame, _ in taken)
    kept = log.read(0, len(taken) + 5)
    assert len(kept) == len(log) == log.next_number - log.first_number <= max_rows
    assert log.dropped == log.first_number - 1 == len(taken) - len(kept)
    assert log.bytes <= max_bytes or len(log) <= 1
    for row, (frame, at) in zip(kept, taken[log.dropped :], strict=True):
        assert bare(row) == bare(frame)
        assert (row.topic, row.received_at) == ("orders", datetime.fromtimestamp(at, UTC))
        assert log.get(row.number) == row
        assert log.received_at_ns(row.number) == at * SECOND
    assert [row.number for row in kept] == list(range(log.first_number, log.next_number))
    assert log.bytes <= max_bytes or len(log) <= 1


@given(st.lists(FRAMES, min_size=1, max_size=30), st.integers(-3, 40), st.integers(0, 40))
def test_reading_is_clipped_to_what_is_kept(
    frames: list[EventFrame | Note], first: int, count: int
) -> None:
    log = EventLog("t", max_rows=12)
    for at, frame in enumerate(frames):
        log.extend([frame], at)
    wanted = [n for n in range(first, first + count) if log.first_number <= n < log.next_number]
    assert [row.number for row in log.read(first, count)] == wanted
    assert log.times(first, count) == [n - 1 for n in wanted]
    encoded = [
        segment.first + index
        for segment, start, stop in log.segments(first, count)
        for index in range(start, stop)
    ]
    assert encoded == wanted


def test_rows_that_fell_out_or_have_not_come_are_none() -> None:
    log = EventLog("t", max_rows=2)
    log.extend([event(str(n)) for n in range(5)], 0)
    assert [log.get(n) is None for n in range(8)] == [True] * 4 + [False] * 2 + [True] * 2
    assert log.received_at_ns(3) is None
    assert log.dropped == 3


def test_rows_read_the_same_before_and_after_they_are_encoded() -> None:
    log = EventLog("t")
    log.extend([event("first"), Comment(*UNNUMBERED, "é")], 1500)
    before = log.read(1, 2)
    log.extend([event("x")] * SEGMENT_ROWS, 2000)
    assert log.read(1, 2) == before
    assert isinstance(before[0], Event)


def test_bytes_are_the_encoded_text_and_a_little_per_row() -> None:
    log = EventLog("t", max_rows=4)
    log.extend([("message", "dé", "17", True, None)], 0)
    assert log.bytes == len(b"17\0d\xc3\xa9\n") + ROW_OVERHEAD


def test_the_newest_row_stays_even_when_it_is_larger_than_the_bound() -> None:
    log = EventLog("t", max_bytes=1000)
    log.extend([event("small")], 0)
    log.extend([event("x" * 5000)], 0)
    assert [row.number for row in log.read(1, 9)] == [2]
    log.extend([event("small")], 0)
    assert [row.number for row in log.read(1, 9)] == [3]


def test_large_rows_do_not_share_a_segment() -> None:
    log = EventLog("t", max_bytes=10 * 2**20)
    log.extend([event("x" * 2**20) for _ in range(30)], 0)
    lengths = [len(segment) for segment, _, _ in log.segments(1, 99)]
    assert lengths == [1] * len(log)
    assert len(log) == 9  # a tenth would be over by its overhead


def test_a_segment_may_hold_more_types_than_a_byte_can_number() -> None:
    log = EventLog("t")
    log.extend([(f"type {n}", "", "", False, f"t.{n % 300}") for n in range(SEGMENT_ROWS)], 0)
    events = [row for row in log.read(1, SEGMENT_ROWS) if isinstance(row, Event)]
    assert [row.type for row in events] == [f"type {n}" for n in range(SEGMENT_ROWS)]
    assert [row.source for row in events] == [f"t.{n % 300}" for n in range(SEGMENT_ROWS)]


def test_completed_gaps_are_known_until_they_fall_out() -> None:
    log = EventLog("t", max_rows=4)
    log.extend([event("a"), Gap(*UNNUMBERED, 1.0)], 0)
    log.extend([event("b"), Gap(*UNNUMBERED, 1.0, replayed=1, completes=2)], 0)
    assert log.completions == [(4, 2)]
    log.extend([event("c")] * 4, 0)
    assert log.completions == []


def test_a_run_is_kept_as_it_came_until_somebody_looks() -> None:
    log = EventLog("t", max_rows=1000)
    wire = b"".join(b"id: %d\nevent: up\ndata: %d\n\n" % (n, n) for n in range(600))
    run = run_of_one_shape(wire, "")
    assert run is not None
    log.extend([run], 5)
    log.extend([run], 6)
    assert (len(log), log.events, log.first_number) == (1000, 1200, 201)
    assert log.times(600, 2) == [5, 6]
    counted = log.bytes
    assert log.read(201, 1) == [Event(201, moment(5), "t", "up", "200", "200", True)]
    assert log.bytes < counted


def test_a_run_without_the_word_stays_as_it_came() -> None:
    log = EventLog("t")
    for word in ("needle", "hay"):
        wire = b"".join(b"id: %d\ndata: %s\n\n" % (n, word.encode()) for n in range(200))
        run = run_of_one_shape(wire, "")
        assert run is not None
        log.extend([run], 0)
    assert len(parse_query("needle").select(log, 1, 400)) == 200
    kinds = [type(piece) for piece, _, _ in log.pieces(1, 400)]
    assert kinds == [Segment, WireSegment]


@pytest.mark.parametrize("word", ["rather", "message", "ess", "\N{REPLACEMENT CHARACTER}"])
def test_words_that_do_not_stand_on_the_wire_are_found_in_a_run(word: str) -> None:
    log = EventLog("t")
    run = run_of_one_shape(b"data: \xff\n\n" * 200, "a rather long id")
    assert run is not None
    log.extend([run], 0)
    assert len(parse_query(word).select(log, 1, 400)) == 200


def test_a_run_may_inherit_an_id_that_no_utf_8_can_say() -> None:
    run = run_of_one_shape(b"data: x\n\n" * 200, "\udcff")
    assert run is not None
    log = EventLog("t")
    log.extend([run], 0)
    assert parse_query("absent").select(log, 1, 400) == []
    assert log.read(1, 1) == [Event(1, moment(0), "t", "message", "x", "\udcff", False)]
