from __future__ import annotations

import asyncio

from peers.program import Program
from peers.wire_server import Answer, WireServer

EVENTS = b'event: a\ndata: {"n":1}\n\nevent: b\ndata: {"n":2}\n\nevent: b\ndata: {"n":3}\n\n'


async def test_it_prints_the_first_event_that_matches(program: Program) -> None:
    async with WireServer(lambda _: Answer(write=[EVENTS], end="hold")) as server:
        chosen, any_event = await asyncio.gather(
            program.run("wait", "--raw", "--until", "event:b", server.url),
            program.run("wait", "--json", server.url),
        )
    assert (chosen.code, chosen.out) == (0, '{"n":2}\n')
    assert any_event.code == 0
    assert [line["event"] for line in any_event.json_lines()] == ["a"]


async def test_an_event_that_does_not_come_is_4(program: Program) -> None:
    def answer(path: str) -> Answer:
        end = b"data: [DONE]\n\n" if path == "/ends" else b""
        return Answer(write=[EVENTS + end], end="hold")

    async with WireServer(lambda request: answer(request.path)) as server:
        timed_out, ended = await asyncio.gather(
            program.run("wait", "--until", "n > 9", "--timeout", "1.5", f"{server.url}/goes-on"),
            program.run("wait", "--until", "n > 9", f"{server.url}/ends"),
        )
    assert (timed_out.code, timed_out.out) == (4, "")
    assert (ended.code, ended.out) == (4, "")


async def test_a_stream_that_fails_is_3(program: Program) -> None:
    async with WireServer([Answer(404, {}, framing="length0")]) as server:
        done = await program.run("wait", server.url)
    assert done.code == 3
    assert "404" in done.err
