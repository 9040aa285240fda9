"""What a row looks like: columns, times, kinds."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style
from tui.log_app import LogApp, event, lines, numbered, press
from unit.row_strategies import FRAMES

from sse_tui.events.format import clock, escape
from sse_tui.events.log import EventLog
from sse_tui.events.model import (
    UNNUMBERED,
    Certainty,
    Comment,
    EventFrame,
    Gap,
    Note,
    Partial,
    Retry,
    StateChange,
    StreamState,
)
from sse_tui.events.view import RowView
from sse_tui.tui.messages import RowSelected
from sse_tui.tui.widgets.event_type_color import type_role
from sse_tui.tui.widgets.row_columns import Extents
from sse_tui.tui.widgets.row_strips import ROLES, RowForm, RowPainter

SIZE = (100, 16)
CLOCK = re.compile(r" \d\d:\d\d:\d\d\.\d{3} ")


async def test_columns_stand_one_below_the_other() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE):
        app.arrive(
            event({"a": 1}, "login"),
            event({"a": 2}, "a-type-that-is-long"),
            event({"a": 3}, "日本語"),
            event({"a": 4}, "e\u0301" * 5),
            event({"a": 5}, ""),
            event({"a": 6}, "an event type that is far too long for any column of ours"),
        )
        text = lines(app.log_view)[:6]
        columns = {cell_len(line[: line.index('{"a"')]) for line in text}
        assert len(columns) == 1
        assert text[5].split()[-2].endswith("…")


async def test_columns_grow_and_never_jump_back() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE):
        app.arrive(*numbered(9_990))
        narrow = lines(app.log_view)[0].index('{"n"')
        app.arrive(*numbered(20))
        wide = lines(app.log_view)[0].index('{"n"')
        app.arrive(*[event({"n": 0}, "x")] * 30)
        assert (wide, lines(app.log_view)[0].index('{"n"')) == (narrow + 1, narrow + 1)


async def test_each_view_has_columns_of_its_own() -> None:
    app = LogApp("wide", "narrow")
    async with app.run_test(size=SIZE):
        app.arrive(event("x", "a-long-event-type"), topic="wide")
        app.arrive(event("x", "short"), topic="narrow")
        app.log_view.show(RowView(app.logs, ("wide",)))
        wide = lines(app.log_view)[0].index("x")
        app.log_view.show(RowView(app.logs, ("narrow",)))
        assert lines(app.log_view)[0].index("x") < wide


async def test_the_delta_form_writes_the_clock_first_and_after_gaps() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE):
        app.arrive(event("a"))
        at = app.now
        app.arrive(event("b"), after=0.29)
        app.arrive(Comment(*UNNUMBERED, "keep-alive"), after=1)
        app.arrive(event("c"), after=0.5)
        app.arrive(Gap(*UNNUMBERED, 12.0), after=12)
        app.arrive(event("d"))
        text = lines(app.log_view)
        assert text[0].startswith(f" {clock(at)} ")
        assert text[1].split()[0] == "+0.290"
        assert text[2].strip() == "· keep-alive"
        assert text[3].split()[0] == "+1.500"
        assert CLOCK.match(text[5])


async def test_t_turns_to_the_clock_and_to_the_age() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE) as pilot:
        app.arrive(event("a"), event("b"))
        await press(pilot, ["t"])
        assert all(CLOCK.match(line) for line in lines(app.log_view)[:2])
        await press(pilot, ["t"])
        app.now += timedelta(seconds=190)
        app.arrive(event("c"), after=0)
        assert [line.split("  ")[0].strip() or line[:12].strip() for line in lines(app.log_view)][
            :3
        ] == ["3m 10s ago", "3m 10s ago", "now"]
        await press(pilot, ["t"])
        assert lines(app.log_view)[1].split()[0] == "+0.000"


async def test_every_kind_of_row_is_drawn() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE):
        app.arrive(
            Comment(*UNNUMBERED, "keep-alive"),
            Comment(*UNNUMBERED, ""),
            Retry(*UNNUMBERED, 3000),
            StateChange(*UNNUMBERED, StreamState.WAITING, "refused", None, 2, 4000),
            StateChange(*UNNUMBERED, StreamState.FAILED, "no access", 401),
            StateChange(*UNNUMBERED, StreamState.OPEN, "", 200, 3),
            Gap(*UNNUMBERED, 12.0, "7f3c-4525", 4, 0, 0, Certainty.NONE_LOST),
            Gap(*UNNUMBERED, 0.25),
            Gap(*UNNUMBERED, 90.0, "x", None, 2, None, Certainty.LOST),
            Partial(*UNNUMBERED, 'data: {"half"', 13),
            Partial(*UNNUMBERED, "data: x", 20_000_000, True),
        )
        text = [" ".join(line.split()[:]) for line in lines(app.log_view)[:11]]
    assert text[0] == "· keep-alive"
    assert text[1] == "· empty comment"
    assert text[2] == "· reconnection time 3.0 s"
    assert text[3].endswith("4 ◐ waiting refused, attempt 2, again in 4.0 s")
    assert text[4].endswith("5 × failed 401, no access")  # noqa: RUF001 - the sign of the screen
    assert text[5].endswith("6 ● open 200, attempt 3")
    assert text[6] == (
        "┄┄ gap 12.0 s ┄ attempt 3 ┄ resumed after 7f3c-4525 ┄ 4 replayed, 0 lost ┄┄"
    )
    assert text[7] == "┄┄ gap 250 ms ┄ attempt 3 ┄ begun anew ┄ loss unknown ┄┄"
    assert text[8].endswith("resumed after x ┄ 2 duplicates dropped, some lost ┄┄")
    assert text[9].endswith('┄ partial 13 bytes, never finished data: {"half"')
    assert text[10].endswith("┄ partial 20,000,000 bytes, too large, its rest skipped data: x")


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (90, "┄┄ gap 12.0 s ┄ attempt 3 ┄ resumed after 7f3c-4525 ┄ 4 replayed, none lost ┄┄"),
        (70, "┄┄ gap 12.0 s ┄ attempt 3 ┄ 4 replayed, none lost ┄┄"),
        (50, "┄┄ gap 12.0 s ┄ 4 replayed, none lost ┄┄"),
        (34, "┄┄ gap 12.0 s ┄ none lost ┄┄"),
    ],
)
async def test_a_gap_says_what_became_of_its_events_however_little_room(
    width: int, expected: str
) -> None:
    app = LogApp()
    async with app.run_test(size=(width, 12)):
        app.arrive(
            StateChange(*UNNUMBERED, StreamState.OPEN, "", 200, 3),
            Gap(*UNNUMBERED, 12.0, "7f3c-4525", 4, 0, None, Certainty.NONE_LOST),
        )
        assert lines(app.log_view)[1].strip() == expected


async def test_a_completed_gap_stands_in_the_place_of_the_first() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE) as pilot:
        app.arrive(event("before"), Gap(*UNNUMBERED, 12.0, "1-5"))
        app.arrive(event("replayed"))
        await press(pilot, ["g"])
        assert "loss unknown" in lines(app.log_view)[1]
        app.arrive(Gap(*UNNUMBERED, 12.0, "1-5", 1, 0, 0, Certainty.NONE_LOST, completes=2))
        text = [line for line in lines(app.log_view) if line]
        assert "1 replayed, 0 lost" in text[1]
        assert len(text) == 3


async def test_the_view_of_all_names_the_topic_of_each_row() -> None:
    app = LogApp("orders", "users")
    async with app.run_test(size=SIZE):
        app.arrive(event("a"), topic="users")
        app.arrive(event("b"), topic="orders")
        app.arrive(Gap(*UNNUMBERED, 1.0), topic="orders")
        app.arrive(Comment(*UNNUMBERED, "live"), topic="users")
        text = lines(app.log_view)
        assert [line.split()[2:] for line in text[:2]] == [
            ["users", "login", "a"],
            ["orders", "login", "b"],
        ]
        assert text[2].split()[:3] == ["┄┄", "orders", "┄"]
        assert text[3].split() == ["users", "·", "live"]
        assert text[3].index("·") == text[0].index("login")


async def test_a_topic_without_events_has_its_whole_name() -> None:
    app = LogApp("a-topic-with-a-name", "b")
    async with app.run_test(size=(120, 8)):
        app.arrive(event("x"), topic="b")
        app.arrive(StateChange(*UNNUMBERED, StreamState.OPEN))
        assert lines(app.log_view)[1].split()[2] == "a-topic-with-a-name"


async def test_a_note_that_is_cut_shows_that_it_goes_on() -> None:
    app = LogApp()
    async with app.run_test(size=(50, 10)):
        app.arrive(
            Comment(*UNNUMBERED, "a long story " * 9),
            StateChange(*UNNUMBERED, StreamState.FAILED, "a long story " * 9),
        )
        assert [line[-1] for line in lines(app.log_view)[:2]] == ["…", "…"]


def test_the_colour_of_an_event_type_is_stable() -> None:
    roles = {name: type_role(name) for name in ("startup", "login", "update", "logout", "message")}
    assert roles == {
        "startup": "type-4",
        "login": "type-1",
        "update": "type-3",
        "logout": "type-2",
        "message": "muted",
    }


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    frame=FRAMES,
    width=st.integers(1, 130),
    wrap=st.booleans(),
    pretty=st.booleans(),
    offset=st.integers(0, 40),
    topic=st.text(max_size=8),
)
def test_every_line_is_exactly_as_wide_as_the_log(
    frame: EventFrame | Note, width: int, wrap: bool, pretty: bool, offset: int, topic: str
) -> None:
    log = EventLog(topic)
    log.extend([frame], 0)
    row = log.get(1)
    assert row is not None
    columns = Extents(topic=cell_len(topic)).columns(width, with_topic=bool(topic))
    form = RowForm(columns, wrap=wrap, pretty=pretty, offset=0 if wrap else offset)
    painter = RowPainter(dict.fromkeys(ROLES, Style()), form)
    strips = painter.lines(row, "+0.001", cursor=True, attempt=2)
    assert len(strips) == painter.height(row) >= 1
    for strip in strips:
        assert sum(cell_len(segment.text) for segment in strip) == strip.cell_length == width
        assert escape(strip.text) == strip.text


@pytest.mark.parametrize("line", [0, 1])
async def test_a_click_puts_the_cursor_on_a_row_and_asks_for_its_detail(line: int) -> None:
    app = LogApp()
    async with app.run_test(size=SIZE) as pilot:
        app.arrive(*numbered(3))
        await pilot.click(app.log_view, offset=(30, line))
        assert app.log_view.cursor == ("t", line + 1)
        assert app.heard_of(RowSelected) == [RowSelected("t", line + 1)]
