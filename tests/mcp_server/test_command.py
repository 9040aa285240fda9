from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from mcp import Client
from mcp.client.sse import sse_client
from mcp_server.connections import PATIENCE_S, call
from peers.program import Program

from sse_tui import __version__

QUICK_S = 5.0


@pytest.fixture
async def program(tmp_path: Path) -> AsyncIterator[Program]:
    program = Program(tmp_path)
    yield program
    await program.end_all()


async def test_over_http_it_prints_its_addresses_and_serves_until_a_signal(
    program: Program, hub_url: str, topic: str
) -> None:
    running = await program.start("--url", hub_url, "mcp")
    line = json.loads(await running.line())
    assert set(line) == {"url", "sse_url", "mcp_url", "token", "pid"}
    assert line["pid"] == running.process.pid
    assert f"the events of {hub_url}" in await running.note("MCP")
    headers = {"Authorization": f"Bearer {line['token']}"}
    async with Client(sse_client(line["sse_url"], headers=headers)) as client:
        assert client.server_info is not None
        assert client.server_info.version == __version__
        await call(client, "subscribe", topic=topic)
        began = time.monotonic()
        finished = await running.stop(signal.SIGTERM)
    assert time.monotonic() - began < QUICK_S
    assert (finished.code, finished.out, finished.err) == (143, "", "")


async def test_a_token_of_ones_own_is_used(program: Program, hub_url: str) -> None:
    program.environ["SSE_TUI_MCP_TOKEN"] = "of-ones-own"
    running = await program.start("--url", hub_url, "mcp", "--port", "0")
    line = json.loads(await running.line())
    assert line["token"] == "of-ones-own"
    async with httpx2.AsyncClient(trust_env=False) as client:
        assert (await client.get(line["sse_url"])).status_code == 401


async def test_stdio_ends_with_its_input(program: Program, hub_url: str) -> None:
    began = time.monotonic()
    finished = await program.run("--url", hub_url, "mcp", "--stdio", stdin=b"")
    assert (finished.code, finished.out, finished.err) == (0, "", "")
    assert time.monotonic() - began < QUICK_S


async def test_stdio_takes_its_input_from_a_file_too(program: Program, hub_url: str) -> None:
    request = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": INITIALIZE}
    file = program.folder / "input"
    file.write_bytes(json.dumps(request).encode() + b"\n")
    with file.open("rb") as stdin:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "sse_tui", "--url", hub_url, "mcp", "--stdio"),
            env=program.environ,
            stdin=stdin,
            stdout=asyncio.subprocess.PIPE,
        )
    async with asyncio.timeout(PATIENCE_S):
        out, _ = await process.communicate()
    assert process.returncode == 0
    answer = json.loads(out)
    assert answer["result"]["serverInfo"]["name"] == "sse-tui"


INITIALIZE = {
    "protocolVersion": "2025-11-25",
    "capabilities": {},
    "clientInfo": {"name": "test", "version": "1"},
}


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129)]
)
async def test_a_signal_ends_stdio_while_it_waits_for_input(
    program: Program, hub_url: str, number: int, code: int
) -> None:
    running = await program.start("--url", hub_url, "mcp", "--stdio", stdin=True)
    assert running.process.stdin is not None
    request = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": INITIALIZE}
    running.process.stdin.write(json.dumps(request).encode() + b"\n")
    assert json.loads(await running.line())["id"] == 1
    os.kill(running.process.pid, number)
    began = time.monotonic()
    await running.process.wait()
    assert time.monotonic() - began < QUICK_S
    assert running.process.returncode == code


async def test_a_line_that_is_no_json_does_not_end_it(program: Program, hub_url: str) -> None:
    running = await program.start("--url", hub_url, "mcp", "--stdio", stdin=True)
    assert running.process.stdin is not None
    request = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": INITIALIZE}
    running.process.stdin.write(b"what is this\n\xff\xfe\n" + json.dumps(request).encode() + b"\n")
    assert json.loads(await running.line())["id"] == 1
    running.process.stdin.close()
    assert (await running.finish()).code == 0


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--stdio", "--port", "3000"), "Leave --port or --stdio out"),
        (("--port", "65536"), "65536"),
        (("--host", "not an address"), "cannot listen"),
        (("--nothing",), "--nothing"),
    ],
)
async def test_wrong_usage_is_a_clear_sentence_and_exit_code_2(
    program: Program, hub_url: str, args: tuple[str, ...], words: str
) -> None:
    finished = await program.run("--url", hub_url, "mcp", *args)
    assert (finished.code, finished.out) == (2, "")
    assert words in finished.err
    assert "Traceback" not in finished.err
