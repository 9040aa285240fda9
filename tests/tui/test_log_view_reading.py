"""Reading: following, standing still, pausing, moving."""

from __future__ import annotations

import pytest
from tui.log_app import LogApp, event, lines, numbered, payloads, press

from sse_tui.events.view import RowView
from sse_tui.tui.glyphs import PROMPT
from sse_tui.tui.messages import CopyRequested, CursorMoved, FollowChanged, RowSelected

SIZE = (80, 12)


def shown(first: int, last: int) -> list[str]:
    return [f'{{"n":{number}}}' for number in range(first, last + 1)]


async def test_the_newest_row_is_followed() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE):
        app.arrive(*numbered(30))
        rows = app.log_view.size.height
        assert payloads(app.log_view) == shown(31 - rows, 30)
        assert app.log_view.status == "following"
        app.arrive(event({"n": 31}))
        assert payloads(app.log_view) == shown(32 - rows, 31)


async def test_few_rows_stand_at_the_top() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE):
        app.arrive(*numbered(2))
        assert [bool(line) for line in lines(app.log_view)][:4] == [True, True, False, False]


@pytest.mark.parametrize("keys", [["k"], ["up"], ["pageup"], ["ctrl+u"], ["g"], ["home"]])
async def test_going_up_stops_following_and_the_view_stands_still(keys: list[str]) -> None:
    app = LogApp()
    async with app.run_test(size=SIZE) as pilot:
        app.arrive(*numbered(100))
        await press(pilot, keys)
        before = lines(app.log_view)
        assert not app.log_view.follow
        for _ in range(5):
            app.arrive(*numbered(50))
            assert lines(app.log_view) == before
        assert "250 new" in app.log_view.status


async def test_the_view_stands_still_while_old_rows_fall_out() -> None:
    app = LogApp(max_rows=200)
    async with app.run_test(size=SIZE) as pilot:
        app.arrive(*numbered(200))
        await press(pilot, ["pageup"])
        before = lines(app.log_view)
        for _ in range(15):
            app.arrive(*numbered(10))
            assert lines(app.log_view) == before
        assert app.logs["t"].first_number == 151


async def test_a_place_that_falls_out_moves_to_the_oldest_row_left() -> None:
    app = LogApp(max_rows=200)
    async with app.run_test(size=SIZE) as pilot:
        app.arrive(*numbered(200))
        await press(pilot, ["g"])
        app.arrive(*[event({"n": number}) for number in range(201, 251)])
        rows = app.log_view.size.height
        first = app.logs["t"].first_number
        assert payloads(app.log_view) == shown(first, first + rows - 1)
        assert app.log_view.cursor == ("t", first)


@pytest.mark.parametrize("key", ["end", "G", "f"])
async def test_following_is_taken_up_again(key: str) -> None:
    app = LogApp()
    async with app.run_test(size=SIZE) as pilot:
        app.arrive(*numbered(100))
        await press(pilot, ["g", key])
        assert app.log_view.follow
        app.arrive(event({"n": 101}))
        assert payloads(app.log_view)[-1] == '{"n":101}'


async def test_f_stands_still_where_the_view_is() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE) as pilot:
        app.arrive(*numbered(100))
        before = lines(app.log_view)
        await press(pilot, ["f"])
        app.arrive(*numbered(3))
        assert lines(app.log_view) == before
        await pilot.pause()
        assert app.heard_of(FollowChanged)[-1] == FollowChanged(False, False, 3)


async def test_pause_holds_the_view_and_counts_what_is_new() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE) as pilot:
        app.arrive(*numbered(3))
        await press(pilot, ["p"])
        before = lines(app.log_view)
        app.arrive(*numbered(1234))
        assert lines(app.log_view) == before
        assert app.log_view.status == "paused, 1,234 new"
        await pilot.pause()
        assert app.heard_of(FollowChanged)[-1] == FollowChanged(False, True, 1234)
        await press(pilot, ["p"])
        assert app.log_view.status == "following"
        assert payloads(app.log_view)[-1] == '{"n":1234}'


async def test_one_can_read_back_while_paused_and_stay_there() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE) as pilot:
        app.arrive(*numbered(100))
        await press(pilot, ["p", "g"])
        app.arrive(*numbered(10))
        assert payloads(app.log_view)[0] == '{"n":1}'
        assert app.log_view.status == "paused, 10 new"
        await press(pilot, ["p"])
        assert payloads(app.log_view)[0] == '{"n":1}'
        assert app.log_view.status == "row 1 of 110 · 10 new"


