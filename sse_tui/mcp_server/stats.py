"""The figures of a subscription, as the tool `topic_stats` gives them."""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sse_tui.events.log import EventLog
from sse_tui.events.model import Event
from sse_tui.mcp_server import arguments as args
from sse_tui.mcp_server.answers import StatsAnswer, TopicStats, TypeCount
from sse_tui.mcp_server.lookup import log_of, state_of
from sse_tui.mcp_server.pages import utc

if TYPE_CHECKING:
    from sse_tui.client.service import EventService
    from sse_tui.client.subscription import Subscription
    from sse_tui.mcp_server.sessions import McpClients

NEWEST_ROWS = 1_000
TYPES_AT_MOST = 20
TOPICS_AT_MOST = 50


class StatsTool:
    """Tells how the subscriptions are doing.

    Args:
        service: the client service.
        clients: tells which holds are the calling client's own.
    """

    def __init__(self, service: EventService, clients: McpClients) -> None:
        self._service = service
        self._clients = clients

    async def topic_stats(self, topics: args.Topics = None) -> StatsAnswer:
        """Figures of some or all subscriptions."""
        names = list(self._service.logs) if topics is None else list(dict.fromkeys(topics))
        more = len(names) - TOPICS_AT_MOST
        return StatsAnswer(
            topics=[self._stats(name) for name in names[:TOPICS_AT_MOST]],
            hint=f"{more} more are left out: name the topics you want." if more > 0 else "",
        )

    def _stats(self, topic: str) -> TopicStats:
        log = log_of(self._service, topic)
        subscription = self._service.subscriptions.get(topic)
        state, detail = state_of(self._service, topic)
        types, counted = _types(log)
        newest_ns = log.received_at_ns(log.next_number - 1)
        return TopicStats(
            topic=topic,
            state=state,
            state_detail=detail,
            status=subscription.status if subscription else None,
            attempt=subscription.attempt if subscription else 0,
            events_received=log.events,
            per_second=_rate(subscription),
            rows_kept=len(log),
            bytes_kept=log.bytes,
            first_number=log.first_number,
            next_number=log.next_number,
            dropped=log.dropped,
            duplicates=subscription.duplicates if subscription else 0,
            lost=subscription.lost if subscription else 0,
            last_event_id=subscription.last_event_id if subscription else "",
            last_received_at=None if newest_ns is None else _utc_of(newest_ns),
            types=types,
            types_over=counted,
            held_by=self._holders(subscription),
        )

    def _holders(self, subscription: Subscription | None) -> list[str]:
        own = self._clients.current.owner
        owners = sorted(subscription.owners) if subscription else []
        named = ("you" if owner == own else _holder(owner) for owner in owners)
        return list(dict.fromkeys(named))


def _types(log: EventLog) -> tuple[list[TypeCount], int]:
    rows = log.read(log.next_number - NEWEST_ROWS, NEWEST_ROWS)
    counts = Counter(row.type for row in rows if isinstance(row, Event))
    most = counts.most_common(TYPES_AT_MOST)
    return [TypeCount(type=type_, count=count) for type_, count in most], len(rows)


def _rate(subscription: Subscription | None) -> float:
    return round(subscription.rates.per_second(time.monotonic()), 1) if subscription else 0.0


def _holder(owner: str) -> str:
    return "another MCP client" if owner.startswith("mcp:") else owner


def _utc_of(ns: int) -> str:
    return utc(datetime.fromtimestamp(ns / 1e9, UTC))
