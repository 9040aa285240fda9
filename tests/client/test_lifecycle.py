"""The connection cases without a script: how a stream lives, ends and comes back."""

from __future__ import annotations

import asyncio
import itertools

import pytest
from peers.clocks import HastyClock, StoppedClock
from peers.wire_server import Answer, Request, WireServer

from sse_tui.client.options import StreamOptions
from sse_tui.client.service import EventService
from sse_tui.errors import ConnectError, ContentTypeError, StatusError, StreamEndedError
from sse_tui.events.model import Partial, StateChange, StreamState

from .rows import data_and_ids, ended, of_kind, rows_of, states_of, until

OPEN, WAITING, STOPPED, FAILED, CONNECTING = (
    StreamState.OPEN,
    StreamState.WAITING,
    StreamState.STOPPED,
    StreamState.FAILED,
    StreamState.CONNECTING,
)
GONE = Answer(204, {}, framing="none")


async def test_every_step_of_a_stream_is_a_row() -> None:
    script = [Answer(503, {}, [b"busy"]), Answer(write=[b"data: a\n\n"])]
    async with WireServer(script) as server, EventService(clock=HastyClock()) as service:
        stream = await service.subscribe(f"{server.url}/")
        await ended(stream)
    states = [
        (row.state, row.status, row.attempt, row.retry_in_ms is not None)
        for row in of_kind(stream, StateChange)
    ]
    assert states == [
        (CONNECTING, None, 1, False),
        (WAITING, 503, 1, True),
        (CONNECTING, None, 2, False),
        (OPEN, 200, 2, False),
        (WAITING, 200, 0, True),
        (CONNECTING, None, 1, False),
        (STOPPED, 204, 1, False),
    ]
    assert [row.number for row in rows_of(stream)] == list(range(1, len(rows_of(stream)) + 1))


@pytest.mark.proves("request/custom-headers-method-body")
@pytest.mark.parametrize("method", ["POST", "REPORT"])
async def test_method_headers_and_body_are_sent_on_every_connect(method: str) -> None:
    options = StreamOptions(
        method=method, headers={"X-Mine": "größe"}, body=b'{"q":1}', reconnect=True
    )
    async with (
        WireServer([Answer(), Answer(end="reset")]) as server,
        EventService(clock=HastyClock()) as service,
    ):
        stream = await service.subscribe(f"{server.url}/x?a=%2F%7e", options=options)
        await ended(stream)
        assert len(server.requests) == 3
        for request in server.requests:
            assert (request.method, request.path) == (method, "/x?a=%2F%7e")
            assert request.headers["x-mine"] == "größe"
            assert request.headers["accept-encoding"] == "identity"
            assert request.body == b'{"q":1}'


async def test_a_repeated_header_is_sent_twice_over() -> None:
    options = StreamOptions(headers=[("X-Tag", "a"), ("X-Tag", "b"), ("Accept", "text/*")])
    async with WireServer() as server, EventService() as service:
        stream = await service.subscribe(f"{server.url}/", options=options)
        await ended(stream)
        assert server.requests[0].pairs.count(("x-tag", "a")) == 1
        assert server.requests[0].pairs.count(("x-tag", "b")) == 1
        assert server.requests[0].headers["accept"] == "text/*"


@pytest.mark.proves("request/initial-last-event-id")
async def test_a_given_last_event_id_goes_out_on_the_first_request() -> None:
    options = StreamOptions(last_event_id="é7")
    async with WireServer() as server, EventService() as service:
        stream = await service.subscribe(f"{server.url}/", options=options)
        await ended(stream)
        assert server.requests[0].headers["last-event-id"] == "é7"


@pytest.mark.parametrize("end", ["close", "truncate", "reset"])
async def test_a_post_is_not_repeated_unless_asked(end: str) -> None:
    options = StreamOptions(method="POST", body=b"{}")
    script = [Answer(write=[b"data: a\n\n"], end=end)]
    async with WireServer(script) as server, EventService(clock=HastyClock()) as service:
        stream = await service.subscribe(f"{server.url}/", options=options)
        await ended(stream)
        assert len(server.requests) == 1
    assert data_and_ids(stream) == [["a", ""]]
    if end == "close":
        assert stream.state is STOPPED
        assert stream.error is None
    else:
        assert stream.state is FAILED
        assert isinstance(stream.error, StreamEndedError)
        assert "--reconnect" in stream.error.hint


async def test_no_reconnect_ends_with_the_first_end() -> None:
    options = StreamOptions(reconnect=False)
    async with WireServer([Answer()]) as server, EventService() as service:
        stream = await service.subscribe(f"{server.url}/", options=options)
        await ended(stream)
        assert stream.state is STOPPED
        assert len(server.requests) == 1


