from __future__ import annotations

import asyncio
import shutil
import sys
from asyncio.subprocess import PIPE, create_subprocess_exec
from pathlib import Path

import pytest
from peers.hub_process import ServedHub
from peers.program import Program
from peers.wire_server import Answer, WireServer

CONFIG = """
default_profile = "one"
[profiles.one]
url = "http://example.invalid"
topics = ["orders.eu", "orders.us", "odd name"]
[profiles.two]
url = "http://example.invalid"
topics = ["people"]
"""


async def completed(program: Program, *words: str) -> list[str]:
    """What may stand in the place of the last word."""
    program.environ |= {
        "_SSE_TUI_COMPLETE": "bash_complete",
        "COMP_WORDS": "\n".join(("sse-tui", *words)),
        "COMP_CWORD": str(len(words)),
    }
    done = await program.run()
    assert (done.code, done.err) == (0, "")
    return [line.partition(",")[2] for line in done.out.splitlines() if line]


async def test_commands_and_options_are_completed(program: Program) -> None:
    assert await completed(program, "ta") == ["tail"]
    assert set(await completed(program, "")) >= {"tail", "wait", "send", "completion"}
    assert await completed(program, "tail", "--exit") == ["--exit-idle"]
    assert "--log-file" in await completed(program, "--lo")


async def test_choices_and_files_are_completed(program: Program) -> None:
    assert await completed(program, "tail", "--time", "") == [
        *("clock", "iso", "relative", "delta", "none")
    ]
    assert await completed(program, "completion", "") == ["bash", "zsh", "fish"]
    assert await completed(program, "tail", "--output", "x") == ["x"]  # left to the shell


async def test_names_of_dialects_and_profiles_are_completed(program: Program) -> None:
    program.config_file.write_text(CONFIG)
    (program.folder / "sse-tui.toml").write_text("[profiles.three]\nurl = 'http://h'\n")
    assert await completed(program, "tail", "--dialect", "n") == ["nchan", "ntfy", "ndjson"]
    assert await completed(program, "--profile", "") == ["one", "two", "three"]
    assert await completed(program, "tail", "--profile", "th") == ["three"]


async def test_topics_of_the_profile_are_completed(program: Program) -> None:
    program.config_file.write_text(CONFIG)
    assert await completed(program, "tail", "o") == ["orders.eu", "orders.us"]
    assert await completed(program, "--profile", "two", "tail", "--raw", "") == ["people"]
    assert await completed(program, "wait", "--profile", "two", "") == ["people"]


async def test_a_broken_configuration_completes_nothing_and_says_nothing(program: Program) -> None:
    program.config_file.write_text("[profiles\n")
    assert await completed(program, "tail", "--profile", "") == []


async def test_topics_of_a_hub_on_this_machine_are_completed(
    program: Program, tmp_path: Path
) -> None:
    async with ServedHub(tmp_path / "hub") as hub:
        await program.run("send", "--url", hub.url, "user_events", "1")
        assert await completed(program, "--url", hub.url, "tail", "us") == ["user_events"]
        assert await completed(program, "send", "--url", hub.url, "us") == ["user_events"]


async def test_a_server_that_hangs_or_babbles_does_not_hold_up_the_shell(program: Program) -> None:
    async with (
        WireServer(lambda _: Answer(0, end="hold")) as silent,
        WireServer(lambda _: Answer(200)) as odd,
    ):
        async with asyncio.timeout(5):
            assert await completed(program, "--url", silent.url, "tail", "") == []
            assert await completed(program, "--url", odd.url, "tail", "") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
async def test_the_script_of_each_shell_is_printed(program: Program, shell: str) -> None:
    done = await program.run("completion", shell)
    assert (done.code, done.err) == (0, "")
    assert f"_SSE_TUI_COMPLETE={shell}_complete" in done.out


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
async def test_a_real_bash_completes_with_the_script(program: Program) -> None:
    folder = Path(program.environ["HOME"])
    command = folder / "sse-tui"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m sse_tui "$@"\n')
    command.chmod(0o755)
    script = """
        eval "$(sse-tui completion bash)"
        COMP_WORDS=(sse-tui tail --until x --exi) COMP_CWORD=4
        $(complete -p sse-tui | sed 's/.*-F \\([^ ]*\\) .*/\\1/') sse-tui
        printf '%s\\n' "${COMPREPLY[@]}"
    """
    environ = {**program.environ, "PATH": f"{folder}:{program.environ['PATH']}"}
    process = await create_subprocess_exec(
        "bash", "--norc", "-c", script, env=environ, cwd=program.folder, stdout=PIPE
    )
    async with asyncio.timeout(20):
        out, _ = await process.communicate()
    assert out.decode().split() == ["--exit-idle"]
