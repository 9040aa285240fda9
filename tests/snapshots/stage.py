"""The real app over streams whose rows and clocks stand still: what the pictures are taken of."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from sse_tui.agent.updates import ApprovalNeeded, TextDelta, ToolFinished, ToolStarted, Update
from sse_tui.client.clock import Clock
from sse_tui.client.connection import StreamPlan, Surroundings
from sse_tui.client.dialects.registry import dialect
from sse_tui.client.hub_api import TopicInfo
from sse_tui.client.lazy_transport import LazyTransport
from sse_tui.client.observers import Notifier, Observer
from sse_tui.client.options import ClientOptions, StreamOptions
from sse_tui.client.request import HttpRequest
from sse_tui.client.subscription import Subscription
from sse_tui.events.log import EventLog
from sse_tui.events.model import (
    UNNUMBERED,
    Certainty,
    Comment,
    EventFrame,
    Gap,
    Note,
    StateChange,
    StreamState,
)
from sse_tui.tui.app import SseTuiApp
from sse_tui.tui.setup import AppSetup

if TYPE_CHECKING:
    from sse_tui.client.service import EventService

NOW = datetime(2024, 1, 1, 14, 2, 31, tzinfo=UTC)
NOW_S = 1000.0
URL = "http://127.0.0.1:3000"

Timed = tuple[float, EventFrame | Note]
"""A row and how many seconds before now it arrived."""


class StoppedClock(Clock):
    """The moment of the pictures."""

    def now(self) -> float:
        return NOW_S

    def wall_ns(self) -> int:
        return int(NOW.timestamp()) * 10**9


@dataclass(frozen=True)
class StagedStream:
    """What a stream holds and how it stands."""

    rows: Sequence[Timed]
    state: StreamState = StreamState.OPEN
    status: int | None = 200
    detail: str = ""
    attempt: int = 0
    retry_in_s: float | None = None


class StagedService:
    """What the screen knows of the service, with real streams that have said all they ever will."""

    def __init__(self, streams: Mapping[str, StagedStream]) -> None:
        self.url: str | None = URL
        self.subscriptions: dict[str, Subscription] = {}
        self.logs: dict[str, EventLog] = {}
        self.staged = streams
        self._notifier = Notifier()
        self._around = Surroundings(LazyTransport(ClientOptions()).get, self._tell, StoppedClock())

    def use_server(self, url: str | None) -> None:
        """It is there already."""

    def batches(self) -> Observer:
        """Which rows arrive from now on."""
        return self._notifier.observe()

    def is_url(self, target: str) -> bool:
        """All that is staged is a topic."""
        return False

    async def list_topics(self) -> list[TopicInfo]:
        """The hub holds what is watched, and nothing else."""
        return []

    async def subscribe(self, target: str) -> Subscription:
        """Put the stream on the stage as it stands."""
        staged = self.staged[target]
        log = self.logs.setdefault(target, EventLog(target))
        request = HttpRequest("GET", f"{URL}/events/{target}")
        plan = StreamPlan(target, request, dialect("hub"), StreamOptions())
        stream = self.subscriptions[target] = Subscription(plan, log, self._around)
        stream.owners = frozenset({"user"})
        stream.state, stream.status = staged.state, staged.status
        stream.state_detail, stream.attempt = staged.detail, staged.attempt
        if staged.retry_in_s is not None:
            stream.retry_at = NOW_S + staged.retry_in_s
        for ago, row in staged.rows:
            self._tell(log, log.extend([row], int((NOW.timestamp() - ago) * 1e9)))
            if isinstance(row, tuple):
                stream.rates.add(1, NOW_S - ago)
        return stream

    def _tell(self, log: EventLog, first: int) -> None:
        self._notifier.rows_arrived(log.topic, first, log.next_number)


@dataclass
class StagedCompanion:
    """Stands for the hub or the MCP server."""

    status: str = ""
    url: str = URL
    token: str | None = None

    async def start(self) -> None:
        """Nothing is to be done."""

    async def stop(self) -> None:
        """Nothing is to be done."""


@dataclass
class StagedConversation:
    """Plays one turn, up to the approval that it waits for."""

    label: str = "offline assistant"
    updates: Sequence[Update] = field(default_factory=tuple)

    async def start(self) -> None:
        """Nothing is to be done."""

    async def stop(self) -> None:
        """Nothing is to be done."""

    def cancel(self) -> None:
        """The picture ends before it is."""

    async def ask(self, question: str) -> AsyncIterator[Update]:
        for update in self.updates:
            yield update
        await asyncio.Event().wait()


def event(type_: str, data: str, number: int) -> EventFrame:
    return (type_, data, f"7f3c-{number}", True, None)


def opening(ago: float) -> list[Timed]:
    """How a stream of the hub begins."""
    return [
        (ago, StateChange(*UNNUMBERED, StreamState.CONNECTING, "", None, 1)),
        (ago - 0.1, StateChange(*UNNUMBERED, StreamState.OPEN, "", 200, 1)),
        (ago - 0.1, Comment(*UNNUMBERED, "live")),
    ]


def logins(count: int, ago: float) -> list[Timed]:
    """Logins, some of them failed, a second and a bit apart."""
    rows: list[Timed] = []
    for n in range(count):
        failed = n % 3 == 2
        action, latency = ("failed", 230 + n) if failed else ("logged_in", 38 + n)
        data = f'{{"user_id":"user{120 + n}","action":"{action}","latency":{latency}}}'
        type_ = "logout" if n % 7 == 6 else "login"
        rows.append((ago - 1.13 * n, event(type_, data, 4521 + n)))
    return rows


USERS = StagedStream([*opening(29.0), *logins(24, 28.5)])
SYSTEM = StagedStream(
    [
        *opening(29.0),
        (28.0, event("startup", '{"type":"startup","message":"System initialized"}', 4519)),
        (9.0, Comment(*UNNUMBERED, "keep-alive")),
        (4.0, event("health", '{"service":"api","status":"ok","cpu":0.34}', 4546)),
    ]
)
DATA = StagedStream(
    [
        *opening(29.0),
        (27.0, event("update", '{"dataset":"analytics","records":1500}', 4520)),
        (6.5, event("update", '{"dataset":"orders","records":1512}', 4545)),
    ]
)
STREAMS = {"user_events": USERS, "system_events": SYSTEM, "data_events": DATA}

BROKEN = StagedStream(
    [
        *opening(29.0),
        *logins(6, 28.0),
        (19.0, StateChange(*UNNUMBERED, StreamState.WAITING, "Connection refused", None, 2, 4000)),
    ],
    state=StreamState.WAITING,
    status=None,
    detail="Connection refused",
    attempt=3,
    retry_in_s=4.0,
)
REFUSED = StagedStream(
    [(20.0, StateChange(*UNNUMBERED, StreamState.FAILED, "Not allowed", 401, 1))],
    state=StreamState.FAILED,
    status=401,
    detail="Not allowed",
)
RESUMED = StagedStream(
    [
        *opening(29.0),
        *logins(5, 28.5),
        (8.0, Gap(*UNNUMBERED, 12.0, "7f3c-4525")),
        (8.0, StateChange(*UNNUMBERED, StreamState.OPEN, "", 200, 3)),
        *logins(2, 7.9),
        (5.0, Gap(*UNNUMBERED, 12.0, "7f3c-4525", 2, 0, 0, Certainty.NONE_LOST, 9)),
        (5.0, Comment(*UNNUMBERED, "live")),
        *logins(2, 4.0),
        (1.0, Gap(*UNNUMBERED, 61.5, "7f3c-4530", None, None, 7, Certainty.LOST)),
        *logins(1, 0.5),
    ]
)

FAILED_CALL = {"query": "data.action:failed", "topic": "user_events"}
ALERT = {
    "topic": "ops.alerts",
    "event_type": "alert",
    "data": {"level": "warn", "text": "3 slow failed logins"},
}
TURN: tuple[Update, ...] = (
    ToolStarted("c1", "search_events", FAILED_CALL),
    ToolFinished("c1", True, "3 events", 12),
    TextDelta("Three logins failed, all slower than 230 ms:\n\n"),
    TextDelta("- user122 [user_events#6] **232 ms**\n- user125 [user_events#9] **235 ms**\n"),
    ApprovalNeeded("c2", "send_event", ALERT),
)


def staged_app(
    streams: Mapping[str, StagedStream] = STREAMS,
    *,
    theme: str = "sse-dark",
    updates: Sequence[Update] = (),
) -> SseTuiApp:
    """The app over these streams, with an agent that plays `updates`."""
    conversation = StagedConversation(updates=updates)
    setup = AppSetup(
        profile="local",
        topics=tuple(streams),
        theme=theme,
        hub=StagedCompanion("embedded hub"),
        mcp=StagedCompanion(),
        conversation=lambda url, token: conversation,  # type: ignore[arg-type,return-value]
        now=lambda: NOW,
        monotonic=StoppedClock().now,
    )
    return SseTuiApp(cast("EventService", StagedService(streams)), setup=setup)
