"""Answers of language models on the wire: documented shapes, played by the raw server."""

from __future__ import annotations

import asyncio
import json
from typing import Any, NoReturn

import pytest
from peers.clocks import HastyClock
from peers.wire_server import Answer, Request, WireServer

from sse_tui.client.clock import Clock
from sse_tui.client.connection import StreamPlan, Surroundings
from sse_tui.client.dialects.registry import dialect
from sse_tui.client.options import ClientOptions, StreamOptions
from sse_tui.client.request import HttpRequest
from sse_tui.client.service import EventService
from sse_tui.client.subscription import Subscription
from sse_tui.errors import ConfigError, ContentTypeError, StreamEndedError, UsageError
from sse_tui.events.log import EventLog
from sse_tui.events.model import Event, Partial, StreamState

from .rows import ended, of_kind, rows_of, states_of

NDJSON = {"Content-Type": "application/x-ndjson"}
JSON = {"Content-Type": "application/json"}
ASKED = StreamOptions(body=b'{"stream": true}')


def chat(content: str | None = None, finish: str | None = None) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": {"content": content}, "finish_reason": finish}]}


def sse(*events: object, named: bool = False) -> bytes:
    """The events as an event stream; a str goes out as it is."""
    blocks = []
    for each in events:
        data = each if isinstance(each, str) else json.dumps(each)
        kind = f"event: {each['type']}\n" if named and isinstance(each, dict) else ""
        blocks.append(f"{kind}data: {data}\n\n")
    return "".join(blocks).encode()


def lines(*objects: object) -> bytes:
    return "".join(json.dumps(each) + "\n" for each in objects).encode()


async def ask(
    kind: str, target: str, *script: Answer, options: StreamOptions = ASKED
) -> tuple[Subscription, list[Request]]:
    async with WireServer(script) as server:
        asked = ClientOptions(dialect=kind, headers={"Authorization": "Bearer k"})
        async with EventService(f"{server.url}/v1", options=asked, clock=HastyClock()) as service:
            whole = target.replace("SERVER", server.url)
            stream = await service.subscribe(whole, options=options)
            await ended(stream)
    return stream, server.requests


WHOLE = sse(chat("Hel"), chat("lo"), chat(finish="stop"), "[DONE]")


async def test_chat_completions_are_asked_by_post_and_read_to_done() -> None:
    stream, (request,) = await ask("openai", "chat/completions", Answer(write=[WHOLE]))
    assert (request.method, request.path) == ("POST", "/v1/chat/completions")
    assert request.body == ASKED.body
    assert request.headers["content-type"] == "application/json"
    assert request.headers["accept"] == "text/event-stream"
    assert request.headers["authorization"] == "Bearer k"
    assert (stream.state, stream.answer().text) == (StreamState.STOPPED, "Hello")


async def test_chunks_cut_anywhere_give_the_same_answer() -> None:
    pieces = [WHOLE[start : start + 5] for start in range(0, len(WHOLE), 5)]
    stream, _ = await ask("openai", "chat/completions", Answer(write=pieces))
    assert (stream.state, stream.answer().text) == (StreamState.STOPPED, "Hello")


@pytest.mark.parametrize("end", ["close", "truncate", "reset"])
async def test_an_answer_that_is_complete_is_over_however_the_connection_ends(end: str) -> None:
    body = sse(chat("Hi"), chat(finish="stop"))
    asked = StreamOptions(body=b"{}", reconnect=True)
    stream, requests = await ask(
        "openai", "chat/completions", Answer(write=[body], end=end), options=asked
    )
    assert (stream.state, stream.error, len(requests)) == (StreamState.STOPPED, None, 1)
    assert stream.state_detail == "the answer is complete"


async def test_an_answer_without_its_end_has_failed() -> None:
    stream, requests = await ask("openai", "chat/completions", Answer(write=[sse(chat("Hi"))]))
    assert (stream.state, len(requests)) == (StreamState.FAILED, 1)
    assert isinstance(stream.error, StreamEndedError)
    assert stream.error.title == "The answer was cut short"
    assert "[DONE]" in stream.error.detail
    assert "--reconnect" in stream.error.hint


async def test_no_answer_at_all_has_failed() -> None:
    stream, _ = await ask("openai", "responses", Answer(write=[b": hi\n\n"]))
    assert stream.state is StreamState.FAILED


async def test_a_connection_that_breaks_says_so_itself() -> None:
    body = Answer(write=[sse(chat("Hi"))], end="reset")
    stream, _ = await ask("openai", "chat/completions", body)
    assert stream.state is StreamState.FAILED
    assert stream.error is not None
    assert stream.error.title != "The answer was cut short"


async def test_a_cut_answer_is_asked_for_again_only_when_told_to() -> None:
    asked = StreamOptions(body=b"{}", reconnect=True)
    script = Answer(write=[sse(chat("Hi"))]), Answer(write=[WHOLE])
    stream, requests = await ask("openai", "chat/completions", *script, options=asked)
    assert (stream.state, stream.answer().text) == (StreamState.STOPPED, "Hello")
    assert [request.body for request in requests] == [b"{}", b"{}"]


ERRORS = [
    ("openai", [chat("a"), {"error": {"message": "The server broke", "type": "server_error"}}]),
    ("openai", [{"type": "error", "code": "x", "message": "The server broke", "param": None}]),
    (
        "openai",
        [{"type": "response.failed", "response": {"error": {"message": "The server broke"}}}],
    ),
    ("anthropic", [{"type": "error", "error": {"type": "o", "message": "The server broke"}}]),
]