async def test_the_cursor_moves_and_the_border_says_where_it_is() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE) as pilot:
        app.arrive(*numbered(1000))
        rows = app.log_view.size.height
        await press(pilot, ["k", "k", "k", "j"])
        assert app.log_view.cursor == ("t", 998)
        assert app.log_view.status == "row 998 of 1,000"
        await press(pilot, ["pageup"])
        assert app.log_view.cursor == ("t", 998 - (rows - 1))
        await press(pilot, ["ctrl+d"])
        half = round((rows - 1) / 2)
        assert app.log_view.cursor == ("t", 998 - (rows - 1) + half)
        await press(pilot, ["g"])
        assert app.log_view.cursor == ("t", 1)
        assert app.heard_of(CursorMoved)[-1] == CursorMoved("t", 1)
        assert lines(app.log_view)[0].startswith(PROMPT)


async def test_the_cursor_stays_in_the_rows() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, ["j", "k", "g", "pagedown", "m", "enter", "y", "n", "u", "C"])
        assert app.log_view.cursor is None
        app.arrive(*numbered(3))
        await press(pilot, ["k", "k", "k", "k", "k"])
        assert app.log_view.cursor == ("t", 1)
        await press(pilot, ["j", "j", "j", "j", "j"])
        assert app.log_view.cursor == ("t", 3)


async def test_marks_are_shown_and_gone_to() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE) as pilot:
        app.arrive(*numbered(100))
        await press(pilot, ["k", "m", "g", "m", "j", "j", "m"])
        assert app.log_view.marks == {("t", 1), ("t", 3), ("t", 99)}
        assert [line[0] for line in lines(app.log_view)[:3]] == ["◆", " ", "◆"]
        await press(pilot, ["u"])
        assert app.log_view.cursor == ("t", 99)
        await press(pilot, ["u"])
        assert app.log_view.status == "no mark there"
        await press(pilot, ["U", "U"])
        assert app.log_view.cursor == ("t", 1)
        await press(pilot, ["m"])
        assert ("t", 1) not in app.log_view.marks


async def test_enter_asks_for_the_detail_and_y_for_the_exact_data() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE) as pilot:
        app.arrive(event("first\nsecond \x1b[31m"))
        await press(pilot, ["enter", "y", "c"])
        assert app.heard_of(RowSelected) == [RowSelected("t", 1)]
        copied = CopyRequested("first\nsecond \x1b[31m", "data of event 1")
        assert app.heard_of(CopyRequested) == [copied, copied]


async def test_clear_hides_what_was_there_and_gives_it_back() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE) as pilot:
        app.arrive(*numbered(30))
        await press(pilot, ["C"])
        assert "Cleared" in "".join(lines(app.log_view))
        await press(pilot, ["C"])
        assert payloads(app.log_view)[-1] == '{"n":30}'
        await press(pilot, ["C"])
        app.arrive(event({"n": 31}))
        assert payloads(app.log_view) == ['{"n":31}']


async def test_each_view_keeps_the_readers_place() -> None:
    app = LogApp()
    other = RowView(app.logs, ("t",))
    async with app.run_test(size=SIZE) as pilot:
        app.arrive(*numbered(100))
        await press(pilot, ["g", "j", "m"])
        before = lines(app.log_view)
        app.log_view.show(other)
        assert app.log_view.follow
        assert not app.log_view.marks
        app.log_view.show(app.view)
        assert lines(app.log_view) == before
        assert app.log_view.cursor == ("t", 2)


async def test_go_to_finds_a_row_or_says_no() -> None:
    app = LogApp(max_rows=200)
    async with app.run_test(size=SIZE):
        app.arrive(*numbered(300))
        assert app.log_view.go_to("t", 250)
        assert app.log_view.cursor == ("t", 250)
        assert '{"n":250}' in payloads(app.log_view)
        assert not app.log_view.go_to("t", 50)
        assert not app.log_view.go_to("other", 250)


async def test_an_empty_log_says_what_to_do() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE):
        app.log_view.say_when_empty("Nothing is watched", "a subscribes.")
        text = [line.strip() for line in lines(app.log_view) if line.strip()]
        assert text == ["Nothing is watched", "a subscribes."]


async def test_lines_are_painted_once_while_nothing_in_sight_changes() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE) as pilot:
        app.arrive(*numbered(1000))
        await press(pilot, ["g"])
        view = app.log_view
        region = view.size.region
        before = view.render_lines(region)
        app.arrive(*numbered(3))
        assert all(
            one is other for one, other in zip(before, view.render_lines(region), strict=True)
        )


async def test_the_cursor_stays_in_sight_when_the_screen_shrinks_or_rows_are_wrapped() -> None:
    app = LogApp()
    async with app.run_test(size=(80, 20)) as pilot:
        app.arrive(*[event("x" * 300) for _ in range(100)])
        await press(pilot, ["k"])
        await pilot.resize_terminal(80, 8)
        await pilot.pause()
        assert any(line.startswith(PROMPT) for line in lines(app.log_view))
        await press(pilot, ["w"])
        assert any(line.startswith(PROMPT) for line in lines(app.log_view))
        assert app.log_view.cursor == ("t", 99)
