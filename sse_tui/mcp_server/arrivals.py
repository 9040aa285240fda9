"""Wakes what waits for rows: one observer of the service for all tool calls and notifications."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

import anyio

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
        self._closed = False
        self.listeners: list[Callable[[str], None]] = []

    async def run(self) -> None:
        """Observe the service until cancelled or until it closes."""
        async for batch in self._service.batches():
            self._wake(batch.topic)
            for listener in self.listeners:
                listener(batch.topic)

    async def wait_until(
        self, condition: Callable[[], bool], topic: str, *, seconds: float
    ) -> None:
        """Return when the condition holds, looked at whenever rows of `topic` have arrived.

        Returns as well after `seconds`, and when the server stops: a call that waits then still
        gets its answer.
        """
        with anyio.move_on_after(seconds):
            while not condition() and not self._closed:
                await self._waiting.setdefault(topic, asyncio.Event()).wait()

    def close(self) -> None:
        """Let nobody wait any more."""
        self._closed = True
        for topic in list(self._waiting):
            self._wake(topic)

    def _wake(self, topic: str) -> None:
        arrived = self._waiting.pop(topic, None)
        if arrived is not None:
            arrived.set()
