"""Streams and requests over unix sockets."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from peers.certificates import Certificates
from peers.clocks import HastyClock, StoppedClock
from peers.wire_server import Answer, Request, WireServer

from sse_tui.client.options import ClientOptions
from sse_tui.client.service import EventService
from sse_tui.errors import SendError, UsageError
from sse_tui.events.model import Event

from .rows import ended, of_kind, until


def held() -> Answer:
    return Answer(write=[b"data: by socket\n\n"], end="hold")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "server.sock"


def through(path: Path, *, own_way: bool = False) -> ClientOptions:
    return ClientOptions(unix_socket=str(path), own_way=own_way)


async def test_a_stream_comes_by_the_socket_whatever_host_its_url_names(path: Path) -> None:
    async with (
        WireServer([held(), held()], path=path) as server,
        EventService(options=through(path)) as service,
    ):
        for url in ("http://no-such-host.invalid:81/x?y=z", "http://10.1.2.3/x"):
            stream = await service.subscribe(url)
            await until(service, lambda log=stream.log: log.events == 1)  # type: ignore[misc]
        assert [request.path for request in server.requests] == ["/x?y=z", "/x"]
        hosts = [request.headers["host"] for request in server.requests]
        assert hosts == ["no-such-host.invalid:81", "10.1.2.3"]


async def test_https_by_the_socket_checks_the_certificate(
    path: Path, certificates: Certificates
) -> None:
    tls = certificates.server_context()
    trusting = ClientOptions(unix_socket=str(path), ca=str(certificates.ca))
    async with WireServer([held(), held()], tls=tls, path=path):
        async with EventService(options=trusting) as service:
            stream = await service.subscribe("https://localhost/x")
            await until(service, lambda: stream.log.events == 1)
        async with EventService(options=trusting) as service:
            stream = await service.subscribe("https://other.invalid/x")
            await ended(stream)
            assert stream.error is not None
            assert "is not trusted" in stream.error.title


async def test_health_and_sending_go_by_the_socket_too(path: Path) -> None:
    def answers(request: Request) -> Answer:
        body = b'{"status": "ok"}' if request.method == "GET" else b'{"id": "1-7", "topic": "a"}'
        return Answer(200, {"Content-Type": "application/json"}, [body])

    async with (
        WireServer(answers, path=path),
        EventService("http://localhost", options=through(path)) as service,
    ):
        assert (await service.check_health()).status == "ok"
        assert (await service.send_event("a", 1)).id == "1-7"


async def test_a_missing_socket_is_told_and_tried_again(path: Path) -> None:
    clock = StoppedClock()
    async with EventService(options=through(path), clock=clock) as service:
        stream = await service.subscribe("http://localhost/x")
        await clock.waiting.wait()
        assert stream.error is not None
        assert stream.error.title == f"There is no socket {path}"
        async with WireServer([held()], path=path):
            stream.reconnect()
            await until(service, lambda: stream.log.events == 1)


async def test_a_socket_that_nobody_listens_at_is_told(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left_behind:
        left_behind.bind(str(path))
    async with EventService("http://localhost", options=through(path)) as service:
        with pytest.raises(SendError, match=f"Nothing listens at socket {path}"):
            await service.send_event("a", 1)


async def test_a_profiles_socket_leads_to_its_own_origin_only(path: Path) -> None:
    far = Answer(write=[b"data: by port\n\n"], end="hold")
    async with (
        WireServer([far]) as other,
        WireServer([held()], path=path) as home,
        EventService(home.url, options=through(path, own_way=True)) as service,
    ):
        for url in (f"{home.url}/x", f"{other.url}/x"):
            stream = await service.subscribe(url)
            await until(service, lambda log=stream.log: log.events == 1)  # type: ignore[misc]
        assert [row.data for row in of_kind(stream, Event)] == ["by port"]
        assert len(home.requests) == 1


@pytest.mark.parametrize("own_way", [False, True])
async def test_a_redirect_leaves_a_profiles_socket_but_not_an_options(
    path: Path, own_way: bool
) -> None:
    async with WireServer() as other, WireServer(path=path) as home:
        leave = Answer(302, {"Location": f"{other.url}/on"}, framing="none")
        home.script = [leave, Answer(204, {}, framing="none")]
        options = through(path, own_way=own_way)
        async with EventService(home.url, options=options, clock=HastyClock()) as service:
            await ended(await service.subscribe(f"{home.url}/x"))
        assert [request.path for request in home.requests] == ["/x", "/on"][: 2 - own_way]
        assert len(other.requests) == own_way


@pytest.mark.parametrize("path", ["", "a\0b", "/tmp/" + "x" * 120])
def test_what_cannot_be_a_sockets_path_is_refused_at_once(path: str) -> None:
    with pytest.raises(UsageError):
        EventService(options=ClientOptions(unix_socket=path))
