"""Headers that a command makes: anew for each request, and for one origin only."""

from __future__ import annotations

import asyncio
import os
import shlex
from pathlib import Path

import pytest
from peers.clocks import HastyClock, StoppedClock
from peers.wire_server import Answer, Request, WireServer

from sse_tui.client.header_command import made_headers
from sse_tui.client.options import ClientOptions, StreamOptions
from sse_tui.client.reasons import HeaderCommandError
from sse_tui.client.service import EventService
from sse_tui.errors import StreamError
from sse_tui.events.model import StreamState

from .rows import ended
from .warp import Warp

GONE = Answer(204, {}, framing="none")


def counting(folder: Path) -> str:
    """A command whose output is another at each run."""
    log = shlex.quote(str(folder / "runs"))
    return f"echo x >> {log}; echo Authorization: Token-$(wc -l < {log} | tr -d ' ')"


def tokens(server: WireServer) -> list[list[str]]:
    return [
        [value for name, value in request.pairs if name == "authorization"]
        for request in server.requests
    ]


async def test_it_is_run_for_every_connect_and_every_request(tmp_path: Path) -> None:
    def answers(request: Request) -> Answer:
        if request.path == "/health":
            return Answer(200, {}, [b"{}"])
        return Answer() if len(server.requests) < 3 else GONE

    options = ClientOptions(header_command=counting(tmp_path), headers={"authorization": "old"})
    async with WireServer(answers) as server:
        async with EventService(server.url, options=options, clock=HastyClock()) as service:
            await service.check_health()
            await ended(await service.subscribe(f"{server.url}/x"))
        assert tokens(server) == [["Token-1"], ["Token-2"], ["Token-3"]]


async def test_its_headers_go_to_no_other_origin() -> None:
    options = ClientOptions(header_command="echo X-Secret: 1")
    async with WireServer([GONE, GONE]) as other, WireServer() as home:
        home.script = [Answer(302, {"Location": other.url}, framing="none")]
        async with EventService(home.url, options=options) as service:
            await ended(await service.subscribe(f"{other.url}/directly"))
            await ended(await service.subscribe(f"{home.url}/redirected"))
        assert home.requests[0].headers["x-secret"] == "1"
        assert len(other.requests) == 2
        assert all("x-secret" not in request.headers for request in other.requests)


async def test_a_stream_may_have_a_command_of_its_own() -> None:
    options = StreamOptions(header_command=r"printf 'X-A: 1\r\nX-B:  two words \n\n'")
    async with WireServer() as server, EventService() as service:
        await ended(await service.subscribe(server.url, options=options))
        headers = server.requests[0].headers
        assert (headers["x-a"], headers["x-b"]) == ("1", "two words")


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("echo 'no network' >&2; echo more >&2; exit 7", "failed with exit code 7: no network"),
        ("no-such-command-here", "failed with exit code 127"),
        ("kill -9 $$", "was killed by signal 9"),
        ("true", "printed nothing"),
        ("echo token", "without a colon"),
        ("echo 'secret name: x'", "bad header"),
        (r"printf 'X: secret\001'", "bad header"),
        (r"printf 'X: secret\351'", "bad header"),
        ("yes X: y", "more than 64 KiB"),
    ],
)
async def test_what_it_does_wrong_is_told_without_its_output(command: str, words: str) -> None:
    with pytest.raises(HeaderCommandError, match=words) as caught:
        await made_headers(command)
    assert "secret" not in str(caught.value)


async def test_a_stream_fails_for_good_where_its_first_command_fails() -> None:
    options = StreamOptions(header_command="exit 3")
    async with WireServer() as server, EventService() as service:
        stream = await service.subscribe(server.url, options=options)
        await ended(stream)
        assert stream.state is StreamState.FAILED
        assert isinstance(stream.error, HeaderCommandError)
        assert server.requests == []


async def test_a_stream_that_was_open_tries_a_failed_command_again(tmp_path: Path) -> None:
    switch = tmp_path / "broken"
    command = f"test ! -e {shlex.quote(str(switch))} && echo X: y"
    clock = StoppedClock()
    async with WireServer([Answer(), GONE]) as server, EventService(clock=clock) as service:
        stream = await service.subscribe(server.url, options=StreamOptions(header_command=command))
        await clock.waiting.wait()
        switch.write_text("")
        stream.reconnect()
        async with asyncio.timeout(5):
            while len(clock.delays) < 2:
                await clock.waiting.wait()
                await asyncio.sleep(0)
        assert isinstance(stream.error, HeaderCommandError)
        switch.unlink()
        stream.reconnect()
        await ended(stream)
        assert stream.state is StreamState.STOPPED


async def test_sending_fails_where_the_command_does() -> None:
    options = ClientOptions(header_command="exit 3")
    async with WireServer() as server, EventService(server.url, options=options) as service:
        with pytest.raises(StreamError, match="header command failed with exit code 3"):
            await service.send_event("a", 1)
        assert server.requests == []


async def test_one_that_does_not_end_is_killed_with_all_that_it_started(tmp_path: Path) -> None:
    warp = Warp()
    alive = tmp_path / "alive"
    os.mkfifo(alive)
    # Its child, too, holds this pipe open for as long as it lives, and standard output.
    command = f"exec 3> {shlex.quote(str(alive))}; sleep 300 & wait"
    running = asyncio.ensure_future(made_headers(command))
    reader = asyncio.StreamReader()
    with await asyncio.to_thread(alive.open, "rb") as pipe:
        await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), pipe
        )
        for _ in range(1_000_000):
            if running.done():
                break
            warp.forward(0.1)
            await asyncio.sleep(0)
        with pytest.raises(HeaderCommandError, match="does not end"):
            await running
        async with asyncio.timeout(5):
            assert await reader.read() == b""  # nobody is left who could write
