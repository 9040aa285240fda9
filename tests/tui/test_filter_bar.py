"""The filter bar over a real log."""

from __future__ import annotations

from textual.widgets import Input
from tui.log_app import LogApp, event, numbered, payloads, press

from sse_tui.tui.messages import FilterChanged, FilterKept, FilterLifted

SIZE = (90, 14)


def result(app: LogApp) -> str:
    return str(app.bar.query_one("#filter-result").render())


async def type_filter(app: LogApp, text: str) -> None:
    """Open the bar and put `text` in at once, as a paste does."""
    app.bar.open()
    field = app.bar.query_one(Input)
    field.value = text
    field.cursor_position = len(text)


async def test_the_bar_is_hidden_until_it_is_opened() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE) as pilot:
        assert not app.bar.display
        app.bar.open()
        await pilot.pause()
        assert app.bar.display
        assert app.focused is app.bar.query_one(Input)


async def test_rows_are_filtered_while_one_types_and_counted() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE) as pilot:
        app.arrive(*numbered(1234))
        app.bar.open()
        await press(pilot, [*"/:"])
        await press(pilot, [*"123"])
        assert "column" in result(app)
        await press(pilot, ["/"])
        assert app.heard_of(FilterChanged)[-1] == FilterChanged("/:123/")
        assert payloads(app.log_view) == [
            f'{{"n":{n}}}' for n in (123, 1230, 1231, 1232, 1233, 1234)
        ]
        assert result(app) == "6 of 1,234"


async def test_letters_do_not_act_while_one_types() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE) as pilot:
        app.arrive(*numbered(3))
        app.bar.open()
        await press(pilot, [*"fpmjkCqwtgG"])
        assert app.bar.text == "fpmjkCqwtgG"
        assert not app.log_view.paused
        assert not app.log_view.marks


async def test_several_keys_of_one_tick_make_one_change() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE) as pilot:
        app.bar.open()
        field = app.bar.query_one(Input)
        for text in ("a", "ab", "abc"):
            field.value = text
        await pilot.pause()
        assert app.heard_of(FilterChanged) == [FilterChanged("abc")]


async def test_a_fault_is_named_and_its_place_is_marked() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE) as pilot:
        app.arrive(*numbered(20))
        await type_filter(app, "n /a(/")
        await pilot.pause()
        assert result(app).endswith("column 5")
        assert app.bar.fault == 4
        strip = app.bar.query_one(Input).render_line(0)
        marked = "".join(s.text for s in strip if s.style and s.style.underline)
        assert marked == "(/"
        assert app.heard_of(FilterChanged) == []
        assert len(payloads(app.log_view)) == app.log_view.size.height


async def test_a_fault_goes_away_when_it_is_mended() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE) as pilot:
        app.arrive(event("(x"))
        await type_filter(app, "/(/")
        await pilot.pause()
        await type_filter(app, "/\\(/")
        await pilot.pause()
        assert app.bar.fault is None
        assert result(app) == "1 of 1"


async def test_enter_keeps_the_filter_and_gives_the_focus_back() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE) as pilot:
        app.arrive(*numbered(20))
        app.bar.open()
        await press(pilot, [*"19", "enter"])
        assert app.heard_of(FilterKept) == [FilterKept("19")]
        assert app.focused is app.log_view
        assert app.bar.display
        assert payloads(app.log_view) == ['{"n":19}']


async def test_enter_does_not_keep_a_faulty_filter() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE) as pilot:
        app.bar.open()
        await press(pilot, [*"/(", "enter"])
        assert app.heard_of(FilterKept) == []
        assert app.focused is app.bar.query_one(Input)


async def test_enter_in_an_empty_bar_closes_it() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE) as pilot:
        app.bar.open()
        await press(pilot, ["enter"])
        assert app.heard_of(FilterLifted) == [FilterLifted("")]
        assert not app.bar.display


async def test_escape_lifts_the_filter_and_leaves_its_matches_lit() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE) as pilot:
        app.arrive(*numbered(20))
        app.bar.open()
        await press(pilot, [*"19", "escape"])
        assert app.heard_of(FilterLifted) == [FilterLifted("19")]
        assert not app.bar.display
        assert app.focused is app.log_view
        assert len(payloads(app.log_view)) == app.log_view.size.height
        await press(pilot, ["g", "n"])
        await app.workers.wait_for_complete()
        assert app.log_view.cursor == ("t", 19)


async def test_escape_out_of_a_fault_lifts_what_was_in_force() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE) as pilot:
        app.bar.open()
        await press(pilot, [*"ab"])
        await press(pilot, [*" /", "escape"])
        assert app.heard_of(FilterLifted) == [FilterLifted("ab ")]
        app.bar.open()
        assert app.bar.text == ""
        assert app.bar.fault is None


async def test_earlier_filters_are_recalled() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE) as pilot:
        for text in ("one", "two"):
            app.bar.open()
            await press(pilot, [*text, "enter"])
            app.bar.lift()
            await pilot.pause()
        app.bar.open()
        await press(pilot, ["up"])
        assert app.bar.text == "two"
        await press(pilot, ["up", "up"])
        assert app.bar.text == "one"
        await press(pilot, ["down", "down"])
        assert app.bar.text == ""


async def test_the_filter_of_another_view_is_shown_without_being_told() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE) as pilot:
        app.bar.show_text("kept")
        await pilot.pause()
        assert app.bar.display
        assert app.bar.text == "kept"
        app.bar.show_text("")
        await pilot.pause()
        assert not app.bar.display
        assert app.heard_of(FilterChanged) == []