@pytest.mark.proves("status/407")
@pytest.mark.parametrize("status", [400, 401, 403, 404, 407, 410, 418, 201, 304, 501])
async def test_other_statuses_fail_for_good_with_the_servers_words(status: int) -> None:
    body = b'{"error": {"message": "no such model", "code": 7}}'
    script = [Answer(status, {"Content-Type": "application/json"}, [body])]
    if status == 304:
        script = [Answer(304, {}, framing="none")]
    async with WireServer(script) as server, EventService() as service:
        stream = await service.subscribe(f"{server.url}/")
        with pytest.raises(StatusError) as caught:
            await stream.opened(5)
        assert caught.value.status == status
        assert str(status) in caught.value.title
        assert status == 304 or "no such model" in caught.value.detail
        await ended(stream)
        assert states_of(stream) == [CONNECTING, FAILED]
        assert len(server.requests) == 1


async def test_an_error_page_that_never_ends_does_not_hold_up_the_error() -> None:
    script = [Answer(404, {}, [b"x" * 5000], end="hold")]
    async with WireServer(script) as server, EventService() as service:
        stream = await service.subscribe(f"{server.url}/")
        with pytest.raises(StatusError):
            await stream.opened(5)


async def test_a_wrong_content_type_says_which_one_came() -> None:
    html = Answer(200, {"Content-Type": "text/html"})
    async with WireServer([html]) as server, EventService() as service:
        stream = await service.subscribe(f"{server.url}/")
        with pytest.raises(ContentTypeError, match="text/html"):
            await stream.opened(5)


async def test_204_before_the_first_event_is_told_by_opened() -> None:
    async with WireServer([GONE]) as server, EventService() as service:
        stream = await service.subscribe(f"{server.url}/")
        with pytest.raises(StreamEndedError, match="204"):
            await stream.opened(5)
        assert stream.state is STOPPED


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
async def test_transient_statuses_are_tried_again_and_strict_fails(status: int) -> None:
    refusing = Answer(status, {"Content-Type": "text/event-stream"}, [b"data: no\n\n"])
    script = [refusing, Answer(write=[b"data: yes\n\n"]), GONE, refusing]
    async with WireServer(script) as server, EventService(clock=HastyClock()) as service:
        stream = await service.subscribe(f"{server.url}/")
        await ended(stream)
        assert data_and_ids(stream) == [["yes", ""]]
        strict = await service.subscribe(f"{server.url}/s", options=StreamOptions(strict=True))
        await ended(strict)
        assert strict.state is FAILED
        assert len(server.requests) == 4


async def test_retry_after_is_honoured() -> None:
    clock = HastyClock()
    script = [Answer(503, {"Retry-After": "17"}), Answer(429, {"Retry-After": "40"})]
    async with WireServer(script) as server, EventService(clock=clock) as service:
        stream = await service.subscribe(f"{server.url}/")
        await ended(stream)
    assert clock.delays == [17, 40]
    waits = [row.retry_in_ms for row in of_kind(stream, StateChange) if row.state is WAITING]
    assert waits == [17_000, 40_000]


@pytest.mark.proves("end/refused-then-up")
async def test_a_server_that_comes_up_later_is_found() -> None:
    clock = StoppedClock()
    server = WireServer([Answer(write=[b"data: here\n\n"])])
    await server.listen()
    await server.stop()  # the port is known now, and nothing listens there
    async with EventService(clock=clock) as service:
        stream = await service.subscribe(f"{server.url}/")
        await clock.waiting.wait()
        assert stream.state is WAITING
        assert stream.retry_at is not None
        assert isinstance(stream.error, ConnectError)
        assert "Nothing listens" in stream.error.title
        with pytest.raises(ConnectError, match="Nothing listens"):
            await stream.opened(0)
        async with server:
            stream.reconnect()
            await stream.opened(5)
            await until(service, lambda: stream.log.events == 1)
            assert stream.error is None


@pytest.mark.proves("end/dns-failure")
async def test_an_unknown_host_is_tried_again_without_spinning() -> None:
    clock = StoppedClock()
    async with EventService(clock=clock) as service:
        stream = await service.subscribe("http://no-such-host.invalid/")
        await asyncio.wait_for(clock.waiting.wait(), 20)
        assert states_of(stream) == [CONNECTING, WAITING]
        assert stream.error is not None
        assert "no-such-host.invalid is unknown" in stream.error.title


@pytest.mark.proves("retry/zero-does-not-spin", "retry/huge-does-not-hang")
@pytest.mark.parametrize(
    ("retry", "seconds"), [(b"0", 0.1), (b"9" * 400, 300), (b"60", 0.1), (b"2500", 2.5)]
)
async def test_a_retry_is_clamped_and_shown_as_received(retry: bytes, seconds: float) -> None:
    clock = HastyClock()
    script = [Answer(write=[b"retry: " + retry + b"\n\n"]), Answer(), Answer()]
    async with WireServer(script) as server, EventService(clock=clock) as service:
        stream = await service.subscribe(f"{server.url}/")
        await ended(stream)
    assert clock.delays == [seconds] * 3


