"""One service for many: owners, observers, totals, bounds, and a clean end."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
from pathlib import Path

import pytest
from peers.clocks import HastyClock
from peers.wire_server import Answer, WireServer

from sse_tui.client.observers import MAX_ROWS, Notifier
from sse_tui.client.options import ClientOptions, StreamOptions
from sse_tui.client.service import EventService
from sse_tui.errors import ConfigError, UsageError
from sse_tui.events.model import Batch, StreamState

from .rows import ended, until
from .warp import Warp


async def test_one_name_is_one_subscription_with_several_owners() -> None:
    async with WireServer([Answer(end="hold")]) as server, EventService(server.url) as service:
        first = await service.subscribe("orders")
        second = await service.subscribe("orders", owner="agent-1")
        assert first is second
        await first.opened(5)
        assert first.owners == {"user", "agent-1"}
        assert not await service.unsubscribe("orders", owner="stranger")
        assert not await service.unsubscribe("orders", owner="agent-1")
        assert service.totals.open == 1
        assert await service.unsubscribe("orders")
        assert first.state is StreamState.STOPPED
        assert not await service.unsubscribe("orders")
        assert len(server.requests) == 1


async def test_an_owner_that_is_gone_releases_all_it_held() -> None:
    hold = Answer(end="hold")
    async with WireServer([hold, hold]) as server, EventService(server.url) as service:
        await service.subscribe("a", owner="agent-1")
        await service.subscribe("b", owner="agent-1")
        await service.subscribe("b")
        assert await service.release("agent-1") == ["a"]
        assert list(service.subscriptions) == ["b"]
        assert list(service.logs) == ["a", "b"]
        service.forget("a")
        service.forget("b")
        assert list(service.logs) == ["b"]


async def test_numbers_go_on_when_a_topic_is_subscribed_to_again() -> None:
    async with WireServer() as server, EventService(server.url) as service:
        first = await service.subscribe("a")
        await ended(first)
        await service.unsubscribe("a")
        rows = first.log.next_number
        second = await service.subscribe("a")
        assert second is not first
        assert second.log is first.log
        await ended(second)
        assert second.log.next_number > rows


async def test_subscribing_to_a_stream_that_is_over_asks_for_it_again() -> None:
    script = [Answer(404, {}), Answer(end="hold")]
    async with WireServer(script) as server, EventService(server.url) as service:
        stream = await service.subscribe("a")
        await ended(stream)
        assert await service.subscribe("a", owner="agent") is stream
        await stream.opened(5)


async def test_subscribing_again_never_repeats_a_request_that_may_not_be_repeated() -> None:
    options = StreamOptions(method="POST")
    async with WireServer([Answer()]) as server, EventService() as service:
        stream = await service.subscribe(f"{server.url}/", options=options)
        await ended(stream)
        await service.subscribe(f"{server.url}/", options=options, owner="agent")
        assert stream.is_over
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("target", "options"),
    [
        ("a topic", None),
        ("a..b", None),
        ("a.>.b", None),
        ("x" * 129, None),
        ("ftp://x/", None),
        ("http:///", None),
        ("good", StreamOptions(headers={"X": "a\nb"})),
    ],
)
async def test_what_cannot_be_subscribed_to_is_refused_at_once(
    target: str, options: StreamOptions | None
) -> None:
    async with EventService("http://localhost:1") as service:
        with pytest.raises(UsageError):
            await service.subscribe(target, options=options)
        assert not service.subscriptions
        assert not service.logs


async def test_a_topic_needs_a_server() -> None:
    async with EventService() as service:
        with pytest.raises(UsageError, match="No server"):
            await service.subscribe("orders")
        with pytest.raises(UsageError, match="No server"):
            await service.check_health()


async def test_wildcards_reach_the_server_as_they_are() -> None:
    async with WireServer() as server, EventService(f"{server.url}/base/") as service:
        await ended(await service.subscribe("orders.*.>"))
        assert server.requests[0].path == "/base/events/orders.%2A.%3E"


@pytest.mark.parametrize(
    ("base", "path"),
    [("", "/a%2Fb"), ("/streams/", "/streams/a/b"), ("/s?ch={topic}&x=1", "/s?ch=a%2Fb&x=1")],
)
async def test_a_topic_of_a_plain_server_goes_into_its_url(base: str, path: str) -> None:
    async with WireServer() as server:
        options = ClientOptions(dialect="url")
        async with EventService(server.url + base, options=options) as service:
            await ended(await service.subscribe("a/b"))
    assert server.requests[0].path.replace("%2F", "/") == path.replace("%2F", "/")


async def test_an_unknown_dialect_is_refused() -> None:
    async with EventService("http://localhost:1", options=ClientOptions(dialect="x")) as service:
        with pytest.raises(UsageError, match="Known: anthropic, hub"):
            await service.subscribe("a")


async def test_totals_sum_over_all_streams() -> None:
    hold = Answer(write=[b"data: 1\n\ndata: 2\n\n"], end="hold")
    script = [hold, Answer(404, {})]
    async with WireServer(script) as server, EventService(server.url) as service:
        good = await service.subscribe("a")
        await until(service, lambda: good.log.events == 2)
        await ended(await service.subscribe("b"))
        totals = service.totals
        assert (totals.events, totals.open, totals.waiting, totals.failed) == (2, 1, 0, 1)
        assert totals.rows == sum(len(log) for log in service.logs.values())
        assert totals.bytes == sum(log.bytes for log in service.logs.values())


async def test_each_observer_gets_every_row_once() -> None:
    events = [b"data: %d\n\n" % n for n in range(300)]
    async with WireServer([Answer(write=events)]) as server:
        async with EventService(server.url, clock=HastyClock()) as service:
            observers = [service.batches(), service.batches()]
            stream = await service.subscribe("a")
            await ended(stream)
        # The service is closed: what is left can be read, then it ends.
        for observer in observers:
            batches = [batch async for batch in observer]
            numbers = [n for b in batches for n in range(b.first_number, b.first_number + b.count)]
            assert numbers == list(range(1, stream.log.next_number))
            assert {batch.topic for batch in batches} == {"a"}


async def test_what_comes_after_a_pause_is_told_at_once_and_then_together_after_50_ms() -> None:
    warp = Warp()
    notifier = Notifier()
    observer = notifier.observe()
    for pause_s in (0, 0.051):
        warp.forward(pause_s)
        async with asyncio.timeout(0.04):
            notifier.rows_arrived("a", 1, 2)
            assert await anext(observer) == Batch("a", 1, 1)
            notifier.rows_arrived("a", 2, 3)
            assert await anext(observer) == Batch("a", 2, 1)
        next_batch = asyncio.ensure_future(anext(observer))
        notifier.rows_arrived("a", 3, 5)
        notifier.rows_arrived("a", 5, 6)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not next_batch.done()
        warp.forward(0.051)
        assert await next_batch == Batch("a", 3, 3)


async def test_rows_are_told_of_at_once_when_there_are_many() -> None:
    notifier = Notifier()
    observer = notifier.observe()
    notifier.rows_arrived("a", 1, 1 + MAX_ROWS)
    notifier.rows_arrived("b", 1, 2)
    async with asyncio.timeout(0.04):
        assert [await anext(observer), await anext(observer)] == (
            [Batch("a", 1, MAX_ROWS), Batch("b", 1, 1)]
        )


@pytest.mark.proves("flood/slow-consumer")
async def test_a_slow_observer_gets_one_batch_for_what_it_missed() -> None:
    notifier = Notifier()
    observer = notifier.observe()
    for first in range(1, 1000):
        notifier.rows_arrived("a", first, first + 1)
        notifier.flush()
    assert await anext(observer) == Batch("a", 1, 999)


async def test_an_observer_that_nobody_holds_is_forgotten() -> None:
    notifier = Notifier()
    observer = notifier.observe()
    notifier.rows_arrived("a", 1, 2)
    notifier.flush()
    del observer
    gc.collect()
    assert not notifier.observed


async def test_all_streams_together_keep_to_the_bound() -> None:
    data = b"".join(b"data: " + b"x" * 1000 + b"\n\n" for _ in range(200))
    script = [Answer(write=[data]), Answer(write=[data, data]), Answer(write=[b"data: y\n\n"])]
    options = ClientOptions(total_bytes=300_000, stream=StreamOptions(reconnect=False))
    async with WireServer(script) as server, EventService(server.url, options=options) as service:
        streams = [await service.subscribe(topic) for topic in "abc"]
        for stream in streams:
            await ended(stream)
        sizes = [log.bytes for log in service.logs.values()]
        assert 250_000 < sum(sizes) <= 300_000
        assert service.totals.bytes == sum(sizes)
        assert min(sizes) < 1000  # the small one is left alone
        assert all(log.events > 0 for log in service.logs.values())
        assert sum(log.dropped for log in service.logs.values()) > 300


async def test_a_certificate_file_that_is_none_is_told() -> None:
    options = ClientOptions(ca=__file__)
    async with EventService("http://localhost:1", options=options) as service:
        with pytest.raises(ConfigError, match="CA file"):
            await service.check_health()
        stream = await service.subscribe("a")
        await ended(stream)
        assert stream.error is not None
        assert "CA file" in stream.error.title


async def test_a_handler_may_close_the_whole_service() -> None:
    hold = Answer(write=[b"data: 0\n\n"], end="hold")
    async with WireServer([hold, hold]) as server:
        service = EventService(server.url)
        other = await service.subscribe("a")
        await other.opened(5)
        closed = asyncio.Event()

        async def handle(_: object) -> None:
            await service.aclose()
            closed.set()

        await service.subscribe("b", on_event=handle)
        async with asyncio.timeout(5):
            await closed.wait()
        assert other.state is StreamState.STOPPED
        await server.until(lambda: server.open == 0)
        assert service.handler_errors.count == 0


async def test_a_closed_service_takes_no_subscription() -> None:
    service = EventService("http://localhost:1")
    await service.aclose()
    await service.aclose()
    with pytest.raises(UsageError, match="closed"):
        await service.subscribe("a")


def test_importing_the_service_loads_no_http_library() -> None:
    code = "import sys, sse_tui.client.service; print({'httpx', 'aiohttp'} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


CLOSING = """
import asyncio, sys
sys.path.insert(0, {tests!r})
from peers.wire_server import Answer, WireServer
from sse_tui.client.service import EventService

async def main():
    hold = Answer(write=[b"data: a\\n\\n"], end="hold")
    async with WireServer(lambda _: hold) as server:
        service = EventService(server.url)
        observer = service.batches()
        for n in range(50):
            await service.subscribe(f"t{{n}}", on_event=lambda event: asyncio.Event().wait())
        await service.subscribe("http://127.0.0.1:1/")
        while service.totals.open < 50:
            await anext(observer)
        await service.aclose()

asyncio.run(main())
"""


def test_closing_in_the_middle_of_everything_leaves_nothing_behind() -> None:
    tests = str(Path(__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "always", "-c", CLOSING.format(tests=tests)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.stderr, done.returncode) == ("", 0)
