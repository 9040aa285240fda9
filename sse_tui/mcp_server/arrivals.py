"""Wakes what waits for rows: one observer of the service for all tool calls and notifications."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sse_tui.client.service import EventService


class Arrivals:
    """The news that a topic has new rows.

    Args:
        service: whose batches are observed, while `run` runs.
    """

    def __init__(self, service: EventService) -> None:
        self._service = service
        self._waiting: dict[str, asyncio.Event] = {}
        self.listeners: list[Callable[[str], None]] = []

    async def run(self) -> None:
        """Observe the service until cancelled or until it closes."""
        async for batch in self._service.batches():
            arrived = self._waiting.pop(batch.topic, None)
            if arrived is not None:
                arrived.set()
            for listener in self.listeners:
                listener(batch.topic)

    async def next(self, topic: str) -> None:
        """Return once rows of `topic` (events or notes) have arrived after this call."""
        await self._waiting.setdefault(topic, asyncio.Event()).wait()
