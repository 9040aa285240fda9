from __future__ import annotations

import os
import re

import pytest
from peers.program import Program
from peers.wire_server import Answer, WireServer

from sse_tui.cli.colors import colored
from sse_tui.cli.tail_default import DefaultLines
from sse_tui.cli.tail_times import RowTimes
from sse_tui.events.model import EPOCH, Event, Partial

THREE = b"event: a\ndata: 1\n\nevent: b\ndata: \x1b[31m2\n\ndata: [DONE]\n\n"
CODE = re.compile(r"\x1b\[[0-9]*m")


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


@pytest.mark.parametrize(
    ("environ", "terminal", "wanted"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"TERM": "dumb"}, True, False),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"FORCE_COLOR": "0"}, False, False),
        ({"CLICOLOR_FORCE": "1"}, False, True),
        ({"CLICOLOR_FORCE": "1", "NO_COLOR": "1"}, True, False),
    ],
)
def test_the_environment_decides(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], terminal: bool, wanted: bool
) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert colored(terminal) is wanted


async def printed(program: Program, *options: str) -> tuple[str, str]:
    program.environ |= {"TERM": "xterm"}
    answer = Answer(write=(b"retry: 100\n\n", THREE), end="hold")
    async with WireServer([Answer(503, {}, framing="length0"), answer]) as server:
        done = await program.run("tail", *options, "--time", "none", server.url)
    assert done.code == 0
    return done.out.replace(server.url, "URL"), done.err


async def test_a_pipe_gets_no_colours(program: Program) -> None:
    out, err = await printed(program)
    assert out.splitlines() == ["URL a 1", "URL b \\x1b[31m2", "URL message [DONE]"]
    assert "\x1b" not in err


async def test_colours_are_there_when_asked_for_and_only_ours(program: Program) -> None:
    out, err = await printed(program, "--color", "always")
    lines = out.splitlines()
    assert re.fullmatch(r"URL \x1b\[3\dm" + "a" + r"\x1b\[0m 1", lines[0])
    assert CODE.sub("", lines[1]) == "URL b \\x1b[31m2"
    assert "\x1b" not in lines[2], "the default type has no colour"
    waiting = next(line for line in err.splitlines() if "waiting" in line)
    assert waiting.startswith("\x1b[33m")
    assert waiting.endswith("\x1b[0m")


@pytest.mark.parametrize(("no_color", "codes"), [(None, True), ("1", False)])
async def test_a_terminal_gets_colours_and_one_column_for_topics(
    program: Program, no_color: str | None, codes: bool
) -> None:
    program.environ |= {"TERM": "xterm"} | ({"NO_COLOR": no_color} if no_color else {})
    terminal, its_end = os.openpty()
    async with WireServer(lambda _: Answer(write=(THREE,), end="hold")) as server:
        short, long = f"{server.url}/", f"{server.url}/abc"
        options = ("--time", "none", "--strict", short, long)
        await program.run("tail", *options, stdout_file=os.ttyname(its_end))
    printed = os.read(terminal, 65536).decode().replace("\r\n", "\n")
    os.close(its_end)
    os.close(terminal)
    assert ("\x1b[" in printed) is codes
    lines = CODE.sub("", printed).splitlines()
    assert f"{short}    a 1" in lines
    assert f"{long} b \\x1b[31m2" in lines


async def test_never_is_stronger_than_the_environment(program: Program) -> None:
    program.environ["FORCE_COLOR"] = "1"
    assert "\x1b" in "".join(await printed(program))
    assert "\x1b" not in "".join(await printed(program, "--color", "never"))


async def test_an_error_is_red(program: Program) -> None:
    program.environ["FORCE_COLOR"] = "1"
    done = await program.run("tail", "--count", "0", "http://h")
    assert done.err.startswith("\x1b[31msse-tui: ")


def test_types_differ_and_payloads_cannot_colour() -> None:
    make = DefaultLines(RowTimes(EPOCH), "iso", colors=True)
    rows = [Event(n, EPOCH, "t", f"{n * n}\x1b]0;", "\x1b]0;", "") for n in range(20)]
    text = make(rows, "t\x1b").decode()
    assert len(set(re.findall(r"\x1b\[(3\d)m", text))) == 4
    assert CODE.sub("", text).replace("\n", "").isprintable()
    assert text.startswith("\x1b[2m1970-01-01T00:00:00.000000Z\x1b[0m ")


def test_rows_that_are_no_events_have_one_colour() -> None:
    make = DefaultLines(RowTimes(EPOCH), "none", colors=True)
    line = make([Partial(1, EPOCH, "t", "\x1bx", 2)], "t").decode()
    assert line == "t \x1b[33munfinished event, 2 B: \\x1bx\x1b[0m\n"
