"""Events per second of one stream, for the rate and the sparkline beside its name."""

from __future__ import annotations

from math import floor


class Rates:
    """Counts per second over the last minute or so.

    All times are seconds of one clock that never goes back, such as `time.monotonic()`.

    Args:
        seconds: how many whole seconds are remembered besides the running one.
    """

    def __init__(self, seconds: int = 60) -> None:
        self._counts = [0] * (seconds + 1)
        self._newest = 0  # the second that the newest bucket stands for
        self._began: float | None = None

    def add(self, count: int, now_s: float) -> None:
        """`count` events have arrived now."""
        if self._began is None:
            self._began = now_s
            self._newest = floor(now_s)
        if now_s >= self._newest + 1:
            self._advance(now_s)
        self._counts[self._newest % len(self._counts)] += count

    def per_second(self, now_s: float, window: float = 5.0) -> float:
        """Mean rate over the last `window` seconds, or since the first event if that is shorter.

        At least one second is looked at, so that a single event is not shown as a flood.
        """
        if self._began is None:
            return 0.0
        whole = min(max(1, round(window)), len(self._counts) - 1)
        seen = sum(self.buckets(now_s, whole + 1))
        span = min(whole + now_s % 1.0, now_s - self._began)
        return seen / max(span, 1.0)

    def buckets(self, now_s: float, n: int = 30) -> list[int]:
        """Counts of the last `n` seconds, oldest first; the last is the running second."""
        if self._began is None:
            return [0] * n
        self._advance(now_s)
        size = len(self._counts)
        known = min(n, size)
        first = self._newest - known + 1
        recent = [self._counts[(first + i) % size] for i in range(known)]
        return [0] * (n - known) + recent

    def _advance(self, now_s: float) -> None:
        """Empty the buckets of the seconds that have passed since the newest."""
        second = floor(now_s)
        size = len(self._counts)
        for passed in range(max(self._newest + 1, second - size + 1), second + 1):
            self._counts[passed % size] = 0
        self._newest = max(self._newest, second)
