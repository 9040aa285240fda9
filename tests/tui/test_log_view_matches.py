"""Filtering the log, lit matches, and going from one to the next."""

from __future__ import annotations

from rich.style import Style
from textual.geometry import Region
from tui.log_app import LogApp, event, lines, numbered, payloads, press

from sse_tui.events.query import parse_query
from sse_tui.tui.widgets.log_view import EventLogView

SIZE = (90, 14)


def lit(view: EventLogView) -> list[str]:
    """The lit texts, from the top."""
    ground = view.render_lines(Region(0, 0, 1, 1))[0]._segments[0].style or Style()
    return [
        segment.text
        for strip in view.render_lines(view.size.region)
        for segment in strip
        if segment.style and segment.style.bold and segment.style.bgcolor != ground.bgcolor
    ]


async def test_only_matching_rows_are_shown_and_their_matches_are_lit() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE):
        app.arrive(*numbered(50))
        app.log_view.filter(parse_query('/"n":.7/'))
        assert payloads(app.log_view) == [f'{{"n":{n}7}}' for n in (1, 2, 3, 4)]
        assert "".join(lit(app.log_view)) == "".join(f'"n":{n}7' for n in (1, 2, 3, 4))
        app.arrive(event({"n": 57}), event({"n": 58}))
        assert payloads(app.log_view)[-1] == '{"n":57}'


async def test_the_event_type_is_lit_where_it_matches() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE):
        app.arrive(event("x", "an-event-type-that-is-too-long-for-its-column"), event("x", "other"))
        app.log_view.highlight(parse_query("event-type"))
        assert lit(app.log_view) == ["event-type"]


async def test_an_inverted_word_lights_nothing() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE):
        app.arrive(*numbered(3))
        app.log_view.filter(parse_query('!"n\\":2"'))
        assert payloads(app.log_view) == ['{"n":1}', '{"n":3}']
        assert lit(app.log_view) == []


async def test_the_place_is_kept_through_a_filter_and_back() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE) as pilot:
        app.arrive(*numbered(300))
        app.log_view.go_to("t", 150)
        await press(pilot, ["pageup"])
        before, cursor = lines(app.log_view), app.log_view.cursor
        assert cursor is not None
        app.log_view.filter(parse_query("n"))
        assert app.log_view.cursor == cursor
        assert f'{{"n":{cursor[1]}}}' in payloads(app.log_view)
        app.log_view.filter(parse_query("/:1.9}/"))
        assert app.log_view.cursor == ("t", 139)
        app.log_view.filter(None)
        assert app.log_view.cursor == cursor
        assert lines(app.log_view) == before
        app.log_view.filter(parse_query("/:1.9}/"))
        await press(pilot, ["j", "k"])
        app.log_view.filter(None)
        assert app.log_view.cursor == ("t", 139)
        assert '{"n":139}' in payloads(app.log_view)
        assert not app.log_view.follow


async def test_a_paused_view_stays_paused_through_a_filter() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE) as pilot:
        app.arrive(*numbered(30))
        await press(pilot, ["p"])
        app.arrive(event({"n": 37}))
        app.log_view.filter(parse_query("7"))
        assert payloads(app.log_view) == [f'{{"n":{n}}}' for n in (7, 17, 27)]
        app.log_view.filter(None)
        assert payloads(app.log_view)[-1] == '{"n":30}'
        assert app.log_view.status == "paused, 1 new"


async def test_a_filter_that_lets_nothing_through_says_how_to_go_on() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE) as pilot:
        app.arrive(*numbered(30))
        app.log_view.filter(parse_query("nowhere"))
        text = "".join(lines(app.log_view))
        assert "No row matches the filter" in text
        assert "Esc" in text
        assert app.log_view.cursor is None
        await press(pilot, ["k", "g", "enter"])
        app.arrive(event("nowhere"))
        assert payloads(app.log_view) == ["nowhere"]


async def test_cleared_rows_stay_hidden_through_a_filter() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE) as pilot:
        app.arrive(*numbered(30))
        await press(pilot, ["C"])
        app.arrive(event({"n": 31}), event({"n": 32}))
        app.log_view.filter(parse_query("/:3/"))
        assert payloads(app.log_view) == ['{"n":31}', '{"n":32}']
        app.log_view.filter(None)
        assert payloads(app.log_view) == ['{"n":31}', '{"n":32}']


async def test_n_and_N_go_from_match_to_match() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE) as pilot:
        app.arrive(*numbered(2000))
        app.log_view.highlight(parse_query('/"n":.?7}/'))
        await press(pilot, ["g", "n"])
        await app.workers.wait_for_complete()
        assert app.log_view.cursor == ("t", 7)
        await press(pilot, ["n"])
        await app.workers.wait_for_complete()
        assert app.log_view.cursor == ("t", 17)
        await press(pilot, ["N"])
        await app.workers.wait_for_complete()
        assert app.log_view.cursor == ("t", 7)
        await press(pilot, ["N"])
        await app.workers.wait_for_complete()
        assert app.log_view.cursor == ("t", 7)
        assert app.log_view.status == "no match there"
        app.arrive(event("more"))
        assert app.log_view.status == "no match there"
        await press(pilot, ["j"])
        assert app.log_view.status.startswith("row 8 of 2,001")


async def test_n_without_a_lit_filter_says_so() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE) as pilot:
        app.arrive(*numbered(20))
        await press(pilot, ["n"])
        await app.workers.wait_for_complete()
        assert app.log_view.status == "nothing is lit: / filters"
        assert app.log_view.follow


async def test_a_match_cut_by_tokens_and_escapes_is_lit_whole() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE):
        app.arrive(event('{"a":"x\u202ey"}'))
        app.log_view.highlight(parse_query('/a":"x.y/'))
        assert "".join(lit(app.log_view)) == 'a":"x\\u202ey'
