"""Every failure of the network in words that say what happened and where."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from peers.certificates import Certificates
from peers.clocks import HastyClock, StoppedClock
from peers.wire_server import Answer, WireServer

from sse_tui.client.options import ClientOptions, StreamOptions
from sse_tui.client.reasons import CertificateError
from sse_tui.client.service import EventService
from sse_tui.errors import ConnectError, StreamError
from sse_tui.events.model import Event, StateChange, StreamState

from .rows import ended, of_kind, until
from .warp import Warp


async def first_problem(url: str, options: ClientOptions | None = None) -> StreamError:
    """What the stream waits after, or failed on."""
    clock = StoppedClock()
    async with EventService(options=options, clock=clock) as service:
        stream = await service.subscribe(url)
        await until(service, lambda: stream.error is not None)
        assert stream.error is not None
        return stream.error


async def test_refused() -> None:
    error = await first_problem("http://127.0.0.1:1/x")
    assert isinstance(error, ConnectError)
    assert error.title == "Nothing listens at 127.0.0.1:1"
    assert "Start the server" in error.hint


@pytest.mark.parametrize("end", ["close", "reset"])
async def test_a_server_that_hangs_up(end: str) -> None:
    async with WireServer([Answer(0, {}, end=end)]) as server:
        error = await first_problem(server.url)
        assert error.title == f"{server.url.removeprefix('http://')} hung up"
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("end", "framing", "title"),
    [
        ("reset", "chunked", "The connection was reset"),
        ("truncate", "chunked", "The stream broke off"),
        ("reset", "close", "The connection was reset"),
    ],
)
async def test_a_stream_that_breaks(end: str, framing: str, title: str) -> None:
    async with WireServer([Answer(write=[b"data: a\n\n"], end=end, framing=framing)]) as server:
        assert (await first_problem(server.url)).title == title


@asynccontextmanager
async def refusing(words: bytes) -> AsyncIterator[int]:
    """Something that says the same to everybody and hangs up, at a port."""

    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(words)
        writer.close()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


async def test_something_that_does_not_speak_http() -> None:
    async with refusing(b"220 mail.example ESMTP\r\n\r\n") as port:
        error = await first_problem(f"http://127.0.0.1:{port}/")
    assert error.title == f"127.0.0.1:{port} does not speak HTTP"


async def test_a_stream_whose_framing_makes_no_sense_does_not_hang() -> None:
    garbage = Answer(write=[b"9\r\ndata: a\n\n\r\n9\r\ndata: b\n\n\r\nXYZ\r\n"], end="hold")
    chunked = {"Content-Type": "text/event-stream", "Transfer-Encoding": "chunked"}
    answer = replace(garbage, headers=chunked, framing="none")
    async with WireServer([answer]) as server, EventService(clock=HastyClock()) as service:
        stream = await service.subscribe(server.url)
        await ended(stream)
        assert [event.data for event in of_kind(stream, Event)] == ["a", "b"]
        waits = [row for row in of_kind(stream, StateChange) if row.state is StreamState.WAITING]
        assert [row.detail for row in waits] == ["The stream broke off"]


async def test_an_address_that_swallows_everything() -> None:
    warp, clock = Warp(), StoppedClock()
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        with socket.create_connection(address):  # the only place in its queue
            async with EventService(clock=clock) as service:
                stream = await service.subscribe(f"http://127.0.0.1:{address[1]}/")
                for _ in range(1_000_000):
                    if clock.waiting.is_set():
                        break
                    warp.forward(0.1)
                    await asyncio.sleep(0)
                assert stream.error is not None
                assert stream.error.title == f"No answer from 127.0.0.1:{address[1]}"


async def test_events_before_a_break_are_delivered_even_to_a_busy_client() -> None:
    """What arrives together with the end must not be lost with it."""
    many = b"".join(b"data: %d\n\n" % n for n in range(20_000))
    script = [Answer(write=[many], end="truncate")]
    async with WireServer(script) as server, EventService(clock=HastyClock()) as service:
        stream = await service.subscribe(server.url)
        await ended(stream)
        assert len(of_kind(stream, Event)) == 20_000


@pytest.fixture
async def tls_server(certificates: Certificates) -> AsyncIterator[WireServer]:
    answer = Answer(write=[b"data: safe\n\n"], end="hold")
    async with WireServer(lambda _: answer, tls=certificates.server_context()) as server:
        yield server


async def test_a_certificate_that_is_not_trusted_fails_for_good(tls_server: WireServer) -> None:
    async with EventService() as service:
        stream = await service.subscribe(tls_server.url)
        with pytest.raises(CertificateError, match=r"not trusted.*--insecure"):
            await stream.opened(5)
        assert stream.state is StreamState.FAILED


async def test_a_certificate_of_the_users_own_authority(
    tls_server: WireServer, certificates: Certificates
) -> None:
    mine = ClientOptions(
        ca=str(certificates.ca), cert=str(certificates.cert), key=str(certificates.key)
    )
    for options in (mine, ClientOptions(insecure=True)):
        async with EventService(options=options) as service:
            stream = await service.subscribe(tls_server.url)
            await until(service, lambda log=stream.log: log.events == 1)  # type: ignore[misc]


async def test_plain_http_where_tls_is_spoken_and_the_other_way_round(
    tls_server: WireServer,
) -> None:
    plain = await first_problem(tls_server.url.replace("https:", "http:"))
    assert "hung up" in plain.title or "HTTP" in plain.title
    async with refusing(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
        error = await first_problem(f"https://localhost:{port}/")
        assert error.title == f"No TLS connection to localhost:{port}"


async def test_an_idle_limit_also_holds_before_the_answer() -> None:
    warp, clock = Warp(), StoppedClock()
    options = StreamOptions(idle_timeout=30)
    silent = Answer(0, {}, end="hold")
    async with WireServer([silent]) as server, EventService(clock=clock) as service:
        stream = await service.subscribe(server.url, options=options)
        await server.until(lambda: len(server.requests) == 1)
        warp.forward(31)
        await clock.waiting.wait()
        assert stream.error is not None
        assert "No answer" in stream.error.title
