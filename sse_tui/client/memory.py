"""Keeps the rows of all streams together within one bound."""

from __future__ import annotations

from collections.abc import Mapping

from sse_tui.events.log import EventLog


class MemoryBound:
    """Trims the largest logs when all together are over the bound.

    Args:
        logs: all logs by topic; looked at, not copied.
        max_bytes: bytes that all may have together.

    Attributes:
        total: bytes that all have together.
    """

    def __init__(self, logs: Mapping[str, EventLog], max_bytes: int) -> None:
        self.total = 0
        self._logs = logs
        self._max_bytes = max_bytes
        self._sizes: dict[str, int] = {}

    def rows_arrived(self, log: EventLog) -> None:
        """A log has changed; trim if that crossed the bound."""
        size = log.bytes
        self.total += size - self._sizes.get(log.topic, 0)
        self._sizes[log.topic] = size
        if self.total > self._max_bytes:
            self._trim()

    def forget(self, topic: str) -> None:
        """A log is gone."""
        self.total -= self._sizes.pop(topic, 0)

    def _trim(self) -> None:
        # Somewhat below the bound, so that a stream in flood does not trim at every chunk.
        excess = self.total - self._max_bytes * 31 // 32
        for log in sorted(self._logs.values(), key=lambda log: log.bytes, reverse=True):
            before = log.bytes
            log.trim(max(0, before - excess))
            freed = before - log.bytes
            self.total -= freed
            excess -= freed
            self._sizes[log.topic] = log.bytes
            if excess <= 0:
                return
