from __future__ import annotations

import json

import pytest
from mcp import Client
from mcp_server.connections import call, connect, refused, serving, until
from peers.wire_server import Answer, WireServer

from sse_tui.client.service import EventService


async def test_a_replay_brings_what_the_server_kept(
    client: Client, service: EventService, topic: str
) -> None:
    for n in range(3):
        await service.send_event(topic, n)
    answer = await call(client, "subscribe", topic=topic, replay="earliest")
    page = await call(client, "get_event_stream", topic=topic, since=answer["next"])
    assert [each["data"] for each in page["events"]] == ["0", "1", "2"]
    again = await call(client, "subscribe", topic=topic, replay="earliest")
    assert again["already"] is True
    assert again["hint"].startswith("It was subscribed before, so nothing was replayed")


async def test_subscribe_answers_when_the_replay_has_come(topic: str) -> None:
    replay = [b"data: %d\n\n" % n for n in range(50)]
    script = [Answer(write=[*replay, b": live\n\n"], end="hold")]
    async with (
        WireServer(script) as wire,
        EventService(wire.url) as service,
        serving(service) as server,
        connect(server) as client,
    ):
        await call(client, "subscribe", topic=topic, replay="5m")
        assert service.logs[topic].events == 50
        assert wire.requests[0].path == f"/events/{topic}?since=5m"


async def test_a_wildcard_brings_concrete_topics(
    client: Client, service: EventService, topic: str
) -> None:
    await call(client, "subscribe", topic=f"{topic}.*")
    await service.send_event(f"{topic}.eu", 1)
    page = await call(client, "get_event_stream", topic=f"{topic}.*", wait_seconds=10)
    assert page["events"][0]["source"] == f"{topic}.eu"
    assert page["events"][0]["name"].startswith(f"{topic}.*#")


async def test_any_json_is_sent_as_it_is(client: Client, service: EventService, topic: str) -> None:
    same = ({"a": [1, None, True]}, [1], "text", "42", 42, 1.5, False, None, "ü\n")
    given = [*same, '{"already": "json"}']
    since = (await call(client, "subscribe", topic=topic))["next"]
    for each in given:
        await call(client, "send_event", topic=topic, data=each)
    log = service.logs[topic]
    await until(lambda: log.events == len(given), "all events have come")
    page = await call(client, "get_event_stream", topic=topic, since=since)
    arrived = [json.loads(each["data"]) for each in page["events"]]
    assert arrived == [*same, {"already": "json"}]


async def test_a_stream_that_can_never_open_is_refused_and_leaves_nothing(
    client: Client, service: EventService
) -> None:
    url = f"{service.url}/health"
    sentence = await refused(client, "subscribe", topic=url)
    assert sentence.startswith(f"Not an event stream: {url} answered with 'application/json'")
    assert (dict(service.subscriptions), dict(service.logs)) == ({}, {})


async def test_a_server_that_does_not_answer_yet_is_no_error(client: Client) -> None:
    answer = await call(client, "subscribe", topic="http://127.0.0.1:9/events")
    assert answer["state"] == "waiting"
    assert "127.0.0.1:9" in answer["state_detail"]
    assert answer["hint"].startswith("The server does not answer yet")


async def test_an_error_is_one_sentence_that_says_what_to_do(client: Client) -> None:
    cases: list[tuple[str, dict[str, object], str]] = [
        ("send_event", {"topic": "a b", "data": 1}, "Not a topic name: 'a b'"),
        ("subscribe", {"topic": ""}, "subscribe was not called: argument 'topic': string should"),
        ("send_event", {"topic": "a"}, "send_event was not called: argument 'data': field requ"),
        ("get_event_stream", {"topic": "a", "limit": 201}, "get_event_stream was not called: arg"),
        ("search_events", {"query": "/(/"}, "Not a regular expression"),
        ("nothing", {}, "There is no tool 'nothing'. There are: list_topics, subscribe"),
    ]
    for tool, arguments, sentence in cases:
        answer = await refused(client, tool, **arguments)
        assert answer.startswith(sentence)
        for inside in ("\n", "Traceback", "pydantic", "sse_tui"):
            assert inside not in answer


async def test_a_crash_inside_says_nothing_of_our_insides(
    client: Client, service: EventService, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await call(client, "subscribe", topic=topic)
    monkeypatch.setattr(type(service.subscriptions[topic].rates), "per_second", None)
    assert await refused(client, "topic_stats") == (
        "topic_stats failed inside the server; its log has the details. Try something else."
    )
