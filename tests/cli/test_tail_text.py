"""`tail --text`: the answer on stdout, how it went on stderr."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import re
import signal
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from peers import answer_endpoint
from peers.model_server import ModelServer, Say
from peers.program import Program
from peers.wire_server import Answer, WireServer

CHAT = "chat/completions"
COUNTED = {"include_usage": True}
BODY = json.dumps({"model": "m", "stream": True, "messages": [], "stream_options": COUNTED})


def chat(content: str | None = None, finish: str | None = None, **more: Any) -> bytes:  # noqa: ANN401
    choice = {"index": 0, "delta": {"content": content}, "finish_reason": finish}
    return f"data: {json.dumps({'choices': [choice], **more})}\n\n".encode()


END = chat(finish="stop", usage={"prompt_tokens": 35, "completion_tokens": 12})
DONE = b"data: [DONE]\n\n"


@pytest.mark.parametrize("path", [CHAT, "responses"])
@pytest.mark.parametrize("by_name", [True, False])
async def test_an_answer_is_printed_as_one_text(program: Program, path: str, by_name: bool) -> None:
    words = "One line,\nand \x1b[1manother.\n\n"
    async with ModelServer(Say(words)) as server:
        named = ("--url", server.url, "--dialect", "openai", path)
        target = named if by_name else (f"{server.url}/{path}",)
        done = await program.run("tail", "--text", "-d", BODY, *target)
    assert (done.code, done.out) == (0, words)
    assert "first event 0." in done.err
    assert "7 tokens out, 11 in" in done.err


async def test_the_summary_says_how_it_ended(program: Program) -> None:
    async with WireServer([Answer(write=[chat("a"), chat("b"), END + DONE])]) as server:
        done = await program.run("tail", "--text", "-d", BODY, server.url)
    assert (done.code, done.out) == (0, "ab")
    summary = done.err.splitlines()[-1]
    assert summary.startswith(f"sse-tui: {server.url}: first event ")
    assert summary.endswith(" tokens/s · 12 tokens out, 35 in · stop")


async def test_text_arrives_as_it_is_said(program: Program) -> None:
    answer = Answer(write=[chat("first\n")], end="hold", last=chat("second") + END + DONE)
    async with WireServer([answer]) as server:
        running = await program.start("tail", "--text", "-d", BODY, server.url)
        assert await running.line() == "first"
        answer.held.set()
        done = await running.finish()
    assert (done.code, done.out) == (0, "second")


@pytest.mark.parametrize("dialect", [(), ("--dialect", "openai")])
async def test_an_answer_that_was_cut_short_is_3(
    program: Program, dialect: tuple[str, ...]
) -> None:
    async with WireServer([Answer(write=[chat("half an ans")])]) as server:
        done = await program.run("tail", "--text", "-d", BODY, *dialect, server.url)
    assert (done.code, done.out) == (3, "half an ans")
    assert "not complete" in done.err


@pytest.mark.parametrize("dialect", [(), ("--dialect", "openai")])
async def test_an_error_after_the_beginning_is_3(
    program: Program, dialect: tuple[str, ...]
) -> None:
    error = b'data: {"error": {"message": "The model left\\u001b"}}\n\n'
    async with WireServer([Answer(write=[chat("half"), error])]) as server:
        done = await program.run("tail", "--text", "-d", BODY, *dialect, server.url)
    assert (done.code, done.out) == (3, "half")
    assert "The model left\\x1b" in done.err


async def test_ollama_is_read_line_by_line(program: Program) -> None:
    rows = [
        {"message": {"content": "Hi"}, "done": False},
        {"message": {"content": " there"}, "done": True, "done_reason": "stop", "eval_count": 2},
    ]
    body = "".join(json.dumps(row) + "\n" for row in rows).encode()
    answer = Answer(headers={"Content-Type": "application/x-ndjson"}, write=[body])
    async with WireServer([answer]) as server:
        ollama = ("--url", server.url, "--dialect", "ollama")
        done = await program.run("tail", "--text", *ollama, "-d", '{"model": "m"}', "api/chat")
    assert (done.code, done.out) == (0, "Hi there")
    assert "2 tokens out" in done.err


async def test_halves_of_one_character_meet_again(program: Program) -> None:
    rest = chat("\ude00!") + END + DONE
    answer = Answer(write=[chat("first\n"), chat("\ud83d")], end="hold", last=rest)
    async with WireServer([answer]) as server:
        running = await program.start("tail", "--text", "-d", BODY, server.url)
        assert await running.line() == "first"
        answer.held.set()
        done = await running.finish()
    assert done.out == "😀!"


async def test_half_a_character_that_stays_alone_is_shown_as_that(program: Program) -> None:
    async with WireServer([Answer(write=[chat("a\ud83d"), END, DONE])]) as server:
        done = await program.run("tail", "--text", "-d", BODY, server.url)
    assert done.out == "a\N{REPLACEMENT CHARACTER}"


async def test_count_ends_it(program: Program) -> None:
    async with WireServer([Answer(write=[chat("a"), chat("b")], end="hold")]) as server:
        done = await program.run("tail", "--text", "-d", BODY, "--count", "1", server.url)
    assert (done.code, done.out) == (0, "a")


async def test_a_signal_still_says_how_it_went(program: Program) -> None:
    async with WireServer([Answer(write=[chat("a\n")], end="hold")]) as server:
        running = await program.start("tail", "--text", "-d", BODY, server.url)
        assert await running.line() == "a"
        done = await running.stop(signal.SIGINT)
    assert done.code == 130
    assert "1 chunk · not complete" in done.err


@pytest.mark.parametrize(("more", "rest"), [((), [END, DONE]), (("--count", "1"), [])])
async def test_a_terminal_gets_no_control_characters_and_a_last_line_end(
    program: Program, more: tuple[str, ...], rest: list[bytes]
) -> None:
    ours, theirs = pty.openpty()
    answer = Answer(write=[chat("a\tb\n\x1b[31mred"), *rest], end="hold")
    async with WireServer([answer]) as server:
        asked = ("--text", "-d", BODY, *more, server.url)
        done = await program.run("tail", *asked, stdout_file=os.ttyname(theirs))
    shown = os.read(ours, 4096)
    os.close(ours)
    os.close(theirs)
    assert done.code == 0
    assert b"\x1b" not in shown
    assert shown.replace(b"\r\n", b"\n").expandtabs(8) == b"a       b\n\\x1b[31mred\n"


async def test_a_refusal_is_told_without_a_summary(program: Program) -> None:
    async with WireServer([Answer(404, {}, framing="length0")]) as server:
        done = await program.run("tail", "--text", "-d", BODY, server.url)
    assert (done.code, done.out) == (3, "")
    assert "404" in done.err
    assert "no answer" not in done.err


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--raw",), "--raw"),
        (("--json",), "--json"),
        (("--format", "{data}"), "--format"),
        (("--all",), "--all"),
        (("http://127.0.0.1:9/other",), "2 streams"),
    ],
)
async def test_what_does_not_go_together_is_2(
    program: Program, more: tuple[str, ...], words: str
) -> None:
    done = await program.run("tail", "--text", "http://127.0.0.1:9/", *more)
    assert done.code == 2
    assert words in done.err


async def test_a_missing_question_is_2(program: Program) -> None:
    openai = ("--url", "http://127.0.0.1:9/v1", "--dialect", "openai")
    done = await program.run("tail", "--text", *openai, CHAT)
    assert done.code == 2
    assert "A model needs a question" in done.err


@asynccontextmanager
async def endpoint() -> AsyncIterator[str]:
    """The endpoint to try by hand, as its user starts it; gives its address."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, answer_endpoint.__file__, "--port", "0", "--pace", "0"), stderr=PIPE
    )
    try:
        assert process.stderr is not None
        async with asyncio.timeout(20):
            while not (found := re.search(rb"http://\S+", await process.stderr.readline())):
                pass
        yield found[0].decode()
    finally:
        process.kill()
        await process.communicate()


async def test_every_api_gives_the_same_answer_by_its_own_dialect(program: Program) -> None:
    apis = (
        ("openai", "/v1", "chat/completions"),
        ("openai", "/v1", "responses"),
        ("anthropic", "/v1", "messages"),
        ("ollama", "", "api/chat"),
        ("ollama", "", "api/generate"),
    )
    async with endpoint() as url:
        runs = [
            program.run(
                *("tail", "--text", "--dialect", dialect, "--url", url + base, "-d", "{}", path)
            )
            for dialect, base, path in apis
        ]
        answers = await asyncio.gather(*runs)
    for done in answers:
        assert (done.code, done.out) == (0, answer_endpoint.TEXT)
        assert "52 tokens out, 35 in" in done.err
