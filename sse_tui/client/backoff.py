"""When a stream is asked for again: pure arithmetic over what the server said and what failed."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

DEFAULT_RECONNECTION_MS = 1_000
MIN_RECONNECTION_MS = 100
MAX_RECONNECTION_MS = 300_000
MAX_BACKOFF_S = 30.0
JITTER = 0.2
STEADY_AFTER_S = 60.0
MAX_RETRY_AFTER_S = 86_400.0


def reconnection_s(retry_ms: int | None) -> float:
    """The reconnection time in seconds; a server's `retry` is held between 100 ms and 5 min."""
    if retry_ms is None:
        return DEFAULT_RECONNECTION_MS / 1000
    return min(max(retry_ms, MIN_RECONNECTION_MS), MAX_RECONNECTION_MS) / 1000


def retry_after_s(value: str, now: datetime) -> float | None:
    """Seconds until the time that a `Retry-After` header names (RFC 9110, section 10.2.3).

    Args:
        value: the header: seconds, or an HTTP date.
        now: the time of the answer, with a zone.

    Returns:
        0 up to a day; None where the value says nothing.
    """
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(float(text), MAX_RETRY_AFTER_S)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max((moment - now).total_seconds(), 0.0), MAX_RETRY_AFTER_S)


class Backoff:
    """The delays of one stream, one connection after another.

    Args:
        uniform: draws the jitter; `random.uniform` or a stand-in with its shape.
    """

    def __init__(self, uniform: Callable[[float, float], float] = random.uniform) -> None:
        self.retry_ms: int | None = None
        self.failures = 0
        self._uniform = uniform

    @property
    def base_s(self) -> float:
        """The reconnection time now in force, in seconds."""
        return reconnection_s(self.retry_ms)

    def was_open(self, seconds: float) -> None:
        """A connection was open for so long; a steady one clears the failures before it."""
        if seconds >= STEADY_AFTER_S:
            self.failures = 0

    def after_end(self) -> float:
        """Seconds to wait after a clean end: exactly the reconnection time."""
        return self.base_s

    def after_failure(self, retry_after: float | None = None) -> float:
        """Seconds to wait after a failure, which this counts.

        Args:
            retry_after: what `Retry-After` asked for, in seconds. It is kept to, but never
                undercuts the reconnection time.
        """
        self.failures += 1
        base = self.base_s
        if retry_after is not None:
            return max(retry_after, base)
        ceiling = max(MAX_BACKOFF_S, base)
        # 2**16 seconds is far over the ceiling; a larger power would overflow in the end.
        target = min(base * float(1 << min(self.failures - 1, 16)), ceiling)
        return min(max(base, target * self._uniform(1 - JITTER, 1 + JITTER)), ceiling)
