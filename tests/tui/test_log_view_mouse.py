"""The wheel, the scrollbar and its dragging."""

from __future__ import annotations

from textual import events
from tui.log_app import LogApp, lines, numbered, payloads, press

from sse_tui.tui.messages import RowSelected
from sse_tui.tui.widgets.log_view import EventLogView
from sse_tui.tui.widgets.scroll_column import THUMB, Thumb, rows_before, thumb

SIZE = (80, 21)


def bar(view: EventLogView) -> str:
    """The scrollbar's column, from the top."""
    return "".join(strip.text[-1] for strip in view.render_lines(view.size.region))


def wheel(view: EventLogView, kind: type[events.MouseEvent]) -> None:
    view.post_message(kind(view, 5, 5, 0, 0, 0, False, False, False))


async def test_the_wheel_scrolls_up_and_down_and_then_follows() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE) as pilot:
        app.arrive(*numbered(100))
        wheel(app.log_view, events.MouseScrollUp)
        wheel(app.log_view, events.MouseScrollUp)
        await pilot.pause()
        assert payloads(app.log_view)[-1] == '{"n":94}'
        assert not app.log_view.follow
        wheel(app.log_view, events.MouseScrollDown)
        await pilot.pause()
        assert payloads(app.log_view)[-1] == '{"n":97}'
        for _ in range(2):
            wheel(app.log_view, events.MouseScrollDown)
        await pilot.pause()
        assert app.log_view.follow


async def test_the_cursor_is_taken_along_when_it_would_leave_the_view() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE) as pilot:
        app.arrive(*numbered(100))
        await press(pilot, ["k"])
        for _ in range(4):
            wheel(app.log_view, events.MouseScrollUp)
        await pilot.pause()
        assert app.log_view.cursor == ("t", 88)
        assert lines(app.log_view)[-1].split()[-1] == '{"n":88}'


async def test_the_scrollbar_shows_the_place_and_nothing_while_all_is_in_sight() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE) as pilot:
        app.arrive(*numbered(5))
        assert bar(app.log_view).strip() == ""
        app.arrive(*numbered(95))
        assert bar(app.log_view).endswith(THUMB)
        await press(pilot, ["g"])
        column = bar(app.log_view)
        assert column.startswith(THUMB)
        assert column.strip() == THUMB * 4


async def test_the_scrollbar_is_dragged() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE) as pilot:
        app.arrive(*numbered(1000))
        await press(pilot, ["k"])
        view = app.log_view
        x, height = view.size.width - 1, view.size.height
        await pilot.mouse_down(view, offset=(x, height // 2))
        middle = int(payloads(view)[0][5:-1])
        assert 350 < middle < 650
        await pilot.hover(view, offset=(x, 0))
        assert payloads(view)[0] == '{"n":1}'
        await pilot.hover(view, offset=(x, height - 1))
        assert view.follow
        await pilot.hover(view, offset=(x, 3))
        await pilot.mouse_up(view, offset=(x, 3))
        before = payloads(view)
        await pilot.hover(view, offset=(x, 9))
        assert payloads(view) == before


async def test_a_click_on_the_scrollbars_column_goes_there_and_selects_nothing() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE) as pilot:
        app.arrive(*numbered(1000))
        await pilot.click(app.log_view, offset=(app.log_view.size.width - 1, 0))
        assert payloads(app.log_view)[0] == '{"n":1}'
        assert app.heard_of(RowSelected) == []


def test_the_thumb_goes_from_end_to_end() -> None:
    assert thumb(20, 10, 0, 10) == Thumb(0, 0)
    assert thumb(20, 100_000, 0, 20) == Thumb(0, 1)
    assert thumb(20, 100_000, 99_980, 20) == Thumb(19, 1)
    assert thumb(20, 40, 10, 20) == Thumb(5, 10)


def test_dragging_undoes_the_thumb() -> None:
    for rows in (21, 40, 1000, 100_000):
        for start in range(20 - thumb(20, rows, 0, 20).size + 1):
            before = rows_before(start, 20, rows, 20)
            assert thumb(20, rows, before, 20).start == start
    assert rows_before(-5, 20, 1000, 20) == 0
    assert rows_before(99, 20, 1000, 20) == 980
