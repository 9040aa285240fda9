"""A user's function gets every event in order, one at a time, and cannot harm the stream."""

from __future__ import annotations

import asyncio

from peers.clocks import HastyClock
from peers.wire_server import Answer, WireServer

from sse_tui.client.options import ClientOptions
from sse_tui.client.service import EventService
from sse_tui.events.model import Event

from .rows import ended, until


def numbers(count: int) -> Answer:
    return Answer(write=["".join(f"data: {n}\n\n" for n in range(count)).encode()])


async def test_a_plain_function_gets_every_event_in_order() -> None:
    seen: list[Event] = []
    async with WireServer([numbers(500)]) as server, EventService(clock=HastyClock()) as service:
        stream = await service.subscribe(f"{server.url}/", on_event=seen.append)
        await ended(stream)
    assert [event.json() for event in seen] == list(range(500))
    assert seen[0] == stream.log.get(seen[0].number)


async def test_a_coroutine_function_is_run_one_event_at_a_time() -> None:
    running = most = 0
    seen: list[str] = []

    async def handle(event: Event) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        seen.append(event.data)
        running -= 1

    async with WireServer([numbers(150)]) as server, EventService(clock=HastyClock()) as service:
        await ended(await service.subscribe(f"{server.url}/", on_event=handle))
    assert most == 1
    assert seen == [str(n) for n in range(150)]


async def test_a_handlers_errors_are_counted_told_and_end_nothing() -> None:
    seen: list[str] = []

    def handle(event: Event) -> None:
        seen.append(event.data)
        if event.data != "1":
            raise ValueError(f"cannot take {event.data}")

    async with WireServer([numbers(3)]) as server, EventService(clock=HastyClock()) as service:
        await ended(await service.subscribe(f"{server.url}/", on_event=handle))
        assert seen == ["0", "1", "2"]
        assert service.handler_errors.count == 2
        assert "ValueError: cannot take 2" in service.handler_errors.recent[-1]


async def test_two_handlers_of_one_stream_both_get_all_of_it() -> None:
    seen: tuple[list[Event], list[Event]] = [], []
    async with WireServer([numbers(5)]) as server, EventService(clock=HastyClock()) as service:
        for owner, one in zip(("user", "agent"), seen, strict=True):
            stream = await service.subscribe(f"{server.url}/", on_event=one.append, owner=owner)
        await ended(stream)
    assert [len(one) for one in seen] == [5, 5]


async def test_a_slow_handler_holds_up_nobody_and_is_told_what_fell_out() -> None:
    seen: list[str] = []
    missed: list[int] = []
    go_on = asyncio.Event()

    async def handle(event: Event) -> None:
        await go_on.wait()
        seen.append(event.data)

    options = ClientOptions(max_rows=50)
    more = Answer(write=[b"data: first\n\n", *(b"data: %d\n\n" % n for n in range(400))])
    service = EventService(options=options, clock=HastyClock())
    async with WireServer([more]) as server, service:
        stream = await service.subscribe(f"{server.url}/", on_event=handle, on_missed=missed.append)
        await until(service, lambda: stream.is_over)
        assert stream.log.events == 401
        assert len(stream.log) == 50
        go_on.set()
        await ended(stream)
        assert service.handler_errors.count == 1
        assert "too slow" in service.handler_errors.recent[0]
    assert seen[0] == "first"
    assert seen[-1] == "399"
    (lost,) = missed
    # Besides events, the rows are three states before and three after.
    assert len(seen) + lost <= 401 + 3 <= len(seen) + lost + 6


async def test_a_handler_may_end_its_own_stream() -> None:
    seen: list[str] = []
    answer = Answer(write=[b"data: 0\n\ndata: 1\n\ndata: 2\n\n"], end="hold")
    async with WireServer([answer]) as server, EventService() as service:
        url = f"{server.url}/"

        async def handle(event: Event) -> None:
            seen.append(event.data)
            if event.data == "1":
                assert await service.unsubscribe(url)

        await service.subscribe(url, on_event=handle)
        await server.until(lambda: len(server.requests) == 1 and server.open == 0)
        assert seen == ["0", "1"]
        assert service.handler_errors.count == 0


async def test_a_handler_that_hangs_does_not_hold_up_closing() -> None:
    began = asyncio.Event()

    async def handle(_: Event) -> None:
        began.set()
        await asyncio.Event().wait()

    answer = Answer(write=[b"data: 0\n\n"], end="hold")
    async with WireServer([answer]) as server, asyncio.timeout(5), EventService() as service:
        await service.subscribe(f"{server.url}/", on_event=handle)
        await began.wait()
