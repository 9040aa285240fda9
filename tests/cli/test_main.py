from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest
from peers.program import LIMIT_S, Program
from peers.wire_server import Answer, WireServer

from sse_tui import __version__
from sse_tui.cli.main import COMMANDS
from sse_tui.cli.report import report_unexpected


async def test_the_version_is_told(program: Program) -> None:
    done = await program.run("--version")
    assert (done.code, done.out) == (0, f"sse-tui {__version__}\n")


@pytest.mark.parametrize("command", sorted(COMMANDS))
async def test_every_command_explains_itself_with_examples(program: Program, command: str) -> None:
    done = await program.run(command, "--help")
    assert done.code == 0
    assert f"Usage: sse-tui {command}" in done.out
    assert done.out.count(f"sse-tui {command}") >= 2, "the usage line and an example at least"
    assert len(done.out.splitlines()) <= 105, "two pages at most"


async def test_help_lists_every_command_and_the_completion(program: Program) -> None:
    done = await program.run("--help")
    assert done.code == 0
    for name, command in COMMANDS.items():
        assert f"  {name} " in done.out
        assert command.summary in done.out
    assert "sse-tui completion bash" in done.out


async def test_a_bad_configuration_does_not_stop_help(program: Program) -> None:
    program.config_file.write_text("broken = [")
    assert (await program.run("tail", "--help")).code == 0


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["tial"], "Did you mean tail?"),
        (["http://localhost/x"], "sse-tui tail URL"),
        (["--wat"], "No such option '--wat'"),
        (["--url"], "--url"),
    ],
)
async def test_wrong_use_is_2(program: Program, args: list[str], said: str) -> None:
    done = await program.run(*args)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert "See: sse-tui --help" in done.err


@pytest.mark.parametrize("args", [[], ["demo"]])
async def test_without_a_terminal_the_screen_says_what_to_use(
    program: Program, args: list[str]
) -> None:
    done = await program.run(*args)
    assert (done.code, done.out) == (2, "")
    assert "needs a terminal" in done.err
    assert "sse-tui tail" in done.err


async def test_the_shell_can_complete_commands_and_options(program: Program) -> None:
    program.environ |= {
        "_SSE_TUI_COMPLETE": "bash_complete",
        "COMP_WORDS": "sse-tui ta",
        "COMP_CWORD": "1",
    }
    assert "tail" in (await program.run()).out
    program.environ |= {"COMP_WORDS": "sse-tui tail --exit", "COMP_CWORD": "2"}
    assert "--exit-idle" in (await program.run()).out


def test_the_unexpected_goes_to_the_log_file_with_its_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "debug.log"
    with pytest.raises(ZeroDivisionError) as caught:
        _ = 1 // 0
    assert report_unexpected(caught.value, log) == 1
    said = capsys.readouterr().err
    assert str(log) in said
    assert "Traceback" not in said
    assert "Traceback" in log.read_text()
    assert "_ = 1 // 0" in log.read_text()


def test_without_a_log_file_the_unexpected_gets_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert report_unexpected(ValueError("odd \x1b[31m"), None) == 1
    said = capsys.readouterr().err
    assert "\x1b" not in said
    (crash,) = tmp_path.rglob("crash-*.log")
    assert str(crash) in said
    assert f"-{os.getpid()}.log" in crash.name


@pytest.mark.parametrize(
    ("closed", "code", "out"),
    [
        ("<&-", 0, b"1\n"),
        ("2>&-", 0, b"1\n"),
        ("<&- 2>&-", 0, b"1\n"),
        (">&-", 2, b"sse-tui: Standard output is closed\n  Send it to a file: > FILE\n"),
    ],
)
async def test_a_closed_standard_stream_harms_nothing(
    program: Program, closed: str, code: int, out: bytes
) -> None:
    async with WireServer([Answer(write=[b"data: 1\n\n"], end="hold")]) as server:
        kept = "exec 3>&1; " + ("exec 2>&3; " if code else "")
        process = await asyncio.create_subprocess_shell(
            f"{kept}{sys.executable} -m sse_tui tail --raw --count 1 {server.url} 3>&- {closed}",
            cwd=program.folder,
            env=program.environ,
            stdout=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(LIMIT_S):
            assert (await process.communicate())[0] == out
        assert process.returncode == code
