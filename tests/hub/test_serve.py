from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest


async def serve(*options: str, env: Mapping[str, str] | None = None) -> Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "sse_tui", "serve", *options),
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        env=os.environ | dict(env or {}),
    )


async def first_line(process: Process) -> dict[str, object]:
    assert process.stdout is not None
    async with asyncio.timeout(30):
        facts: dict[str, object] = json.loads(await process.stdout.readline())
    return facts


async def end_of(process: Process) -> tuple[int | None, str, str]:
    async with asyncio.timeout(30):
        out, notes = await process.communicate()
    return process.returncode, out.decode(), notes.decode()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
async def test_one_json_line_then_a_clean_end(tmp_path: Path, number: signal.Signals) -> None:
    process = await serve("--port", "0", "--data-dir", str(tmp_path / "events"))
    facts = await first_line(process)
    assert facts["data_dir"] == str(tmp_path / "events")
    assert facts["pid"] == process.pid
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(f"{facts['url']}/health")
    assert answer.json()["status"] == "ok"
    process.send_signal(number)
    code, out, notes = await end_of(process)
    assert (code, out) == (0, "")
    assert str(facts["url"]) in notes
    assert "Traceback" not in notes


async def test_it_ends_with_its_parents_pipe(tmp_path: Path) -> None:
    process = await serve("--port", "0", "--data-dir", str(tmp_path), "--parent-stdin")
    await first_line(process)
    assert process.stdin is not None
    process.stdin.close()
    assert await end_of(process) == (0, "", "")  # and not a word


async def test_settings_from_the_environment(tmp_path: Path) -> None:
    env = {"SSE_TUI_DATA_DIR": str(tmp_path / "named"), "SSE_TUI_TOKEN": "s3cret"}
    process = await serve("--port", "0", env=env)
    facts = await first_line(process)
    assert facts["data_dir"] == str(tmp_path / "named")
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(f"{facts['url']}/health")
    assert answer.status_code == 401
    process.terminate()
    code, _, notes = await end_of(process)
    assert code == 0
    assert "s3cret" not in notes


async def test_the_users_data_folder_is_the_default(tmp_path: Path) -> None:
    env = {"XDG_DATA_HOME": str(tmp_path), "HOME": str(tmp_path), "SSE_TUI_DATA_DIR": ""}
    process = await serve("--port", "0", env=env)
    facts = await first_line(process)
    assert Path(str(facts["data_dir"])).is_relative_to(tmp_path)
    process.terminate()
    await end_of(process)


@pytest.mark.parametrize(
    "options",
    [
        ("--token", ""),
        ("--token", "a\nb"),
        ("--port", "65536"),
        ("--port", "x"),
        ("--keep-events", "0"),
        ("--host", "no.such.host.invalid"),
        ("--host", "192.0.2.1", "--token", "t"),
        ("--no-such-option",),
    ],
    ids=lambda options: " ".join(map(repr, options)),
)
async def test_wrong_usage_is_exit_2_with_a_sentence(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    process = await serve("--port", "0", "--data-dir", str(tmp_path), *options)
    code, out, notes = await end_of(process)
    assert (code, out) == (2, "")
    assert notes.startswith("sse-tui: ")
    assert "Traceback" not in notes


async def test_retention_is_settable(tmp_path: Path) -> None:
    process = await serve("--port", "0", "--data-dir", str(tmp_path), "--keep-events", "10")
    url = (await first_line(process))["url"]
    headers = {"Content-Type": "application/x-ndjson"}
    async with httpx.AsyncClient(trust_env=False) as client:
        for _ in range(2):
            body = "\n".join(map(str, range(50)))
            await client.post(f"{url}/events/t", content=body, headers=headers)
        await client.post(f"{url}/events/u", content="1", headers=headers)
        topics = (await client.get(f"{url}/topics")).json()
    process.terminate()
    await end_of(process)
    assert sum(topic["events"] for topic in topics) <= 11
