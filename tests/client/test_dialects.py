"""Dialects whose servers are not at hand: their documented shapes, played by the raw server."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from peers.clocks import HastyClock
from peers.wire_server import Answer, Request, WireServer

from sse_tui.client.dialects.names import DIALECT_NAMES
from sse_tui.client.dialects.registry import dialect
from sse_tui.client.options import ClientOptions, StreamOptions
from sse_tui.client.service import EventService
from sse_tui.client.subscription import Subscription
from sse_tui.errors import SendError, UsageError
from sse_tui.events.model import Certainty, Event, Gap

from .rows import ended, of_kind

JSON = {"Content-Type": "application/json"}
BOOK = "https://example.com/books/1"


def sent(text: str, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(headers={"Content-Type": "text/event-stream", **named}, write=[text.encode()])


async def play(
    dialect: str, target: str, *script: Answer, options: StreamOptions | None = None
) -> tuple[Subscription, list[Request]]:
    """Subscribe to a server of this kind and give what came of it, once its script is over."""
    async with WireServer(script) as server:
        asked = ClientOptions(dialect=dialect, headers={"Authorization": "Bearer t"})
        async with EventService(server.url, options=asked, clock=HastyClock()) as service:
            stream = await service.subscribe(target, options=options)
            await ended(stream)
    return stream, server.requests


async def send(
    dialect: str, topic: str, data: object, answer: Answer, event: str | None = None
) -> tuple[str, Request]:
    """Send one event to a server of this kind: the id told, and the request as it came."""
    async with WireServer([answer]) as server:
        asked = ClientOptions(dialect=dialect, headers={"Authorization": "Bearer t"})
        async with EventService(server.url, options=asked) as service:
            taken = await service.send_event(topic, data, event=event)
            assert taken.topic == topic
    return taken.id, server.requests[0]


def query(request: Request) -> dict[str, list[str]]:
    return parse_qs(urlsplit(request.path).query)


@pytest.mark.parametrize("name", DIALECT_NAMES)
def test_a_name_leads_to_its_dialect(name: str) -> None:
    assert dialect(name).name == name
    assert dialect(name) is dialect(name)


@pytest.mark.parametrize("dialect", ["nchan", "mercure", "ntfy"])
async def test_an_event_is_tried_once_where_no_key_is_known(dialect: str) -> None:
    asked = ClientOptions(dialect=dialect)
    async with (
        WireServer([Answer(0, end="reset", framing="none")]) as server,
        EventService(server.url, options=asked) as service,
    ):
        with pytest.raises(SendError):
            await service.send_event("a", 1)
    assert len(server.requests) == 1
    assert "idempotency-key" not in server.requests[0].headers


async def test_mercure_asks_for_a_url_as_a_topic_with_the_token() -> None:
    stream, (first, *_) = await play("mercure", BOOK, sent("id: urn:1\ndata: a\n\n"))
    assert urlsplit(first.path).path == "/.well-known/mercure"
    assert query(first) == {"topic": [BOOK]}
    assert first.headers["authorization"] == "Bearer t"
    assert "last-event-id" not in first.headers
    assert [(row.topic, row.id) for row in of_kind(stream, Event)] == [(BOOK, "urn:1")]


@pytest.mark.parametrize(
    ("told", "certainty", "lost"),
    [("urn:1", Certainty.NONE_LOST, 0), ("earliest", Certainty.UNKNOWN, None)],
)
async def test_mercure_tells_whether_the_place_was_still_known(
    told: str, certainty: Certainty, lost: int | None
) -> None:
    again = sent("id: urn:2\ndata: b\n\n", Mercure_Last_Event_ID=told)
    stream, requests = await play("mercure", BOOK, sent("id: urn:1\ndata: a\n\n"), again)
    assert requests[1].headers["last-event-id"] == "urn:1"
    gap = of_kind(stream, Gap)[0]
    assert (gap.resumed_after, gap.certainty, gap.lost) == ("urn:1", certainty, lost)


async def test_mercure_begins_with_all_that_it_holds_when_asked() -> None:
    options = StreamOptions(since="earliest")
    _, (first, *_) = await play("mercure", BOOK, options=options)
    assert first.headers["last-event-id"] == "earliest"


async def test_mercure_reads_a_url_of_the_hub_itself_as_it_is() -> None:
    async with WireServer() as server:
        asked = ClientOptions(dialect="mercure")
        async with EventService(f"{server.url}/.well-known/mercure", options=asked) as service:
            await ended(await service.subscribe("plain"))
            await ended(await service.subscribe(f"{server.url}/.well-known/mercure?match=x"))
    assert [request.path for request in server.requests] == [
        "/.well-known/mercure?topic=plain",
        "/.well-known/mercure?match=x",
    ]


async def test_mercure_is_sent_a_form_and_answers_with_the_id() -> None:
    answer = Answer(headers={"Content-Type": "text/plain"}, write=[b"urn:uuid:7"])
    told, request = await send("mercure", BOOK, {"a": "ü&="}, answer, event="changed")
    assert told == "urn:uuid:7"
    assert (request.method, request.path) == ("POST", "/.well-known/mercure")
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert request.headers["authorization"] == "Bearer t"
    assert parse_qsl(request.body.decode()) == [
        ("topic", BOOK),
        ("data", '{"a":"ü&="}'),
        ("type", "changed"),
    ]


def ntfy(event: str, id_: str, time: int) -> str:
    data = json.dumps({"id": id_, "time": time, "event": event, "topic": "t", "message": "x"})
    return f"event: {event}\ndata: {data}\n\n" if event != "message" else f"data: {data}\n\n"


async def test_ntfy_resumes_after_the_last_message_not_after_a_keepalive() -> None:
    script = [
        sent(ntfy("open", "o1", 100) + ntfy("message", "m1", 101) + ntfy("keepalive", "k1", 102)),
        sent(ntfy("open", "o2", 103)),
    ]
    options = StreamOptions(since="earliest")
    stream, requests = await play("ntfy", "alerts,more", *script, options=options)
    assert {urlsplit(request.path).path for request in requests} == {"/alerts,more/sse"}
    assert [query(request)["since"] for request in requests] == [["all"], ["m1"], ["m1"]]
    assert [gap.resumed_after for gap in of_kind(stream, Gap)] == ["m1"]


async def test_ntfy_shows_open_and_keepalive_as_the_events_that_they_are() -> None:
    text = ntfy("open", "o1", 100) + ntfy("keepalive", "k1", 102) + ntfy("message", "m1", 103)
    stream, _ = await play("ntfy", "alerts", sent(text))
    assert [row.type for row in of_kind(stream, Event)] == ["open", "keepalive", "message"]


async def test_ntfy_resumes_from_the_first_opening_before_any_message() -> None:
    script = [sent(ntfy("open", "o1", 100)), sent(ntfy("open", "o2", 200) + "data: no json\n\n")]
    _, requests = await play("ntfy", "alerts", *script)
    assert [query(request).get("since") for request in requests] == [None, ["100"], ["100"]]


async def test_ntfy_takes_no_position_from_an_older_subscription() -> None:
    async with WireServer([sent(ntfy("message", "old", 1))]) as server:
        asked = ClientOptions(dialect="ntfy", stream=StreamOptions(reconnect=False))
        async with EventService(server.url, options=asked, clock=HastyClock()) as service:
            await ended(await service.subscribe("a"))
            await service.unsubscribe("a")
            await ended(await service.subscribe("a"))
    assert [request.path for request in server.requests] == ["/a/sse", "/a/sse"]


@pytest.mark.parametrize(("data", "body"), [("Disk full", b"Disk full"), ({"a": 1}, b'{"a":1}')])
async def test_ntfy_is_sent_a_text_as_people_read_it(data: object, body: bytes) -> None:
    said = json.dumps({"id": "m9", "event": "message", "topic": "alerts"}).encode()
    told, request = await send("ntfy", "alerts", data, Answer(headers=JSON, write=[said]))
    assert (told, request.method, request.path, request.body) == ("m9", "POST", "/alerts", body)


async def test_ntfy_has_no_event_types() -> None:
    with pytest.raises(UsageError, match="no event types"):
        await send("ntfy", "alerts", 1, Answer(), event="x")


async def test_wikimedia_gets_its_json_ids_back_and_the_time_only_once() -> None:
    place = '[{"topic":"eqiad.mediawiki.recentchange","partition":0,"offset":7}]'
    text = f'event: message\nid: {place}\ndata: {{"meta":{{"domain":"canary"}}}}\n\n'
    options = StreamOptions(since="2026-01-01T00:00:00Z")
    stream, requests = await play("wikimedia", "recentchange", sent(text), options=options)
    assert urlsplit(requests[0].path).path == "/v2/stream/recentchange"
    assert query(requests[0]) == {"since": ["2026-01-01T00:00:00Z"]}
    assert requests[0].headers["user-agent"].startswith("sse-tui/")
    assert requests[1].path == "/v2/stream/recentchange"
    assert requests[1].headers["last-event-id"] == place
    assert [row.json()["meta"]["domain"] for row in of_kind(stream, Event)] == ["canary"]


async def test_wikimedia_is_not_sent_to() -> None:
    with pytest.raises(UsageError, match="cannot be sent to"):
        await send("wikimedia", "recentchange", 1, Answer())
