"""Clocks for tests: the only thing that is not real in them."""

from __future__ import annotations

import asyncio

from sse_tui.client.clock import Clock
from sse_tui.client.signal import Signal


class HastyClock(Clock):
    """Does not wait: every delay is noted and is over at once.

    Attributes:
        delays: seconds of each wait, in order.
        ahead: seconds that the clock is ahead of the machine's; a test may add to it.
    """

    def __init__(self) -> None:
        self.delays: list[float] = []
        self.ahead = 0.0

    def now(self) -> float:
        return super().now() + self.ahead

    async def wait(self, wake: Signal, seconds: float) -> None:
        self.delays.append(seconds)
        self.ahead += seconds
        await asyncio.sleep(0)


class StoppedClock(HastyClock):
    """Waits until a test lets it go on, however long that takes."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting = asyncio.Event()

    async def wait(self, wake: Signal, seconds: float) -> None:
        self.delays.append(seconds)
        self.waiting.set()
        await wake.wait()
        self.waiting.clear()
