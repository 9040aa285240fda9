"""The detail of one row, in its four forms."""

from __future__ import annotations

import pytest
from tui.detail_app import SIZE, DetailApp, an_event, text_of
from tui.log_app import BEGAN, press

from sse_tui.events.format import clock, escape
from sse_tui.events.model import (
    Certainty,
    Comment,
    Gap,
    Partial,
    Retry,
    Row,
    StateChange,
    StreamState,
)


async def test_json_is_laid_out_token_for_token() -> None:
    app = DetailApp()
    async with app.run_test(size=SIZE):
        app.detail.show_row(an_event('{"big":12345678901234567890,"s":"\\u00e9","e":1E5,"l":[]}'))
        assert text_of(app.detail) == [
            "{",
            '  "big": 12345678901234567890,',
            '  "s": "\\u00e9",',
            '  "e": 1E5,',
            '  "l": []',
            "}",
        ]
        assert app.detail.border_title == "7 login"


async def test_what_a_value_was_before_stands_at_its_side() -> None:
    app = DetailApp()
    async with app.run_test(size=SIZE):
        before = an_event({"user": "a", "latency": 39, "tags": ["x"], "gone": 1}, 3)
        after = an_event({"user": "a", "latency": 240, "tags": ["y"], "more": True})
        app.detail.show_row(after, before)
        lines = text_of(app.detail)
        assert [line for line in lines if "was" in line or "new" in line] == [
            '  "latency": 240,    was 39',
            '    "y"              was "x"',
            '  "more": true       new',
        ]


async def test_what_was_before_is_cut_where_it_does_not_fit() -> None:
    app = DetailApp()
    async with app.run_test(size=SIZE):
        app.detail.show_row(an_event({"k": "new " * 12}), an_event({"k": "old " * 12}, 3))
        assert len(text_of(app.detail)) == 3
        assert text_of(app.detail)[1].endswith("…")


async def test_text_that_is_no_json_stands_as_it_is() -> None:
    app = DetailApp()
    async with app.run_test(size=SIZE):
        app.detail.show_row(an_event("[bold]one\n\x1b[31mtwo\u202e"))
        assert text_of(app.detail) == ["[bold]one", "\\x1b[31mtwo\\u202e"]
        app.detail.show_row(an_event(""))
        assert text_of(app.detail) == ["no data"]


async def test_raw_is_what_stood_on_the_wire() -> None:
    app = DetailApp()
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, ["P"])
        app.detail.show_row(an_event("one\ntwo\t", id="1-7", own_id=True, source="users.eu"))
        assert text_of(app.detail) == [
            "id: 1-7",
            "event: login",
            "topic: users.eu",
            "data: one",
            "data: two\\t",
        ]
        app.detail.show_row(an_event("x", id="1-6", type="message"))
        assert text_of(app.detail) == ["data: x"]
        await press(pilot, ["P"])
        assert app.detail.tab == "pretty"


async def test_stream_says_where_it_came_from() -> None:
    app = DetailApp()
    async with app.run_test(size=SIZE):
        app.detail.tab = "stream"
        row = an_event("é\n", id="1-7", own_id=False)
        app.detail.show_row(row, facts={"state": "open"})
        facts = dict(line.split(maxsplit=1) for line in text_of(app.detail))
        assert facts["topic"] == "users"
        assert facts["number"] == "7"
        assert clock(row.received_at) in facts["received"]
        assert facts["id"] == "1-7 (of an earlier event)"
        assert facts["size"] == "3 B in 2 lines"
        assert facts["state"] == "open"


async def test_diff_lists_what_changed_was_added_and_went() -> None:
    app = DetailApp()
    async with app.run_test(size=SIZE):
        app.detail.tab = "diff"
        before = an_event({"user": {"id": 1, "n": 2}, "gone": [1]}, 3)
        app.detail.show_row(an_event({"user": {"id": 5, "n": 2}, "more": None}), before)
        assert text_of(app.detail) == [
            "against 3, 4.0 s before",
            "",
            "~ user.id  1  →  5",
            "+ more     null",
            "- gone[0]  1",
        ]


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ('{"a":1}', '{"a":1}', "The same data."),
        ('{"a":1}', '{ "a": 1 }', "The same values, written in another way."),
        ("one", "two", "- one"),
        (None, "two", "Nothing to compare with: no earlier event of this type is kept."),
    ],
)
async def test_diff_of_other_pairs(before: str | None, after: str, says: str) -> None:
    app = DetailApp()
    async with app.run_test(size=(90, 16)):
        app.detail.tab = "diff"
        app.detail.show_row(an_event(after), an_event(before, 3) if before is not None else None)
        assert says in text_of(app.detail)


ROWS: list[Row] = [
    Comment(1, BEGAN, "t", "live\x07"),
    Retry(2, BEGAN, "t", 3000),
    StateChange(3, BEGAN, "t", StreamState.FAILED, "no access", 401),
    Gap(4, BEGAN, "t", 12.0, None, 4, 0, 0, Certainty.NONE_LOST),
    Partial(5, BEGAN, "t", "data: {\nid: 5", 14),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row.kind))
@pytest.mark.parametrize("tab", ["pretty", "raw", "stream", "diff"])
async def test_every_kind_of_row_has_every_form(row: Row, tab: str) -> None:
    app = DetailApp()
    async with app.run_test(size=SIZE):
        app.detail.tab = tab
        app.detail.show_row(row)
        lines = text_of(app.detail)
        assert lines
        assert all(escape(line) == line for line in lines)
        assert app.detail.border_title == f"{row.number} {row.kind}"


async def test_an_empty_pane_says_what_fills_it() -> None:
    app = DetailApp()
    async with app.run_test(size=SIZE):
        assert text_of(app.detail) == ["Enter on a row shows it here."]
        assert app.detail.border_title == "Detail"


async def test_the_unused_names_of_rows_are_no_markup() -> None:
    app = DetailApp()
    async with app.run_test(size=SIZE):
        app.detail.show_row(an_event("x", type="[red]ty\x1bpe"))
        title = app.detail._border_title
        assert title is not None
        assert title.plain == "7 [red]ty\\x1bpe"
