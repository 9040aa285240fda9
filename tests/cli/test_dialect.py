"""`--dialect` and a profile's `dialect`: the commands against a server of another kind."""

from __future__ import annotations

from pathlib import Path

import pytest
from peers.nchan import ABSENT, NchanServer
from peers.program import Program
from peers.wire_server import Answer, WireServer


@pytest.mark.skipif(bool(ABSENT), reason=ABSENT)
async def test_send_and_tail_meet_at_a_real_nchan(program: Program, tmp_path: Path) -> None:
    async with NchanServer(tmp_path) as nchan:
        server = ("--url", nchan.url, "--dialect", "nchan")
        sent = await program.run("send", *server, "--event", "login", "users", '{"a": 1}')
        assert (sent.code, sent.err) == (0, "")
        seen = await program.run("tail", *server, "--json", "--count", "1", "users")
    assert seen.code == 0
    (event,) = [row for row in seen.json_lines() if row["kind"] == "event"]
    assert (event["id"], event["event"], event["data"]) == (sent.out.strip(), "login", '{"a": 1}')


async def test_a_profile_names_the_kind_of_server(program: Program) -> None:
    async with WireServer([Answer(write=[b"data: 1\n\n"])]) as server:
        program.config_file.write_text(f'[profiles.n]\nurl = "{server.url}"\ndialect = "ntfy"\n')
        done = await program.run("wait", "--profile", "n", "alerts")
        assert (done.code, server.requests[0].path) == (0, "/alerts/sse")


async def test_an_unknown_dialect_is_wrong_usage(program: Program) -> None:
    done = await program.run("send", "--dialect", "mqtt", "a", "1")
    assert done.code == 2
    assert "'mqtt'" in done.err
    assert "nchan" in done.err
