"""Payloads in the log: unsafe, long, wrapped, scrolled sideways, as they came."""

from __future__ import annotations

import re
import time

from tui.log_app import LogApp, event, lines, numbered, press

from sse_tui.events.format import clock, escape
from sse_tui.events.model import (
    UNNUMBERED,
    Comment,
    Gap,
    Partial,
    StateChange,
    StreamState,
)
from sse_tui.events.view import RowView

SIZE = (100, 16)
CLOCK = re.compile(r" \d\d:\d\d:\d\d\.\d{3} ")


async def test_payload_text_is_never_sent_raw() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE) as pilot:
        hostile = "".join(map(chr, [*range(0x20), *range(0x7F, 0xA0), 0x202E, 0x200B, 0xFEFF]))
        app.arrive(event(f"[red]{hostile}[/red]", f"type{hostile[:4]}"))
        app.arrive(Comment(*UNNUMBERED, hostile))
        app.arrive(Partial(*UNNUMBERED, hostile, 9))
        app.arrive(StateChange(*UNNUMBERED, StreamState.FAILED, hostile))
        app.arrive(Gap(*UNNUMBERED, 1.0, hostile))
        for keys in ([], ["P"], ["w"]):
            await press(pilot, keys)
            text = "".join(lines(app.log_view))
            assert escape(text) == text
        assert "[red]\\x00" in lines(app.log_view)[0]


async def test_a_lone_surrogate_and_an_empty_payload_are_rows_like_any_other() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE):
        app.arrive(event("\ud800"), event(""), event("null"))
        text = lines(app.log_view)
        assert text[0].endswith("\\ud800")
        assert text[1].split()[-1] == "login"
        assert text[2].endswith("null")


async def test_w_wraps_and_every_character_is_there() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE) as pilot:
        data = "".join(f"<{number}>" for number in range(120))
        app.arrive(event(data), event("one\ntwo"))
        assert lines(app.log_view)[0].endswith("…")
        await press(pilot, ["w"])
        text = [line for line in lines(app.log_view) if line]
        column = text[0].index("<0>")
        assert "".join(line[column:] for line in text[:-2]) == data
        assert all(not line[:column].strip() for line in text[1:-2])
        assert [line[column:] for line in text[-2:]] == ["one", "two"]
        await press(pilot, ["P"])
        assert lines(app.log_view)[len(text) - 2].endswith("one\\ntwo")
        await press(pilot, ["w"])
        assert len([line for line in lines(app.log_view) if line]) == 2


async def test_a_wrapped_row_is_scrolled_by_its_lines() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE) as pilot:
        app.arrive(*numbered(3), event("x" * 900), *numbered(20))
        await press(pilot, ["w", "g"])
        before = lines(app.log_view)
        app.log_view.action_page(1)
        await press(pilot, ["pageup"])
        assert lines(app.log_view)[0].strip("›").split() == before[0].strip("›").split()  # noqa: RUF001
        await press(pilot, ["end"])
        assert lines(app.log_view)[-1].endswith('{"n":20}')


async def test_a_huge_wrapped_row_is_cut_and_says_so() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE) as pilot:
        app.arrive(event("x" * 1_000_000))
        await press(pilot, ["w"])
        assert lines(app.log_view)[-1].strip() == "… 1,000,000 characters in all; Enter shows them"


async def test_a_huge_payload_costs_no_more_than_what_is_seen_of_it() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE):
        app.arrive(event([1] * 4_000_000))
        began = time.perf_counter()
        assert lines(app.log_view)[0].endswith("…")
        assert time.perf_counter() - began < 0.3


async def test_painted_lines_are_not_kept_for_ever() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE):
        for _ in range(60):
            app.arrive(*numbered(15))
            lines(app.log_view)
        assert len(app.log_view._kept) <= 512 + app.log_view.size.height


async def test_payloads_are_scrolled_sideways() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE) as pilot:
        app.arrive(event("0123456789" * 30), event("short"))
        start = lines(app.log_view)[0].index("0123")
        await press(pilot, ["right", "l"])
        assert lines(app.log_view)[0][start:].startswith("67890123")
        assert lines(app.log_view)[1].split()[-1] == "login"
        await press(pilot, ["left", "h", "h"])
        assert lines(app.log_view)[0][start:].startswith("0123")


async def test_a_narrow_log_gives_its_cells_to_the_payload() -> None:
    app = LogApp()
    async with app.run_test(size=(60, 10)) as pilot:
        app.arrive(*numbered(3))
        assert lines(app.log_view)[0].split() == [clock(app.now)[:8], "1", "login", '{"n":1}']
        await pilot.resize_terminal(46, 10)
        assert lines(app.log_view)[1].split() == ["+0.000", "login", '{"n":2}']
        await pilot.resize_terminal(36, 10)
        assert lines(app.log_view)[1].split() == ["login", '{"n":2}']
        await pilot.resize_terminal(12, 10)
        assert lines(app.log_view)[1].split()[0] == "login"


async def test_p_shows_payloads_as_they_came() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE) as pilot:
        app.arrive(event('{\n  "a": 1\n}'))
        assert lines(app.log_view)[0].endswith('{ "a": 1 }')
        await press(pilot, ["P"])
        assert lines(app.log_view)[0].endswith('{\\n  "a": 1\\n}')


async def test_another_view_begins_at_the_left() -> None:
    app = LogApp("a", "b")
    async with app.run_test(size=SIZE) as pilot:
        app.arrive(event("abcdefghijklmnopqrstuvwxyz"), topic="a")
        await press(pilot, ["right"])
        assert "abc" not in lines(app.log_view)[0]
        app.log_view.show(RowView(app.logs, ("a",)))
        assert lines(app.log_view)[0].endswith(" abcdefghijklmnopqrstuvwxyz")
