from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from sse_tui.cli.tail_template import TemplateLines, parse_template
from sse_tui.cli.tail_times import RowTimes
from sse_tui.errors import TemplateError
from sse_tui.events.model import Comment, Event, Row, StateChange, StreamState

STARTED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def event(
    data: str, *, after_s: float = 0, kind: str = "login", source: str | None = None
) -> Event:
    arrival = STARTED + timedelta(seconds=after_s)
    return Event(7, arrival, "t", kind, data, "1-7", True, source)


def lines(template: str, *rows: Row, terminal: bool = False) -> str:
    make = TemplateLines(parse_template(template), RowTimes(STARTED), terminal=terminal)
    return make(rows, "orders.*").decode()


def line(template: str, row: Row, *, terminal: bool = False) -> str:
    return lines(template, row, terminal=terminal).removesuffix("\n")


@pytest.mark.parametrize(
    ("template", "printed"),
    [
        ("{number} {kind} {event} {id} {own_id}", "7 event login 1-7 true"),
        ("{topic} {source}", "orders.* orders.eu"),
        ("{received_at}", "2026-01-02T03:04:06.500000Z"),
        ("{elapsed} {delta}", "1.500 0.000"),
        ("{line}", 'login {"a":{"b":[1,"zwei"]},"n":null}'),
        ("{data.a.b[0]}-{data.a.b[-1]}-{data.n}", "1-zwei-null"),
        ("{data.a}", '{"b":[1,"zwei"]}'),
        ('{data["a"].b[1]}', "zwei"),
        ("[{data.gone}{data.a.b[9]}{data.a.b.c}{state}]", "[]"),
        ("{{{event}}} {{}}", "{login} {}"),
        (r"{event}\t{id}\n\\n", "login\t1-7\n\\n"),
        ("{size}", "32"),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_a_template_is_filled(template: str, printed: str) -> None:
    row = event('{"a":{"b":[1,"zwei"]},"n":null}', after_s=1.5, source="orders.eu")
    assert line(template, row) == printed.replace("32", str(len(row.data)))


@pytest.mark.parametrize(
    ("template", "printed"),
    [
        ("[{event:<8}]", "[login   ]"),
        ("[{event:>8}]", "[   login]"),
        ("[{event:*^8}]", "[*login**]"),
        ("[{event:.3}]", "[log]"),
        ("[{event:6.3}]", "[log   ]"),
        ("[{event:2}]", "[login]"),
        ("[{data:6}]", "[日本  ]"),
        ("[{data:.3}]", "[日]"),
    ],
)
def test_widths_are_columns(template: str, printed: str) -> None:
    assert line(template, event("日本")) == printed


def test_times_of_day_are_local() -> None:
    local = STARTED.astimezone()
    assert line("{date} {time}", event("x")) == local.strftime("%Y-%m-%d %H:%M:%S.000")


def test_delta_is_measured_from_the_row_printed_before() -> None:
    rows = [event("x", after_s=seconds) for seconds in (1, 1.25, 4)]
    assert lines("{delta}", *rows).split() == ["0.000", "0.250", "2.750"]


def test_rows_that_are_no_events_have_their_own_fields() -> None:
    comment = Comment(1, STARTED, "t", "keep\x1balive")
    state = StateChange(2, STARTED, "t", StreamState.WAITING, "gone", 503, 2, 1000)
    assert line("{kind}|{event}|{text}|{data.x}", comment) == "comment||keep\\x1balive|"
    assert line("{state} {status} {attempt} {retry_in_ms} {detail}", state) == (
        "waiting 503 2 1000 gone"
    )


def test_payloads_are_escaped_wherever_they_go_but_raw_in_a_pipe() -> None:
    nasty = event('{"a":"x\\u001b[31m\\ny"}', kind="k\x1b")
    assert line("{event} {data.a}", nasty) == "k\\x1b x\\x1b[31m\\ny"
    assert line("{data}", event("a\tb\x1b")) == "a\\tb\\x1b"
    assert line("{raw}", event("a\tb\x1b")) == "a\tb\x1b"
    assert line("{raw}", event("a\tb\x1b"), terminal=True) == "a\\tb\\x1b"


def test_data_that_is_not_json_has_no_parts() -> None:
    assert line("[{data.a}]{data}", event("no json")) == "[]no json"


@pytest.mark.parametrize(
    ("template", "place", "words"),
    [
        ("{evnt}", 1, "Did you mean event"),
        ("{user_id}", 1, "{data.user_id}"),
        ("ab {", 3, "not closed"),
        ("ab {event", 3, "not closed"),
        ("ab {event:<3", 3, "not closed"),
        ("{}", 0, "No field is named"),
        ("{ event}", 0, "No field is named"),
        ("a } b", 2, "No brace is open"),
        ("{event!r}", 6, "does not belong"),
        ("{event.__class__}", 6, "Only data has parts"),
        ("{data..x}", 5, "does not belong"),
        ("{data.x[a]}", 7, "does not belong"),
        ("{event:5d}", 7, "Not a width"),
        ("{event:9999}", 7, "Not a width"),
        (r"a\q", 1, "no such escape"),
        ("a\\", 1, "no such escape"),
    ],
)
def test_a_wrong_template_names_the_place(template: str, place: int, words: str) -> None:
    with pytest.raises(TemplateError) as caught:
        parse_template(template)
    assert caught.value.position == place
    assert re.search(re.escape(words), f"{caught.value.title} {caught.value.hint}")
