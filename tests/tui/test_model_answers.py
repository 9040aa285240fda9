"""Streams of language models: what an event says, and the answer that it is part of."""

from __future__ import annotations

import json

from peers.hub_in_loop import Hub
from tui.detail_app import SIZE as DETAIL_SIZE
from tui.detail_app import DetailApp, an_event, text_of
from tui.log_app import LogApp, event, lines, press
from tui.screen_app import running_app, sight

from sse_tui.events.llm import Answer
from sse_tui.events.log import EventLog
from sse_tui.events.model import UNNUMBERED, Event, EventFrame, StateChange, StreamState
from sse_tui.tui.screens.answers import MOST_ROWS, Answers

SIZE = (100, 8)


def chunk(text: str, **more: object) -> str:
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": None} | more
    facts = {"object": "chat.completion.chunk", "model": "small-1", "choices": [choice]}
    return json.dumps(facts, separators=(",", ":"))


LAST = json.dumps(
    {
        "object": "chat.completion.chunk",
        "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 7, "completion_tokens": 20},
    }
)


def frame(data: str) -> EventFrame:
    return event(data, "message")


def connecting() -> StateChange:
    return StateChange(*UNNUMBERED, StreamState.CONNECTING, "", None, 1)


async def test_a_row_begins_with_what_the_model_says() -> None:
    app = LogApp()
    async with app.run_test(size=SIZE) as pilot:
        app.arrive(frame(chunk("Hi\x1b \n")), frame(chunk("")), event({"delta": "no answer"}))
        hi, empty, other = lines(app.log_view)[:3]
        assert '  "Hi\\u001b \\n"  {"object":' in hi
        assert '  {"object":' in empty
        assert '""' not in empty.split('{"object"')[0]
        assert '  {"delta":"no answer"}' in other
        strip = app.log_view.render_lines(app.log_view.size.region)[0]
        said, raw = (next(s for s in strip if t in s.text) for t in ('"Hi', "object"))
        string = app.theme_variables["json-string"]
        assert said.style is not None
        assert raw.style is not None
        assert said.style.color is not None
        assert said.style.color.name == string.lower()
        assert raw.style.color != said.style.color
        await press(pilot, ["right"])
        assert '"Hi' not in lines(app.log_view)[0]
        await press(pilot, ["left", "w"])
        assert '"Hi' in lines(app.log_view)[0]
        await press(pilot, ["P"])
        assert '"Hi' not in lines(app.log_view)[0].split('{"object"')[0]


def answer_of(log: EventLog, number: int) -> tuple[str, str] | None:
    row = log.get(number)
    assert isinstance(row, Event)
    answer = Answers({"t": log}).of(row)
    return None if answer is None else (answer.summary(), answer.text)


def test_an_answer_is_that_of_the_connection_of_its_row() -> None:
    log = EventLog("t")
    log.extend([connecting(), frame(chunk("old"))], 10**9)
    log.extend([connecting()], 2 * 10**9)
    log.extend([frame("{}"), frame(chunk("Hel"))], 3 * 10**9)
    log.extend([frame(chunk("lo")), frame(LAST)], 5 * 10**9)
    log.extend([connecting(), frame(chunk("new"))], 9 * 10**9)
    assert answer_of(log, 4) is None  # no part of an answer
    summary = "first event 1.00 s · 10.0 tokens/s · 20 tokens out, 7 in · stop"
    for number in (5, 6, 7):
        assert answer_of(log, number) == (summary, "Hello")
    first, third = answer_of(log, 2), answer_of(log, 9)
    assert first is not None
    assert third is not None
    assert (first[1], third[1]) == ("old", "new")
    assert third[0].endswith("not complete")


def test_an_answer_grows_and_a_long_log_is_not_read_whole() -> None:
    log = EventLog("t")
    log.extend([connecting(), frame(chunk("a"))], 10**9)
    answers = Answers({"t": log})
    row = log.get(2)
    assert isinstance(row, Event)
    for more in ("b", "c"):
        log.extend([frame(chunk(more))], 2 * 10**9)
        growing = answers.of(row)
        assert growing is not None
        assert growing.text == ("ab" if more == "b" else "abc")
    log.extend([frame(chunk("."))] * (9 * MOST_ROWS), 3 * 10**9)
    answer = answers.of(row)
    assert answer is not None
    assert len(answer.text) == MOST_ROWS
    late, next_to_it = log.get(5 * MOST_ROWS + 7), log.get(5 * MOST_ROWS + 8)
    assert isinstance(late, Event)
    assert isinstance(next_to_it, Event)
    answer = answers.of(late)
    assert answer is not None
    assert len(answer.text) <= 3 * MOST_ROWS
    assert answers.of(next_to_it) is answer  # not read again


async def test_the_stream_tab_folds_the_answer() -> None:
    app = DetailApp()
    async with app.run_test(size=DETAIL_SIZE) as pilot:
        answer = Answer()
        answer.take([an_event(chunk("\n".join(f"line {n}\x1b" for n in range(6))))])
        app.detail.show_row(an_event("{}"), answer=lambda: answer)
        assert text_of(app.detail) == ["{}"]
        app.detail.tab = "stream"
        await pilot.pause()
        text = text_of(app.detail)
        assert text[0].split() == ["answer", "1", "chunk", "·", "not", "complete"]
        assert text[1].split() == ["model", "small-1"]
        assert text[5:8] == ["line 3\\x1b", "… 6 lines in all; Enter shows them", ""]
        await press(pilot, ["enter"])
        assert text_of(app.detail)[7:9] == ["line 5\\x1b", ""]


async def test_the_detail_of_an_event_tells_of_the_whole_answer(hub: Hub) -> None:
    async with running_app(hub.url, "llm", size=(140, 60)) as screen:
        await screen.until_open("llm")
        await hub.post_many("llm", [chunk("Hel"), chunk("lo"), LAST])
        await screen.until(lambda: screen.service.totals.events == 3)
        await screen.until(lambda: '"lo"' in sight(screen.app))
        await screen.press("enter")
        screen.main.log_pane.detail.tab = "stream"
        await screen.until(lambda: "Hello" in sight(screen.app))
        assert "20 tokens out, 7 in" in sight(screen.app)
