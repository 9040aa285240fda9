"""Answers of language models, in the shapes that each API documents."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sse_tui.events.llm import MAX_TEXT, Answer, delta
from sse_tui.events.llm_shapes import Usage
from sse_tui.events.model import Event, Row, StateChange, StreamState

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def chat(content: str | None = None, finish: str | None = None, **more: Any) -> str:  # noqa: ANN401
    choice = {"index": 0, "delta": {"content": content}, "finish_reason": finish}
    return json.dumps({"object": "chat.completion.chunk", "choices": [choice], **more})


def event(data: object, number: int = 1, after_s: float = 0.0) -> Event:
    text = data if isinstance(data, str) else json.dumps(data)
    return Event(number, BEGIN + timedelta(seconds=after_s), "t", "message", text)


def connecting(after_s: float = 0.0) -> StateChange:
    return StateChange(1, BEGIN + timedelta(seconds=after_s), "t", StreamState.CONNECTING)


def answer(*data: object) -> Answer:
    """The answer made of these events, the first after half a second, then one every 0.1 s."""
    rows: list[Row] = [event(each, n + 2, 0.5 + n / 10) for n, each in enumerate(data)]
    taken = Answer()
    taken.take([connecting(), *rows])
    return taken


TEXTS: Sequence[tuple[object, str | None]] = [
    (chat("Hi"), "Hi"),
    ({"choices": [{"index": 0, "text": "old", "finish_reason": None}]}, "old"),
    ({"choices": [{"index": 0, "delta": {"refusal": "No."}}]}, "No."),
    ({"choices": [{"index": 0, "delta": {"content": [{"type": "text", "text": "Hi"}]}}]}, "Hi"),
    ({"choices": [{"index": 0, "delta": {"content": [{"type": "thinking", "text": "h"}]}}]}, None),
    ({"choices": [{"index": 0, "delta": {"reasoning_content": "hm", "content": None}}]}, None),
    ({"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}}]}, None),
    ({"choices": [{"index": 1, "delta": {"content": "the other one"}}]}, None),
    ({"choices": [], "usage": {"prompt_tokens": 1}}, None),
    ({"type": "response.output_text.delta", "delta": "Hi"}, "Hi"),
    ({"type": "response.function_call_arguments.delta", "delta": "{"}, None),
    ({"type": "response.reasoning_text.delta", "delta": "hm"}, None),
    ({"type": "response.output_text.done", "text": "Hi"}, None),
    ({"type": "content_block_delta", "delta": {"type": "text_delta", "text": "Hi"}}, "Hi"),
    ({"type": "content_block_delta", "delta": {"type": "thinking_delta", "thinking": "h"}}, None),
    ({"type": "content_block_delta", "delta": {"type": "input_json_delta", "text": "{"}}, None),
    ({"type": "content_block_start", "content_block": {"type": "text", "text": ""}}, None),
    ({"type": "ping"}, None),
    ({"model": "m", "message": {"role": "assistant", "content": "Hi"}, "done": False}, "Hi"),
    ({"model": "m", "response": "Hi", "done": False}, "Hi"),
    ({"model": "m", "message": {"content": "", "thinking": "hm"}, "done": False}, None),
    ({"content": "Hi", "stop": False}, "Hi"),
    ("[DONE]", None),
    ("not JSON", None),
    ('{"choices": [', None),
    ([{"choices": []}], None),
    ({"type": "login", "message": {"content": "no answer"}}, None),
    ({"done": True, "jobs": 3}, None),
]


@pytest.mark.parametrize(("data", "text"), TEXTS)
def test_the_text_that_an_event_adds(data: object, text: str | None) -> None:
    assert delta(event(data)) == text


def test_no_time_is_lost_on_an_event_that_is_no_piece() -> None:
    assert delta(event(chat("x" * (MAX_TEXT - 200)))) is not None
    assert delta(event(chat("x" * MAX_TEXT))) is None


NAMES = st.sampled_from(
    ["choices", "delta", "type", "content", "message", "usage", "done", "stop", "error", "response"]
)
WORDS = st.sampled_from(["message_delta", "response.failed", "content_block_delta", "error", "x"])
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(NAMES, ANYTHING, max_size=5) | ANYTHING)
def test_no_json_at_all_makes_it_raise(data: object) -> None:
    taken = answer(data)
    assert taken.summary()
    assert taken.text == (delta(event(data)) or "")


@given(st.text())
def test_no_text_at_all_makes_it_raise(data: str) -> None:
    answer('{"type": ' + data, data).summary()


def test_chat_completions_whole() -> None:
    usage = {"prompt_tokens": 35, "completion_tokens": 12, "total_tokens": 47}
    last = {"choices": [], "model": "m-1", "usage": usage}
    taken = answer(chat(""), chat("a"), chat("b"), chat("c"), chat(finish="stop"), last, "[DONE]")
    assert (taken.text, taken.complete, taken.finish_reason) == ("abc", True, "stop")
    assert (taken.usage, taken.model) == (Usage(35, 12, 47), "m-1")
    assert (taken.first_event_s, taken.first_text_s) == (0.5, 0.6)
    # Three chunks of text over 0.2 s.
    assert taken.summary() == (
        "first event 0.50 s, first text 0.60 s · 60.0 tokens/s · 12 tokens out, 35 in · stop"
    )


def test_without_a_count_of_tokens_chunks_are_counted() -> None:
    taken = answer(chat("a"), chat("b"), chat("c"), chat(finish="length"))
    assert taken.summary() == "first event 0.50 s · 15.0 chunks/s · 3 chunks · length"


def test_thoughts_that_nobody_saw_do_not_make_it_faster() -> None:
    usage = {"completion_tokens": 110, "completion_tokens_details": {"reasoning_tokens": 100}}
    seen = chat("a"), chat("b"), chat(finish="stop", usage=usage)
    assert "100.0 tokens/s" in answer(*seen).summary()
    thought = {"choices": [{"index": 0, "delta": {"reasoning_content": "hm"}}]}
    assert "550.0 tokens/s" in answer(thought, *seen).summary()


def test_responses_whole() -> None:
    usage = {"input_tokens": 3, "output_tokens": 2, "total_tokens": 5}
    response = {"status": "completed", "model": "m", "usage": usage}
    taken = answer(
        {"type": "response.created", "response": {"status": "in_progress", "model": "m"}},
        {"type": "response.output_text.delta", "delta": "a"},
        {"type": "response.output_text.done", "text": "a"},
        {"type": "response.completed", "response": response},
    )
    assert (taken.text, taken.complete, taken.finish_reason) == ("a", True, "completed")
    assert (taken.usage, taken.model) == (Usage(3, 2, 5), "m")


def test_responses_that_end_early_or_fail() -> None:
    details = {"reason": "max_output_tokens"}
    response = {"status": "incomplete", "incomplete_details": details}
    taken = answer({"type": "response.incomplete", "response": response})
    assert (taken.complete, taken.finish_reason) == (True, "max_output_tokens")
    error = {"code": "server_error", "message": "The model broke"}
    taken = answer({"type": "response.failed", "response": {"status": "failed", "error": error}})
    assert (taken.complete, taken.error) == (False, "The model broke")
    taken = answer({"type": "error", "code": "rate_limit", "message": "Slow down", "param": None})
    assert taken.error == "Slow down"


def test_anthropic_whole() -> None:
    message = {"model": "m", "content": [], "usage": {"input_tokens": 25, "output_tokens": 1}}
    end = {"type": "message_delta", "delta": {"stop_reason": "end_turn"}}
    taken = answer(
        {"type": "message_start", "message": message},
        {"type": "ping"},
        {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "a"}},
        {**end, "usage": {"output_tokens": 15}},
    )
    assert not taken.complete
    taken.take([event({"type": "message_stop"})])
    assert (taken.text, taken.complete, taken.finish_reason) == ("a", True, "end_turn")
    assert (taken.usage, taken.model) == (Usage(25, 15), "m")


ERRORS = [
    (
        {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}},
        "Overloaded",
    ),
    (
        {"error": {"message": "The server had an error", "type": "server_error"}},
        "The server had an",
    ),
    ({"choices": [], "error": {"code": 502, "message": "Provider left"}}, "Provider left"),
    ({"error": "an error was encountered while running the model"}, "an error was encountered"),
    ({"error": {"code": 7}}, '{"code":7}'),
]


@pytest.mark.parametrize(("data", "words"), ERRORS)
def test_an_error_after_the_beginning(data: object, words: str) -> None:
    taken = answer(chat("a"), data)
    assert taken.error is not None
    assert taken.error.startswith(words)
    assert not taken.complete
    assert f"error: {words}" in taken.summary()


def test_ollama_whole() -> None:
    last = {"message": {"content": ""}, "done": True, "done_reason": "stop", "model": "m"}
    taken = answer(
        {"message": {"content": "a"}, "done": False},
        {**last, "prompt_eval_count": 11, "eval_count": 7, "eval_duration": 10**9},
    )
    assert (taken.text, taken.complete, taken.finish_reason) == ("a", True, "stop")
    assert taken.usage == Usage(11, 7)


def test_an_answer_that_was_cut_says_so() -> None:
    assert answer(chat("a")).summary() == "first event 0.50 s · 1 chunk · not complete"
    assert Answer().summary() == "no answer"


def test_words_of_the_server_are_safe_to_print() -> None:
    assert "\x1b" not in answer(chat(finish="\x1b[31m")).summary()
    assert "\x1b" not in answer({"error": "\x1b[31m"}).summary()


def test_a_new_connection_begins_a_new_answer() -> None:
    taken = answer(chat("a"), chat(finish="stop"))
    taken.take([connecting(9.0), event(chat("b"), 9, 10.0)])
    assert (taken.text, taken.complete, taken.first_event_s) == ("b", False, 1.0)


def test_attempts_before_the_first_event_are_not_waited_for() -> None:
    taken = Answer()
    taken.take([connecting(), connecting(5.0), event(chat("a"), 3, 6.0)])
    assert taken.first_event_s == 1.0


def test_its_memory_is_bounded() -> None:
    long = "x" * (MAX_TEXT // 2 + 1)
    taken = answer(*[chat(long)] * 4)
    assert (len(taken.text), taken.chunks) == (MAX_TEXT, 4)
