"""The detail of one row, in its four forms."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from textual.app import ComposeResult
from textual.message import Message
from tui.log_app import BEGAN, press

from sse_tui.events.format import clock, escape
from sse_tui.events.model import (
    Certainty,
    Comment,
    Event,
    Gap,
    Partial,
    Retry,
    Row,
    StateChange,
    StreamState,
)
from sse_tui.tui.messages import CopyRequested, DetailClosed
from sse_tui.tui.themes import ThemedApp
from sse_tui.tui.widgets.event_detail import EventDetail

SIZE = (70, 16)


class DetailApp(ThemedApp):
    """The detail pane alone."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Message] = []

    def compose(self) -> ComposeResult:
        """The pane."""
        yield EventDetail()

    def on_mount(self) -> None:
        """Take the keys."""
        self.detail.focus()

    @property
    def detail(self) -> EventDetail:
        """The pane."""
        return self.query_one(EventDetail)

    def on_copy_requested(self, message: CopyRequested) -> None:
        """Note what is asked for."""
        self.heard.append(message)

    def on_detail_closed(self, message: DetailClosed) -> None:
        """Note that it wants to be closed."""
        self.heard.append(message)


def an_event(data: object, number: int = 7, **fields: object) -> Event:
    text = data if isinstance(data, str) else json.dumps(data)
    made = Event(number, BEGAN + timedelta(seconds=number), "users", "login", text)
    return Event(
        made.number,
        made.received_at,
        made.topic,
        str(fields.get("type", "login")),
        text,
        str(fields.get("id", "")),
        bool(fields.get("own_id")),
        None if fields.get("source") is None else str(fields["source"]),
    )


def text_of(detail: EventDetail) -> list[str]:
    """The lines in sight."""
    height = detail.scrollable_content_region.height
    shown = [detail.render_line(y).text.rstrip() for y in range(height)]
    while shown and not shown[-1]:
        shown.pop()
    return shown


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


async def test_an_empty_pane_says_what_fills_it() -> None:
    app = DetailApp()
    async with app.run_test(size=SIZE):
        assert text_of(app.detail) == ["Enter on a row shows it here."]
        assert app.detail.border_title == "Detail"


async def test_the_width_of_the_pane_breaks_the_lines_anew() -> None:
    app = DetailApp()
    async with app.run_test(size=SIZE) as pilot:
        app.detail.show_row(an_event("y" * 100))
        assert len(text_of(app.detail)) == 2
        await pilot.resize_terminal(40, 16)
        await pilot.pause()
        assert len(text_of(app.detail)) == 3
        assert "".join(text_of(app.detail)) == "y" * 100


async def test_the_unused_names_of_rows_are_no_markup() -> None:
    app = DetailApp()
    async with app.run_test(size=SIZE):
        app.detail.show_row(an_event("x", type="[red]ty\x1bpe"))
        title = app.detail._border_title
        assert title is not None
        assert title.plain == "7 [red]ty\\x1bpe"