@pytest.mark.proves("retry/backoff")
async def test_delays_grow_while_it_fails_and_start_anew_after_a_steady_connection() -> None:
    clock = HastyClock()
    broken = Answer(end="reset")
    steady = Answer(write=[b"data: a\n\n"], end="hold")
    script = [broken, broken, broken, steady, broken]
    async with WireServer(script) as server, EventService(clock=clock) as service:
        stream = await service.subscribe(f"{server.url}/")
        await until(service, lambda: stream.log.events == 1)
        clock.ahead += 61
        await server.reset_open()
        await ended(stream)
    for delay, expected in zip(clock.delays, [1, 2, 4, 1, 2], strict=True):
        assert expected * 0.8 <= delay <= expected * 1.2


@pytest.mark.proves("retry/one-timer")
async def test_one_reconnect_is_in_flight_however_often_it_fails_or_is_asked_for() -> None:
    page = Answer(503, {}, [b"line\n" * 200])
    answers = itertools.cycle([page, Answer(end="reset"), Answer(write=[b"data: a\n\n"])])
    lives: set[int] = set()

    def answer(request: Request) -> Answer:
        lives.add(sum(task.get_name() == f"stream {stream.target}" for task in asyncio.all_tasks()))
        if len(server.requests) % 4 == 0:  # a user who hammers the key
            stream.reconnect()
            stream.reconnect()
        return next(answers) if len(server.requests) < 40 else GONE

    async with WireServer(answer) as server, EventService(clock=HastyClock()) as service:
        stream = await service.subscribe(f"{server.url}/")
        assert await service.subscribe(f"{server.url}/", owner="agent") is stream
        await ended(stream)
        assert len(server.requests) == states_of(stream).count(CONNECTING)
    assert lives == {1}
    assert (CONNECTING, CONNECTING) not in itertools.pairwise(states_of(stream))


@pytest.mark.proves("close/while-open")
async def test_closing_an_open_stream_closes_its_socket_and_delivers_nothing_more() -> None:
    answer = Answer(write=[b"data: a\n\n"], end="hold")
    seen: list[str] = []
    async with WireServer([answer]) as server, EventService() as service:
        url = f"{server.url}/"
        stream = await service.subscribe(url, on_event=lambda event: seen.append(event.data))
        await until(service, lambda: stream.log.events == 1)
        assert await service.unsubscribe(url)
        rows = stream.log.next_number
        assert stream.state is STOPPED
        await server.until(lambda: server.open == 0)
        assert stream.log.next_number == rows
        assert url not in service.subscriptions
        assert service.logs[url] is stream.log


@pytest.mark.proves("close/while-waiting")
async def test_closing_a_waiting_stream_ends_the_wait_and_asks_no_more() -> None:
    clock = StoppedClock()
    answer = Answer(write=[b"retry: 300000\n\n"])
    async with WireServer([answer]) as server, EventService(clock=clock) as service:
        stream = await service.subscribe(f"{server.url}/")
        await clock.waiting.wait()
        await service.unsubscribe(stream.target)
        assert stream.state is STOPPED
        assert stream.retry_at is None
        await ended(stream)
        assert len(server.requests) == 1


async def test_closing_while_the_server_keeps_us_waiting_for_an_answer() -> None:
    silent = Answer(0, {}, end="hold")
    async with WireServer([silent]) as server, EventService() as service:
        stream = await service.subscribe(f"{server.url}/")
        await server.until(lambda: len(server.requests) == 1)
        await service.unsubscribe(stream.target)
        await server.until(lambda: server.open == 0)
        assert states_of(stream) == [CONNECTING, STOPPED]


@pytest.mark.proves("restart/by-user")
async def test_a_restart_by_the_user_resumes_by_the_usual_rules() -> None:
    clock = HastyClock()
    open_ = Answer(write=[b"retry: 700\nid: k1\ndata: a\n\nda"], end="hold")
    async with WireServer([open_]) as server, EventService(clock=clock) as service:
        stream = await service.subscribe(f"{server.url}/")
        await until(service, lambda: stream.log.events == 1)
        stream.reconnect()
        await ended(stream)
        assert [request.headers.get("last-event-id") for request in server.requests] == [None, "k1"]
    assert clock.delays == [0.7]
    assert [row.data for row in of_kind(stream, Partial)] in ([], ["da"])


async def test_a_restart_brings_back_a_stream_that_was_over() -> None:
    script = [Answer(404, {}), Answer(write=[b"data: a\n\n"], end="hold")]
    async with WireServer(script) as server, EventService() as service:
        stream = await service.subscribe(f"{server.url}/")
        await ended(stream)
        assert stream.is_over
        stream.reconnect()
        assert not stream.is_over
        await stream.opened(5)
        assert stream.error is None
        assert stream.state is OPEN
