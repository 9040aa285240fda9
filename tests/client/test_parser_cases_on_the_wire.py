"""Every wire case of the decoder on its whole way: raw server, HTTP, service, log."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from peers.clocks import HastyClock
from peers.wire_server import EVENT_STREAM, Answer, WireServer

from sse_tui.client.request import last_event_id_header
from sse_tui.client.service import EventService
from sse_tui.events.model import Comment, Event, Retry

from .rows import ended, of_kind, until

Case = dict[str, Any]
FILE = Path(__file__).parents[1] / "conformance" / "parser_cases.json"
CASES: list[Case] = json.loads(FILE.read_text("utf-8"))

# One service for all cases: each is a stream of its own, and TLS is loaded once.
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def service() -> AsyncIterator[EventService]:
    async with EventService(clock=HastyClock()) as service:
        yield service


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
async def test_parser_case(case: Case, service: EventService) -> None:
    expected = case["expect"]
    answer = Answer(
        headers=EVENT_STREAM | case["headers"],
        write=[base64.b64decode(chunk) for chunk in case["chunks"]],
        end="hold" if case.get("stay_open") else "close",
    )
    async with WireServer([answer]) as server:
        subscription = await service.subscribe(f"{server.url}/{case['name']}")
        if case.get("stay_open"):
            await until(service, lambda: subscription.log.events == len(expected["events"]))
            answer.held.set()
        await ended(subscription)
        await service.unsubscribe(subscription.target)

        events = of_kind(subscription, Event)
        assert [{"type": e.type, "data": e.data, "id": e.id} for e in events] == expected["events"]
        assert subscription.last_event_id == expected["final_last_event_id"]
        sent = server.requests[1].headers.get("last-event-id")
        assert sent == last_event_id_header(expected["final_last_event_id"])
    if "final_retry_ms" in expected:
        retries: list[int | None] = [row.ms for row in of_kind(subscription, Retry)]
        assert [None, *retries][-1] == expected["final_retry_ms"]
    if "comments" in expected:
        comments = [row.text for row in of_kind(subscription, Comment)]
        assert comments == [text.removeprefix(" ") for text in expected["comments"]]
