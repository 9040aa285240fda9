from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sse_tui.events.log import EventLog
from sse_tui.events.model import UNNUMBERED, Batch, EventFrame, Gap, Note, Row
from sse_tui.events.query import parse_query
from sse_tui.events.view import EXACT_ROWS, RowView

Ref = tuple[str, int]


def event(data: str) -> EventFrame:
    return "message", data, "", False, None


def put(logs: Mapping[str, EventLog], topic: str, at: int, *frames: EventFrame | Note) -> Batch:
    return Batch(topic, logs[topic].extend(frames, at), len(frames))


def refs(view: RowView) -> list[Ref]:
    return [view.ref(index) for index in range(len(view))]


def rows(view: RowView) -> list[Row | None]:
    return [view.row(index) for index in range(len(view))]


ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from("abc"), st.integers(0, 2), st.text("xy", min_size=1, max_size=6)),
        st.sampled_from(["", "x", "not x", "look"]),
    ),
    max_size=25,
)


@given(
    ACTIONS,
    st.sampled_from([None, ("a",), ("a", "c")]),
    st.tuples(*[st.sampled_from([3, 9, 99])] * 3),
)
def test_a_view_shows_the_newest_rows_without_holes_and_places_never_move(
    actions: list[str | tuple[str, int, str]],
    topics: tuple[str, ...] | None,
    bounds: tuple[int, int, int],
) -> None:
    logs = {topic: EventLog(topic, max_rows=n) for topic, n in zip("abc", bounds, strict=True)}
    view = RowView(logs, topics)
    query = parse_query("")
    places: dict[int, Ref] = {}
    now = 0
    for action in actions:
        if isinstance(action, tuple):
            topic, later, letters = action
            now += later
            view.add(put(logs, topic, now, *map(event, letters)))
        elif action != "look":
            query = parse_query(action)
            view.set_query(query if action else None)
            places.clear()
        if action != "look":
            continue
        shown = refs(view)
        assert None not in rows(view)
        for index, ref in enumerate(shown):
            assert places.setdefault(view.base + index, ref) == ref
            assert view.index_of(*ref) == index
        for topic in topics or "abc":
            matching = [row for row in logs[topic].read(1, now + 999) if query.matches(row)]
            numbers = [number for name, number in shown if name == topic]
            assert numbers == [row.number for row in matching][len(matching) - len(numbers) :]
            if topics == (topic,):
                assert len(numbers) == len(matching)


def test_rows_that_came_between_two_looks_are_merged_by_time() -> None:
    logs = {topic: EventLog(topic) for topic in "ab"}
    view = RowView(logs, None)
    first = put(logs, "a", 10, event("1"))
    second = put(logs, "b", 20, event("2"))
    third = put(logs, "a", 30, event("3"))
    view.add(Batch("a", first.first_number, 2))
    view.add(second)
    assert third.first_number == 2
    assert refs(view) == [("a", 1), ("b", 1), ("a", 2)]
    view.add(put(logs, "b", 5, event("late")))  # what was shown keeps its place
    assert refs(view)[3:] == [("b", 2)]


def test_a_view_begins_with_what_the_logs_have_and_takes_in_later_topics() -> None:
    logs = {"a": EventLog("a"), "b": EventLog("b")}
    put(logs, "a", 20, event("1"))
    batch = put(logs, "b", 10, event("2"))
    view = RowView(logs, None)
    assert refs(view) == [("b", 1), ("a", 1)]
    view.add(batch)  # a notice of rows that are there already adds nothing
    logs["c"] = EventLog("c")
    view.add(put(logs, "c", 30, event("3")))
    assert refs(view) == [("b", 1), ("a", 1), ("c", 1)]
    assert refs(RowView(logs, ("c", "unknown"))) == [("c", 1)]


def test_a_flood_is_merged_in_coarse_steps_and_loses_nothing() -> None:
    logs = {topic: EventLog(topic) for topic in "ab"}
    view = RowView(logs, None)
    for at in range(EXACT_ROWS):
        view.add(put(logs, "a", at * 10_000, event("x")))
        view.add(put(logs, "b", at * 10_000 + 5, event("x")))
    shown = refs(view)
    assert len(shown) == len(set(shown)) == 2 * EXACT_ROWS
    times = [logs[topic].received_at_ns(number) or 0 for topic, number in shown]
    assert all(later > earlier - 10_000_000 for earlier, later in pairwise(times))


def test_rows_of_one_moment_stay_together_and_a_clock_set_back_loses_nothing() -> None:
    logs = {topic: EventLog(topic) for topic in "ab"}
    for topic, at in [("b", 3), *[("a", 5), ("b", 5)] * 2, ("a", 9), ("a", 2), ("b", 7)]:
        put(logs, topic, at, event("x"))
    view = RowView(logs, None)
    assert refs(view)[:5] == [("b", 1), ("a", 1), ("a", 2), ("b", 2), ("b", 3)]
    assert sorted(refs(view)) == [
        *(("a", n) for n in range(1, 5)),
        *(("b", n) for n in range(1, 5)),
    ]


