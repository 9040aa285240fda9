"""Streams of JSON lines and watches of Kubernetes, played by the raw server."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from peers.clocks import HastyClock
from peers.wire_server import Answer, Request, WireServer

from sse_tui.client.options import ClientOptions, StreamOptions
from sse_tui.client.service import EventService
from sse_tui.client.subscription import Subscription
from sse_tui.errors import ContentTypeError, StatusError
from sse_tui.events.model import Certainty, Event, Gap, Partial, StreamState

from .rows import ended, of_kind

NDJSON = {"Content-Type": "application/x-ndjson"}
JSON = {"Content-Type": "application/json"}
PODS = "api/v1/namespaces/default/pods"
ONCE = StreamOptions(reconnect=False)


async def play(
    dialect: str, target: str, *script: Answer, options: StreamOptions | None = None
) -> tuple[Subscription, list[Request]]:
    async with WireServer(script) as server:
        asked = ClientOptions(dialect=dialect)
        async with EventService(server.url, options=asked, clock=HastyClock()) as service:
            whole = target.replace("SERVER", server.url)
            stream = await service.subscribe(whole, options=options)
            await ended(stream)
    return stream, server.requests


def query(request: Request) -> dict[str, list[str]]:
    return parse_qs(urlsplit(request.path).query)


@pytest.mark.parametrize("target", ["_changes?feed=continuous", "SERVER/_changes?feed=continuous"])
async def test_each_line_is_an_event(target: str) -> None:
    answer = Answer(headers=NDJSON, write=[b'{"a":1}\n\n{"b"', b':2}\n{"c":'])
    stream, (request,) = await play("ndjson", target, answer, options=ONCE)
    assert request.path == "/_changes?feed=continuous"
    assert request.headers["accept"].startswith("application/x-ndjson")
    assert [row.data for row in of_kind(stream, Event)] == ['{"a":1}', '{"b":2}']
    assert [row.data for row in of_kind(stream, Partial)] == ['{"c":']
    assert stream.state is StreamState.STOPPED


async def test_an_event_stream_is_read_as_that() -> None:
    stream, _ = await play("ndjson", "x", Answer(write=[b"event: a\ndata: 1\n\n"]), options=ONCE)
    assert [(row.type, row.data) for row in of_kind(stream, Event)] == [("a", "1")]


async def test_it_is_asked_for_again_when_it_ends() -> None:
    answer = Answer(headers=NDJSON, write=[b"1\n"])
    stream, requests = await play("ndjson", "x", answer)
    assert len(requests) == 2
    assert [gap.certainty for gap in of_kind(stream, Gap)] == []


async def test_a_plain_url_that_sends_lines_names_the_dialect() -> None:
    answer = Answer(headers=NDJSON, write=[b'{"a": 1}\n'])
    stream, _ = await play("url", "x", answer)
    assert isinstance(stream.error, ContentTypeError)
    assert "--dialect ndjson" in stream.error.hint
    assert '{"a": 1}' in stream.error.detail


async def test_a_page_is_no_stream_of_lines() -> None:
    page = Answer(headers={"Content-Type": "text/html"}, write=[b"<p>"])
    stream, _ = await play("ndjson", "x", page)
    assert isinstance(stream.error, ContentTypeError)


def change(kind: str, version: str, **more: Any) -> bytes:  # noqa: ANN401
    metadata = {"name": "p", "resourceVersion": version}
    return json.dumps({"type": kind, "object": {"metadata": metadata, **more}}).encode() + b"\n"


def error(code: int, message: str) -> bytes:
    status = {"kind": "Status", "metadata": {}, "message": message, "code": code}
    return json.dumps({"type": "ERROR", "object": status}).encode() + b"\n"


def watched(*parts: bytes, end: str = "close") -> Answer:
    return Answer(headers=JSON, write=parts, end=end)


async def test_a_watch_resumes_after_the_last_object_or_bookmark() -> None:
    script = (
        watched(change("ADDED", "5"), change("BOOKMARK", "9")),
        watched(change("DELETED", "12")),
    )
    stream, requests = await play("kubernetes", f"{PODS}?labelSelector=app%3Dx", *script)
    assert {urlsplit(request.path).path for request in requests} == {f"/{PODS}"}
    first = {"labelSelector": ["app=x"], "watch": ["1"], "allowWatchBookmarks": ["true"]}
    assert [query(request) for request in requests] == [
        first,
        {**first, "resourceVersion": ["9"]},
        {**first, "resourceVersion": ["12"]},
    ]
    assert [row.type for row in of_kind(stream, Event)] == ["ADDED", "BOOKMARK", "DELETED"]
    first_told, then_told = of_kind(stream, Gap)
    assert (first_told.resumed_after, first_told.certainty) == ("9", Certainty.UNKNOWN)
    assert (then_told.resumed_after, then_told.certainty) == ("9", Certainty.NONE_LOST)
    assert then_told.completes == first_told.number


GONE = [
    watched(error(410, "too old resource version")),
    Answer(410, JSON, [b'{"message": "too old resource version", "code": 410}']),
]


@pytest.mark.parametrize("gone", GONE)
async def test_a_history_that_is_gone_is_a_gap_and_the_watch_begins_anew(gone: Answer) -> None:
    script = watched(change("ADDED", "5")), gone, watched(change("ADDED", "90"))
    stream, requests = await play("kubernetes", PODS, *script)
    places = [query(request).get("resourceVersion") for request in requests]
    assert places == [None, ["5"], None, ["90"]]
    assert Certainty.NONE_LOST not in [gap.certainty for gap in of_kind(stream, Gap)]
    last = of_kind(stream, Gap)[-1]
    assert (last.resumed_after, last.certainty) == (None, Certainty.LOST)
    assert stream.state is StreamState.STOPPED


async def test_a_place_of_the_users_own_that_is_gone_is_a_gap_as_well() -> None:
    asked = StreamOptions(last_event_id="1")
    script = Answer(410, JSON, [b"{}"]), watched(change("ADDED", "90"))
    stream, requests = await play("kubernetes", PODS, *script, options=asked)
    places = [query(request).get("resourceVersion") for request in requests]
    assert places == [["1"], None, ["90"]]
    assert [gap.certainty for gap in of_kind(stream, Gap)] == [Certainty.LOST]


async def test_another_error_object_fails_for_good_with_its_words() -> None:
    stream, requests = await play("kubernetes", PODS, watched(error(403, "no"), end="hold"))
    assert (stream.state, len(requests)) == (StreamState.FAILED, 1)
    assert isinstance(stream.error, StatusError)
    assert "403" in stream.error.title
    assert stream.error.detail == "no"


async def test_an_error_object_that_passes_is_tried_again() -> None:
    script = watched(error(500, "etcd is away"), end="hold"), watched(change("ADDED", "1"))
    stream, requests = await play("kubernetes", PODS, *script)
    assert (stream.state, len(requests)) == (StreamState.STOPPED, 3)
