"""Rows of every kind, as they come to a log, for property tests."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from sse_tui.events.event_run import EventRun, run_of_one_shape
from sse_tui.events.model import (
    EPOCH,
    UNNUMBERED,
    Certainty,
    Comment,
    Event,
    EventFrame,
    Gap,
    Note,
    Partial,
    Retry,
    Row,
    StateChange,
    StreamState,
)

TEXT = st.one_of(
    st.text(st.characters(), max_size=12),
    st.sampled_from(["", "a", "\0", "\n", "é", "\ud800", '{"a": 1}', "x" * 400]),
)
ID = TEXT.map(lambda text: text.replace("\0", ""))
COUNT = st.one_of(st.none(), st.integers(0, 9))

EVENTS: st.SearchStrategy[EventFrame] = st.tuples(
    st.one_of(st.just("message"), TEXT), TEXT, ID, st.booleans(), st.one_of(st.none(), TEXT)
)
NOTES: st.SearchStrategy[Note] = st.one_of(
    st.builds(lambda text: Comment(*UNNUMBERED, text), TEXT),
    st.builds(lambda ms: Retry(*UNNUMBERED, ms), st.integers(0, 10**15)),
    st.builds(lambda *a: Partial(*UNNUMBERED, *a), TEXT, st.integers(0, 99), st.booleans()),
    st.builds(
        lambda *a: StateChange(*UNNUMBERED, *a),
        st.sampled_from(StreamState),
        TEXT,
        COUNT,
        st.integers(0, 9),
        COUNT,
    ),
    st.builds(
        lambda *a: Gap(*UNNUMBERED, *a),
        st.floats(0, 9),
        st.one_of(st.none(), TEXT),
        COUNT,
        COUNT,
        COUNT,
        st.sampled_from(Certainty),
        COUNT,
    ),
)


def _run(values: list[str], own_id: bool, kind: str) -> EventRun:
    head = f"event: {kind}\n" if kind else ""
    blocks = [
        f"{head}id: {n}\ndata: {text}\n\n" if own_id else f"{head}data: {text}\n\n"
        for n, text in enumerate(values)
    ]
    run = run_of_one_shape("".join(blocks).encode(), "a rather long id")
    assert run is not None
    return run


RUNS = st.builds(
    _run,
    st.lists(st.sampled_from(["", "a", "é", "É", '{"a": 1}', "x" * 400]), min_size=1),
    st.booleans(),
    st.sampled_from(["", "ms", "open"]),
)
FRAMES = st.one_of(EVENTS, EVENTS, NOTES)


def bare(row: Row | EventFrame) -> Row:
    """A row without what the log adds to it."""
    if isinstance(row, tuple):
        type_, data, id_, own_id, source = row
        return Event(*UNNUMBERED, type_, data, id_, own_id, source)
    return replace(row, number=0, received_at=EPOCH, topic="")
