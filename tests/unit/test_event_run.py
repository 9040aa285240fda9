from __future__ import annotations

from itertools import cycle

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.reference_decoder import plain, reference
from unit.row_strategies import bare

from sse_tui.events.decoder import Decoder
from sse_tui.events.event_run import MIN_BYTES, EventRun, one_by_one, run_of_one_shape
from sse_tui.events.log import EventLog
from sse_tui.events.model import EventFrame, Note

VALUES = st.sampled_from(
    ["x", "", " two", "a:b", "é€🧪", "id: 7", "data: x", "a\0b", "[DONE]", "hub.gap"]
)
FIELDS = st.sampled_from(["id: ", "event: ", "data: ", "topic: ", "data:", "id:", "foo: ", ": "])
SHAPES = st.lists(FIELDS, min_size=1, max_size=4)


@st.composite
def alike(draw: st.DrawFn) -> bytes:
    """Blocks of one shape, at times with a line swapped for another."""
    shape = draw(SHAPES)
    count = draw(st.integers(1, 4))
    lines = [line for _ in range(count) for line in (*(name + draw(VALUES) for name in shape), "")]
    if draw(st.booleans()):
        place = draw(st.integers(0, len(lines) - 1))
        lines[place] = draw(st.sampled_from(["", "data: y", "event: up", "id: 9", "foo"]))
    blocks = "\n".join((*lines, "", "")).encode()
    return blocks.replace("€".encode(), draw(st.sampled_from(["€".encode(), b"\xe2\x82"])))


@given(alike(), st.sampled_from(["", "earlier"]))
def test_what_it_decodes_is_what_the_standard_says(blocks: bytes, last_id: str) -> None:
    # The block before gives the id that is inherited.
    stream = f"id: {last_id}\n\n".encode() + blocks if last_id else blocks
    rows, last_id_after, _ = reference(stream)
    run = run_of_one_shape(blocks, last_id)
    if run is not None:
        assert plain(run.frames()) == rows
        assert len(run) == len(rows)
        assert run.last_id == last_id_after
        for start in range(len(rows)):
            data = [row[1] for row in run.frames()[start:]]
            assert run.data_lines(start, len(rows)) == "".join(f"{d}\n" for d in data).encode()
            assert run.data_lines(start, start + 1) == f"{data[0]}\n".encode()


@pytest.mark.parametrize(
    "block",
    [
        b"data: x\n\n",
        b"id: 1\ndata: x\n\n",
        b"id: 1\nevent: up\ndata: x\n\n",
        b"event: up\nid: 1\ntopic: a.b\ndata: \n\n",
        b"id:1\nevent:up\ndata:x\n\n",
        b"data: a\xff\n\n",
    ],
)
def test_the_usual_shapes_are_runs(block: bytes) -> None:
    run = run_of_one_shape(block * 3, "")
    rows, _, _ = reference(block * 3)
    assert run is not None
    assert len(run) == 3
    assert plain(run.frames()) == rows


@pytest.mark.parametrize(
    "blocks",
    [
        b"id: 1\ndata: x\n\nid:\ndata: y\n\n",
        b"id: 1\ndata: x\n\nid: \ndata: y\n\n",
        b"id: 1\ndata: x\n\nid: a\0b\ndata: y\n\n",
        b"id: 1\n\ndata: x\nid: 2\n\ndata: y\n\n",
        b"data: x\nevent: a\n\nevent: b\ndata: y\n\n",
        b"data: x\n\n\ndata: y\n\n\n",
        b"data:x\n\ndata: y\n\n",
        b"data: x\ndata: y\n\n",
        b"data: x\n\ndata: [DONE]\n\n",
        b"event: a\ndata: x\n\nevent: hub.gap\ndata: {}\n\n",
        b": c\n\n",
        b"\n",
    ],
)
def test_other_shapes_are_left_to_the_exact_way(blocks: bytes) -> None:
    assert run_of_one_shape(blocks, "") is None


def test_the_decoder_goes_on_from_the_last_id_of_a_run() -> None:
    decoder = Decoder()
    count = MIN_BYTES // 10
    blocks = b"".join(b"id: %d\ndata: x\n\n" % number for number in range(count))
    assert [type(row) for row in decoder.feed_runs(blocks)] == [EventRun]
    assert decoder.feed(blocks)[-1][2] == str(count - 1)  # type: ignore[index]
    assert decoder.feed(b"data: heir\n\n") == [("message", "heir", str(count - 1), False, None)]


def test_a_block_that_was_open_joins_the_run_of_the_next_chunk() -> None:
    decoder = Decoder()
    blocks = b"".join(b"id: %d\ndata: x\n\n" % number for number in range(MIN_BYTES // 10))
    assert decoder.feed_runs(blocks[:8]) == []
    (run,) = decoder.feed_runs(blocks[8:])
    assert isinstance(run, EventRun)
    assert run.wire == blocks


@given(st.lists(alike(), min_size=1, max_size=4), st.lists(st.integers(1, 40), min_size=1))
def test_runs_change_nothing_however_the_stream_is_cut(
    parts: list[bytes], lengths: list[int]
) -> None:
    stream = b"".join(parts)
    decoder, log, at = Decoder(), EventLog("t"), 0
    rows: list[EventFrame | Note] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sse_tui.events.decoder.MIN_BYTES", 1)
        for length in cycle(lengths):
            decoded = decoder.feed_runs(stream[at : at + length])
            log.extend(decoded, 0)
            rows += one_by_one(decoded)
            at += length
            if at >= len(stream):
                break
    rows += decoder.finish()
    log.extend(rows[len(log) :], 0)
    expected, last_id, _ = reference(stream)
    assert plain(rows) == expected
    assert decoder.last_event_id == last_id
    assert [bare(row) for row in log.read(1, len(rows))] == [bare(row) for row in rows]