@pytest.mark.parametrize(("kind", "events"), ERRORS)
async def test_an_error_after_the_200_is_shown_and_fails_for_good(
    kind: str, events: list[dict[str, Any]]
) -> None:
    asked = StreamOptions(body=b"{}", reconnect=True)
    named = "type" in events[0]
    answer = Answer(write=[sse(*events, "[DONE]", named=named)], end="hold")
    stream, requests = await ask(kind, "messages", answer, options=asked)
    assert (stream.state, len(requests)) == (StreamState.FAILED, 1)
    assert stream.error is not None
    assert stream.error.detail == "The server broke"
    assert json.loads(of_kind(stream, Event)[len(events) - 1].data) == events[-1]


async def test_anthropic_is_asked_with_its_version_and_ends_with_message_stop() -> None:
    delta = {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "Hi"}}
    body = sse({"type": "ping"}, delta, {"type": "message_stop"}, named=True)
    asked = StreamOptions(body=b"{}", headers={"x-api-key": "s"})
    stream, (request,) = await ask("anthropic", "messages", Answer(write=[body]), options=asked)
    assert request.path == "/v1/messages"
    assert request.headers["anthropic-version"] == "2023-06-01"
    assert request.headers["x-api-key"] == "s"
    assert [row.type for row in of_kind(stream, Event)] == [
        "ping",
        "content_block_delta",
        "message_stop",
    ]
    assert (stream.state, stream.answer().text) == (StreamState.STOPPED, "Hi")


async def test_a_version_of_the_users_own_wins() -> None:
    asked = StreamOptions(body=b"{}", headers={"Anthropic-Version": "2099-01-01"})
    _, (request,) = await ask("anthropic", "messages", Answer(), options=asked)
    sent = [value for name, value in request.pairs if name == "anthropic-version"]
    assert sent == ["2099-01-01"]


@pytest.mark.parametrize("end", [b"\n", b""])
async def test_ollama_sends_lines_and_is_done_when_it_says_so(end: bytes) -> None:
    body = lines({"message": {"content": "Hi"}, "done": False})
    body += lines({"message": {"content": ""}, "done": True, "done_reason": "stop"})[:-1] + end
    answer = Answer(headers=NDJSON, write=[body[:20], body[20:]])
    stream, (request,) = await ask("ollama", "api/chat", answer)
    assert (request.method, request.path) == ("POST", "/v1/api/chat")
    assert "ndjson" in request.headers["accept"]
    assert (stream.state, stream.answer().text) == (StreamState.STOPPED, "Hi")
    assert len(of_kind(stream, Event)) == 2


async def test_ollama_reports_an_error_in_a_line_of_its_own() -> None:
    body = lines({"response": "Hi", "done": False}, {"error": "the runner died"})
    stream, _ = await ask("ollama", "api/generate", Answer(headers=NDJSON, write=[body]))
    assert stream.state is StreamState.FAILED
    assert stream.error is not None
    assert stream.error.detail == "the runner died"


async def test_a_line_that_was_cut_is_shown_and_the_answer_has_failed() -> None:
    body = lines({"response": "Hi", "done": False}) + b'{"response": "th'
    stream, _ = await ask("ollama", "api/generate", Answer(headers=NDJSON, write=[body]))
    assert [row.data for row in of_kind(stream, Partial)] == ['{"response": "th']
    assert stream.state is StreamState.FAILED


async def test_an_endpoint_can_be_a_whole_url() -> None:
    stream, (request,) = await ask("openai", "SERVER/other/chat?v=1", Answer(write=[WHOLE]))
    assert (request.method, request.path) == ("POST", "/other/chat?v=1")
    assert stream.state is StreamState.STOPPED


async def test_a_stream_of_something_else_is_not_judged_as_an_answer() -> None:
    asked = StreamOptions(reconnect=False)
    answer = Answer(write=[b"data: 1\n\n"])
    stream, (request,) = await ask("openai", "SERVER/news", answer, options=asked)
    assert request.method == "GET"
    assert (stream.state, stream.error) == (StreamState.STOPPED, None)


async def test_an_answer_that_does_not_stream_is_quoted_with_what_to_do() -> None:
    body = json.dumps({"object": "chat.completion", "choices": []}, indent=1).encode()
    stream, _ = await ask("openai", "chat/completions", Answer(headers=JSON, write=[body]))
    assert isinstance(stream.error, ContentTypeError)
    assert '"stream": true' in stream.error.hint
    assert '"object": "chat.completion"' in stream.error.detail


async def test_a_question_is_needed() -> None:
    with pytest.raises(UsageError, match="A model needs a question"):
        await ask("openai", "chat/completions", options=StreamOptions())


async def test_a_model_is_not_sent_events() -> None:
    async with EventService("http://h", options=ClientOptions(dialect="ollama")) as service:
        with pytest.raises(UsageError, match="cannot be sent events"):
            await service.send_event("api/chat", {})


async def test_the_time_to_the_first_event_begins_when_all_is_ready_to_ask() -> None:
    asked_for, ready = asyncio.Event(), asyncio.Event()

    async def transport() -> NoReturn:
        asked_for.set()
        await ready.wait()
        raise ConfigError("No such certificate")

    request = HttpRequest("GET", "http://127.0.0.1:9/")
    plan = StreamPlan("x", request, dialect("url"), StreamOptions())
    stream = Subscription(plan, EventLog("x"), Surroundings(transport, lambda *_: None, Clock()))
    stream.start()
    await asked_for.wait()
    assert rows_of(stream) == []
    ready.set()
    await ended(stream)
    assert states_of(stream) == [StreamState.CONNECTING, StreamState.FAILED]
