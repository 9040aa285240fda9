"""The detail of one row, as a pane: tabs, scrolling, large rows."""

from __future__ import annotations

import json

import pytest
from tui.detail_app import SIZE, DetailApp, an_event, text_of
from tui.log_app import press

from sse_tui.tui.messages import CopyRequested, DetailClosed


async def test_the_arrows_turn_the_tabs_and_the_border_shows_the_open_one() -> None:
    app = DetailApp()
    async with app.run_test(size=SIZE) as pilot:
        names = []
        for _ in range(4):
            names.append(app.detail.tab)
            subtitle = app.detail._border_subtitle
            assert subtitle is not None
            assert subtitle.plain == "pretty · raw · stream · diff"
            bold = [span for span in subtitle.spans if "bold" in str(span.style)]
            assert [subtitle.plain[span.start : span.end] for span in bold] == [app.detail.tab]
            await press(pilot, ["right"])
        assert names == ["pretty", "raw", "stream", "diff"]
        await press(pilot, ["h"])
        assert app.detail.tab == "diff"


async def test_a_click_on_a_tabs_name_opens_it() -> None:
    app = DetailApp()
    async with app.run_test(size=SIZE) as pilot:
        app.detail.show_row(an_event("x"))
        await pilot.pause()
        await pilot.click(offset=(SIZE[0] - 4, SIZE[1] - 1))
        assert app.detail.tab == "diff"


async def test_long_lines_are_broken_and_long_texts_scrolled() -> None:
    app = DetailApp()
    async with app.run_test(size=SIZE) as pilot:
        app.detail.show_row(an_event("".join(f"<{n}>" for n in range(400))))
        first = text_of(app.detail)
        assert len(first) == app.detail.scrollable_content_region.height
        await press(pilot, ["pagedown"])
        await pilot.wait_for_animation()
        assert text_of(app.detail)[0] not in first
        await press(pilot, ["end"])
        await pilot.wait_for_animation()
        assert text_of(app.detail)[-1].endswith("<399>")
        app.detail.show_row(an_event("short"))
        assert text_of(app.detail) == ["short"]


@pytest.mark.parametrize("tab", ["pretty", "raw", "diff"])
@pytest.mark.parametrize("as_json", [True, False])
async def test_megabytes_are_cut_and_the_copy_is_whole(tab: str, as_json: bool) -> None:
    app = DetailApp()
    data = json.dumps(list(range(400_000))) if as_json else "x" * 3_000_000
    async with app.run_test(size=SIZE) as pilot:
        app.detail.tab = tab
        app.detail.show_row(an_event(data), an_event("{}", 1))
        await app.workers.wait_for_complete()
        await press(pilot, ["y"])
        assert app.heard == [CopyRequested(data, "data of event 7")]
        if tab != "diff":
            app.detail.scroll_end(animate=False)
            await pilot.pause()
            assert f"{len(data):,} characters" in " ".join(text_of(app.detail)[-2:])


async def test_another_row_takes_the_place_of_one_still_being_laid_out() -> None:
    app = DetailApp()
    async with app.run_test(size=SIZE):
        app.detail.show_row(an_event(json.dumps(list(range(50_000)))))
        app.detail.show_row(an_event('{"a":1}', 8))
        await app.workers.wait_for_complete()
        assert text_of(app.detail) == ["{", '  "a": 1', "}"]


async def test_escape_asks_to_be_closed() -> None:
    app = DetailApp()
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, ["y", "escape"])
        assert [type(message) for message in app.heard] == [DetailClosed]


async def test_the_width_of_the_pane_breaks_the_lines_anew() -> None:
    app = DetailApp()
    async with app.run_test(size=SIZE) as pilot:
        app.detail.show_row(an_event("y" * 100))
        assert len(text_of(app.detail)) == 2
        await pilot.resize_terminal(40, 16)
        await pilot.pause()
        assert len(text_of(app.detail)) == 3
        assert "".join(text_of(app.detail)) == "y" * 100


async def test_another_theme_brings_its_colours_at_once() -> None:
    app = DetailApp()
    async with app.run_test(size=SIZE) as pilot:
        app.theme = "sse-light"
        app.detail.show_row(an_event('{"a":"b"}'))
        await pilot.pause()
        app.theme = "sse-dark"
        await pilot.pause()
        shown = {segment.style for line in app.detail._lines for segment in line}
        await pilot.app.recompose()
        app.detail.show_row(an_event('{"a":"b"}'))
        await pilot.pause()
        assert shown == {segment.style for line in app.detail._lines for segment in line}


async def test_a_scrollbar_hides_no_character() -> None:
    app = DetailApp()
    async with app.run_test(size=SIZE) as pilot:
        app.detail.tab = "raw"
        data = "".join(f"<{n}>" for n in range(400))
        app.detail.show_row(an_event(data))
        await pilot.pause()
        seen: list[str] = []
        for _ in range(200):
            line = app.detail.render_line(len(seen) - app.detail.scroll_offset.y).text.rstrip()
            if not line:
                break
            seen.append(line)
        assert "".join(seen).removeprefix("event: login").removeprefix("data: ") == data
