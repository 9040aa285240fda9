from __future__ import annotations

import asyncio
import os
import pty
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator

import pytest
from peers.hub_process import ServedHub
from peers.model_server import ModelServer, Refuse, Say
from peers.program import LIMIT_S, Program

from sse_tui.client.service import EventService


class Asking:
    """`sse-tui ask` on a pseudo-terminal, up to its question whether the agent may send."""

    def __init__(self, program: Program, hub: ServedHub) -> None:
        self._environ = program.environ
        self._url = hub.url

    async def __aenter__(self) -> Process:
        self.terminal, end = pty.openpty()
        self.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "sse_tui", "--url", self._url, "ask", 'send {"n":1} to orders'),
            env=self._environ,
            stdin=end,
            stdout=PIPE,
            stderr=end,
        )
        os.close(end)
        await self._shows("Allow it?")
        return self.process

    async def __aexit__(self, *_: object) -> None:
        os.close(self.terminal)
        if self.process.returncode is None:
            self.process.kill()
            await self.process.wait()

    async def finish(self, typed: str = "") -> str:
        """Type, and return standard output when it has ended."""
        os.write(self.terminal, typed.encode())
        async with asyncio.timeout(LIMIT_S):
            out, _ = await self.process.communicate()
        return out.decode()

    async def _shows(self, words: str) -> None:
        loop = asyncio.get_running_loop()
        seen, complete = bytearray(), asyncio.Event()

        def look() -> None:
            seen.extend(os.read(self.terminal, 4096))
            if words.encode() in seen:
                complete.set()

        loop.add_reader(self.terminal, look)
        try:
            async with asyncio.timeout(LIMIT_S):
                await complete.wait()
        finally:
            loop.remove_reader(self.terminal)


@pytest.fixture
async def hub(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ServedHub]:
    async with ServedHub(tmp_path_factory.mktemp("hub")) as hub:
        yield hub


async def count(hub: ServedHub, topic: str) -> int:
    """How many events the hub has on a topic."""
    async with EventService(hub.url) as service:
        return sum(info.events for info in await service.list_topics() if info.name == topic)


async def test_the_answer_goes_to_stdout_and_the_calls_to_stderr(
    program: Program, hub: ServedHub
) -> None:
    async with EventService(hub.url) as service:
        await service.send_event("orders", {"n": 1}, event="paid")
    done = await program.run("--url", hub.url, "ask", "--topic", "orders", "what", "happened")
    assert done.code == 0, done.err
    assert "**1 event** on `orders`" in done.out
    assert "1 paid" in done.out
    assert done.out.endswith("\n")
    assert "search_events" not in done.out
    assert "> search_events" in done.err
    assert "  ok in " in done.err


async def test_without_a_terminal_only_yes_lets_the_agent_act(
    program: Program, hub: ServedHub
) -> None:
    ask = ("--url", hub.url, "ask")
    denied, allowed, asked = await asyncio.gather(
        program.run(*ask, 'send {"n":1} to denied'),
        program.run(*ask, "--yes", 'send {"n":1} to allowed'),
        program.run(*ask, "-", stdin=b"explain SSE\n"),
    )
    assert (denied.code, allowed.code, asked.code) == (0, 0, 0)
    assert "Nothing was sent" in denied.out
    assert '"n": 1' in denied.err
    assert "--yes allows it" in denied.err
    assert "Sent to `allowed`" in allowed.out
    assert "Server-Sent Events" in asked.out
    assert (await count(hub, "denied"), await count(hub, "allowed")) == (0, 1)


@pytest.mark.parametrize(("typed", "sent"), [("a\n", 1), ("\n", 0)])
async def test_on_a_terminal_only_a_clear_yes_is_one(
    program: Program, hub: ServedHub, typed: str, sent: int
) -> None:
    asking = Asking(program, hub)
    async with asking as process:
        out = await asking.finish(typed)
    assert process.returncode == 0
    assert ("Sent to" in out) == bool(sent)
    assert await count(hub, "orders") == sent


async def test_an_interrupt_ends_it_while_it_asks(program: Program, hub: ServedHub) -> None:
    asking = Asking(program, hub)
    async with asking as process:
        process.send_signal(signal.SIGINT)
        await asking.finish()
    assert process.returncode == 130
    assert await count(hub, "orders") == 0


async def test_a_model_of_ones_own_answers(program: Program, hub: ServedHub) -> None:
    async with ModelServer(Say("Looking.", [("list_topics", {})]), Say("None.")) as model:
        program.environ["OPENAI_BASE_URL"] = model.url
        done = await program.run("--url", hub.url, "ask", "which topics?")
    assert (done.code, done.out) == (0, "Looking.\nNone.\n")


async def test_what_fails_is_3(program: Program, hub: ServedHub) -> None:
    async with ModelServer(Refuse(404, "no such model")) as model:
        program.environ["OPENAI_BASE_URL"] = model.url
        no_model, no_server = await asyncio.gather(
            program.run("--url", hub.url, "ask", "hello"),
            program.run("--url", "http://127.0.0.1:9", "ask", "--topic", "x", "hello"),
        )
    assert (no_model.code, no_model.out) == (3, "")
    assert "The model is not known there: no such model" in no_model.err
    assert "OPENAI_MODEL" in no_model.err
    assert (no_server.code, no_server.out) == (3, "")
    assert "127.0.0.1:9" in no_server.err


async def test_a_question_that_is_empty_is_2(program: Program) -> None:
    blank, none = await asyncio.gather(program.run("ask", "-", stdin=b" \n"), program.run("ask"))
    assert (blank.code, none.code) == (2, 2)
