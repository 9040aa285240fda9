"""What tests ask of a stream's rows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from sse_tui.client.service import EventService
from sse_tui.client.subscription import Subscription
from sse_tui.events.model import Event, Row, StateChange, StreamState

RowT = TypeVar("RowT")

LIMIT_S = 5
"""How long a test waits for anything."""


def rows_of(subscription: Subscription) -> list[Row]:
    log = subscription.log
    return log.read(log.first_number, log.next_number - log.first_number)


def of_kind(subscription: Subscription, kind: type[RowT]) -> list[RowT]:
    return [row for row in rows_of(subscription) if isinstance(row, kind)]


def data_and_ids(subscription: Subscription) -> list[list[str]]:
    return [[row.data, row.id] for row in of_kind(subscription, Event)]


def states_of(subscription: Subscription) -> list[StreamState]:
    return [row.state for row in of_kind(subscription, StateChange)]


async def until(service: EventService, condition: Callable[[], bool]) -> None:
    """Return when the condition holds; looked at whenever rows have arrived."""
    batches = service.batches()
    async with asyncio.timeout(LIMIT_S):
        while not condition():
            await anext(batches)


async def ended(subscription: Subscription) -> None:
    """Return when the stream has stopped or failed for good."""
    async with asyncio.timeout(LIMIT_S):
        await subscription.ended()