def test_places_hold_while_very_many_runs_come_and_go() -> None:
    logs = {topic: EventLog(topic, max_rows=200) for topic in "ab"}
    view = RowView(logs, None)
    for at in range(6000):
        view.add(put(logs, "ab"[at % 2], at, event("x")))
        if at % 50 == 0:
            shown = refs(view)
            assert view.base + len(shown) == at + 1
            assert shown == [("ab"[n % 2], n // 2 + 1) for n in range(view.base, at + 1)]
            assert [view.index_of(*ref) for ref in shown] == list(range(len(shown)))


def test_what_is_older_than_a_row_that_fell_out_goes_from_a_merged_view() -> None:
    logs = {"slow": EventLog("slow"), "fast": EventLog("fast", max_rows=2)}
    view = RowView(logs, None)
    view.add(put(logs, "slow", 1, event("old")))
    view.add(put(logs, "fast", 2, event("1"), event("2")))
    assert len(view) == 3
    view.add(put(logs, "fast", 3, event("3")))
    assert refs(view) == [("fast", 2), ("fast", 3)]
    assert view.base == 2
    assert view.total == 2
    assert view.index_of("slow", 1) is None
    assert view.index_of("fast", 1) == 0  # the nearest that is left


def test_rows_that_were_never_looked_at_may_fall_out_unseen() -> None:
    logs = {"a": EventLog("a", max_rows=2)}
    view = RowView(logs, ("a",))
    for at in range(5):
        view.add(put(logs, "a", at, event("x")))
    assert refs(view) == [("a", 4), ("a", 5)]
    assert view.base == 0


def test_a_query_counts_and_finds_the_next_match() -> None:
    logs = {"a": EventLog("a")}
    put(logs, "a", 1, *map(event, ["error 1", "fine", "fine", "error 2"]))
    view = RowView(logs, ("a",))
    view.set_query(parse_query("error"))
    assert refs(view) == [("a", 1), ("a", 4)]
    assert (len(view), view.total, view.base) == (2, 4, 0)
    assert view.index_of("a", 2) == 1
    assert view.index_of("a", 5) is None
    view.add(put(logs, "a", 2, event("error 3"), event("fine")))
    assert (len(view), view.total) == (3, 6)
    view.set_query(None)
    assert len(view) == 6


def test_clearing_hides_what_is_there_for_every_query() -> None:
    logs = {"a": EventLog("a")}
    put(logs, "a", 1, event("x"), event("y"))
    view = RowView(logs, None)
    view.set_query(parse_query("x"))
    view.clear()
    assert (len(view), view.base) == (0, 1)
    view.add(put(logs, "a", 2, event("x"), event("y")))
    assert refs(view) == [("a", 3)]
    view.set_query(None)
    assert refs(view) == [("a", 3), ("a", 4)]


def test_rows_beyond_the_ends_do_not_exist() -> None:
    logs = {"a": EventLog("a")}
    put(logs, "a", 1, event("x"))
    view = RowView(logs, None)
    assert view.row(1) is None
    assert view.row(-1) is None
    with pytest.raises(IndexError):
        view.ref(1)
    assert view.index_of("unknown", 1) is None


@pytest.mark.parametrize("looked", [True, False])
@pytest.mark.parametrize("query", [None, "gap"])
def test_a_completed_gap_is_shown_once_in_place_of_the_first(
    looked: bool, query: str | None
) -> None:
    logs = {"a": EventLog("a", max_rows=6)}
    view = RowView(logs, ("a",))
    view.set_query(parse_query(query) if query else None)
    view.add(put(logs, "a", 1, event("1"), Gap(*UNNUMBERED, 1.0), event("gap? no")))
    if looked:
        assert view.index_of("a", 2) == (0 if query else 1)
    view.add(put(logs, "a", 2, event("4"), Gap(*UNNUMBERED, 1.0, replayed=9, completes=2)))
    place = 0 if query else 1
    expected = [5, 3] if query else [1, 5, 3, 4]
    assert [number for _, number in refs(view)] == expected
    row = view.row(place)
    assert isinstance(row, Gap)
    assert row.replayed == 9
    assert view.index_of("a", 5) == view.index_of("a", 2) == place
    # A new query sees the row that is shown, and the gap goes when its first row falls out.
    view.set_query(parse_query("9 replayed"))
    assert [number for _, number in refs(view)] == [5]
    view.set_query(None)
    view.add(put(logs, "a", 3, *[event("x")] * 3))
    assert [number for _, number in refs(view)] == [3, 4, 6, 7, 8]
    assert view.index_of("a", 5) == 2


@given(
    st.lists(
        st.tuples(
            st.sampled_from("ab"), st.text("xy", min_size=1, max_size=7), st.sampled_from("-os")
        ),
        max_size=12,
    ),
    st.integers(0, 9),
    st.sampled_from([5, 999]),
    st.sampled_from(["x", "not x", "kind:event"]),
)
def test_older_rows_may_be_looked_through_bit_by_bit(
    arrivals: list[tuple[str, str, str]], newest: int, bound: int, text: str
) -> None:
    logs = {topic: EventLog(topic, max_rows=bound) for topic in "ab"}
    view = RowView(logs, None)
    places: dict[int, Ref] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sse_tui.events.view.SEARCH_ROWS", 3)
        for now, (topic, letters, then) in enumerate(arrivals):
            view.add(put(logs, topic, now, *map(event, letters)))
            if then == "s":
                view.set_query(parse_query(text), newest=newest)
                places.clear()
            elif then == "o":
                more = view.search_older(0)
                assert more == view.searching
            for index, ref in enumerate(refs(view)):
                assert places.setdefault(view.base + index, ref) == ref
                assert view.index_of(*ref) == index
        while view.search_older(1):
            pass
    shown = refs(view)
    view.set_query(view.query)
    assert refs(view) == shown


def test_a_search_of_older_rows_begins_with_the_newest_and_leaves_room() -> None:
    logs = {"a": EventLog("a")}
    put(logs, "a", 1, *map(event, "xyxyxy"))
    view = RowView(logs, ("a",))
    view.set_query(parse_query("x"), newest=2)
    assert (refs(view), view.base, view.searching) == ([("a", 5)], 4, True)
    assert not view.search_older(1)
    assert (refs(view), view.base, view.searching) == ([("a", 1), ("a", 3), ("a", 5)], 2, False)
