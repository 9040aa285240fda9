"""Health check, topic list and sending, against scripted answers."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from peers.wire_server import Answer, Request, WireServer

from sse_tui.client import sending
from sse_tui.client.options import ClientOptions
from sse_tui.client.service import EventService
from sse_tui.errors import HealthError, SendError, StreamError, UsageError

from .warp import Warp


def reply(status: int, body: object) -> Answer:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status, {"Content-Type": "application/json"}, [text])


@pytest.fixture
def _no_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "SEND_RETRY_DELAYS_S", (0, 0))


async def test_health_is_what_the_hub_says() -> None:
    said = {"server": "sse-tui", "status": "ok", "version": "1", "epoch": "e", "head": 7}
    said |= {"topics": 3, "subscribers": 2, "extra": True}
    async with WireServer([reply(200, said)]) as server, EventService(server.url) as service:
        health = await service.check_health()
        assert server.requests[0].path == "/health"
    assert (health.server, health.head, health.subscribers) == ("sse-tui", 7, 2)
    assert health.raw == said


@pytest.mark.parametrize("body", [b"OK", b"", b"[1]", b"\xff"])
async def test_any_good_answer_is_good_health(body: bytes) -> None:
    async with WireServer([reply(200, body)]) as server, EventService(server.url) as service:
        health = await service.check_health()
    assert (health.server, health.raw) == (None, {})


async def test_bad_health_is_an_error_of_its_own() -> None:
    async with EventService("http://127.0.0.1:1") as service:
        with pytest.raises(HealthError, match="Nothing listens"):
            await service.check_health()
    async with WireServer([Answer(404, {})]) as server, EventService(server.url) as service:
        with pytest.raises(HealthError, match="404") as caught:
            await service.check_health()
        assert caught.value.status == 404


async def test_topics_are_listed() -> None:
    rows = [
        {"name": "a", "events": 2, "last_id": "e-2", "last_time": "2026-01-01T00:00:00Z"},
        {"name": "b", "events": 0, "last_id": None, "last_time": None},
    ]
    async with WireServer([reply(200, rows)]) as server, EventService(server.url) as service:
        topics = await service.list_topics()
    assert [(t.name, t.events, t.last_id) for t in topics] == [("a", 2, "e-2"), ("b", 0, None)]


@pytest.mark.parametrize("answer", [Answer(404, {}), reply(200, {"a": 1}), reply(200, b"<html>")])
async def test_a_server_without_topics_is_told(answer: Answer) -> None:
    async with WireServer([answer]) as server, EventService(server.url) as service:
        with pytest.raises(StreamError, match="no list of topics"):
            await service.list_topics()


@pytest.mark.parametrize(
    ("data", "raw", "body"),
    [
        ({"type": "login", "n": 1}, False, b'{"type":"login","n":1}'),
        ("grüße", False, '"grüße"'.encode()),
        (None, False, b"null"),
        ('{ "a" :  1.0 }', True, b'{ "a" :  1.0 }'),
        ('["é"]', True, '["é"]'.encode()),
    ],
)
async def test_an_event_is_sent_as_it_is(data: Any, raw: bool, body: bytes) -> None:  # noqa: ANN401 - any JSON value
    script = [reply(200, {"id": "e-1", "topic": "users"})]
    async with WireServer(script) as server, EventService(server.url) as service:
        sent = await service.send_event("users", data, event="log in", raw=raw)
        (request,) = server.requests
    assert (sent.id, sent.topic) == ("e-1", "users")
    assert (request.method, request.path) == ("POST", "/events/users?event=log+in")
    assert request.headers["content-type"] == "application/json"
    assert request.body == body


async def test_many_events_are_one_request_with_one_on_each_line() -> None:
    script = [reply(200, {"first_id": "e-1", "last_id": "e-3", "count": 3})]
    async with WireServer(script) as server, EventService(server.url) as service:
        sent = await service.send_events("users", ['{\n "a":\r\n 1}', "2", '"é"'], event="x")
        (request,) = server.requests
    assert (sent.topic, sent.count, sent.first_id, sent.last_id) == ("users", 3, "e-1", "e-3")
    assert (request.method, request.path) == ("POST", "/events/users?event=x")
    assert request.headers["content-type"] == "application/x-ndjson"
    assert [json.loads(line) for line in request.body.splitlines()] == [{"a": 1}, 2, "é"]
    assert request.headers["idempotency-key"]


async def test_one_text_of_many_that_is_no_json_stops_all() -> None:
    async with WireServer() as server, EventService(server.url) as service:
        with pytest.raises(UsageError, match="not JSON"):
            await service.send_events("users", ["1", "{"])
        assert not server.requests


async def test_other_servers_get_many_events_one_by_one_up_to_a_refusal() -> None:
    answers = ((200, b"id-1"), (200, b"id-2"), (403, b"no"))
    script = [Answer(status, {"Connection": "close"}, [body]) for status, body in answers]
    options = ClientOptions(dialect="mercure")
    async with WireServer(script) as server, EventService(server.url, options=options) as service:
        sent = await service.send_events("t", ["1", "2"])
        with pytest.raises(SendError, match="0 of 2 were sent before it"):
            await service.send_events("t", ["3", "4"])
        # Each has a connection of its own: none is lost on one that the server has just closed.
        assert [request.headers["connection"] for request in server.requests] == ["close"] * 3
    assert (sent.count, sent.first_id, sent.last_id) == (2, "id-1", "id-2")


@pytest.mark.usefixtures("_no_delay")
@pytest.mark.parametrize(("dialect", "requests"), [("hub", 3), ("ntfy", 1)])
async def test_a_server_that_is_away_for_a_moment_is_asked_again_if_it_knows_keys(
    dialect: str, requests: int
) -> None:
    options = ClientOptions(dialect=dialect)
    script = [Answer(503, {}), Answer(502, {}), reply(200, {"id": "e-1"})]
    async with WireServer(script) as server, EventService(server.url, options=options) as service:
        if requests == 3:
            assert (await service.send_event("t", 1)).id == "e-1"
        else:
            with pytest.raises(SendError, match="503"):
                await service.send_event("t", 1)
        assert len(server.requests) == requests


@pytest.mark.parametrize(
    ("data", "raw"), [("{a:1}", True), ("", True), (float("nan"), False), ({1}, False)]
)
async def test_what_is_no_json_is_not_sent(data: Any, raw: bool) -> None:  # noqa: ANN401 - no JSON value
    async with WireServer() as server, EventService(server.url) as service:
        with pytest.raises(UsageError, match="not JSON"):
            await service.send_event("users", data, raw=raw)
        assert not server.requests


@pytest.mark.parametrize("topic", ["a b", "orders.*", "orders.>", "http://x/y", ""])
async def test_what_is_no_topic_to_send_to_is_refused(topic: str) -> None:
    async with EventService("http://127.0.0.1:1") as service:
        with pytest.raises(UsageError):
            await service.send_event(topic, {})


async def test_the_servers_refusal_is_told_in_its_words() -> None:
    said = {"title": "Too large", "detail": "1.2 MiB", "hint": "Send less."}
    async with WireServer([reply(413, said)]) as server, EventService(server.url) as service:
        with pytest.raises(SendError) as caught:
            await service.send_event("users", {})
        assert len(server.requests) == 1
    error = caught.value
    assert (error.title, error.detail, error.hint, error.status) == (*said.values(), 413)


async def test_a_refusal_without_words_still_says_what_happened() -> None:
    async with WireServer([Answer(401, {})]) as server, EventService(server.url) as service:
        with pytest.raises(SendError, match=r"401.*--bearer"):
            await service.send_event("users", {})


@pytest.mark.usefixtures("_no_delay")
@pytest.mark.parametrize("end", ["close", "reset"])
async def test_a_try_without_an_answer_is_repeated_under_the_same_key(end: str) -> None:
    keys: list[str] = []

    def answer(request: Request) -> Answer:
        keys.append(request.headers["idempotency-key"])
        if len(keys) < 3:
            return Answer(0, {}, end=end)
        return reply(200, {"id": "e-1", "topic": "users"})

    async with WireServer(answer) as server, EventService(server.url) as service:
        first = await service.send_event("users", {})
        second = await service.send_event("users", {})
    assert (first.id, second.id) == ("e-1", "e-1")
    assert len(keys) == 4
    assert len(set(keys[:3])) == 1
    assert keys[3] != keys[0]


@pytest.mark.usefixtures("_no_delay")
async def test_a_server_that_is_gone_is_told() -> None:
    async with EventService("http://127.0.0.1:1") as service:
        with pytest.raises(SendError, match="Nothing listens"):
            await service.send_event("users", {})


async def test_an_overloaded_server_does_not_hold_us_for_ever() -> None:
    warp = Warp()
    silent = Answer(0, {}, end="hold")
    async with WireServer([silent]) as server, EventService(server.url) as service:
        checking = asyncio.ensure_future(service.check_health())
        await server.until(lambda: len(server.requests) == 1)
        warp.forward(11)
        with pytest.raises(HealthError, match="No answer"):
            await checking
