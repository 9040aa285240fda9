"""Every connection case: scripts are played by the raw server, the rest is proved elsewhere."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest
from peers.clocks import HastyClock
from peers.wire_server import Answer, Request, WireServer

from sse_tui.client.clock import Clock
from sse_tui.client.options import StreamOptions
from sse_tui.client.service import EventService

from .rows import data_and_ids

Case = dict[str, Any]
FILE = Path(__file__).parents[1] / "conformance" / "connection_cases.json"
ALL: list[Case] = json.loads(FILE.read_text("utf-8"))
CASES = [case for case in ALL if "script" in case]
STRICT = {"status/429", "status/500", "status/502", "status/503", "status/504"}


def test_the_case_file_is_whole() -> None:
    assert len(CASES) == 31


def test_every_case_without_a_script_is_proved_by_a_test_of_the_program() -> None:
    tests = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    marks = re.findall(r"^@pytest\.mark\.proves\(([^)]*)\)", tests, re.MULTILINE)
    proved = {name for mark in marks for name in re.findall(r'"([^"]+)"', mark)}
    assert proved == {case["name"] for case in ALL if "script" not in case}


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
async def test_connection_case(case: Case) -> None:
    check = case["check"]
    script = [
        Answer.from_case(entry, next_path=f"/next{index}")
        for index, entry in enumerate(case["script"])
    ]
    # The policy of delays has tests of its own; here it only costs time, but where it is checked.
    clock = Clock() if "within_s" in check else HastyClock()
    options = StreamOptions(strict=case["name"] in STRICT)
    async with WireServer(script) as server, EventService(clock=clock) as service:
        async with asyncio.timeout(check.get("within_s", 5)):
            subscription = await service.subscribe(f"{server.url}/first", options=options)
            await subscription.ended()
        if "events" in check:
            assert data_and_ids(subscription) == check["events"]
        check_requests(check, server.requests)


def check_requests(check: dict[str, Any], requests: list[Request]) -> None:
    assert check.get("requests", len(requests)) == len(requests)
    assert check.get("min_requests", 1) <= len(requests)
    assert len(requests) <= check.get("max_requests", len(requests))
    for number, headers in check.get("header", {}).items():
        for name, value in headers.items():
            assert requests[int(number) - 1].headers.get(name) == value, (number, name)
