"""The time that the client goes by: the one place a test replaces."""

from __future__ import annotations

import asyncio
import contextlib
import time

from sse_tui.client.signal import Signal


class Clock:
    """The machine's time."""

    def now(self) -> float:
        """Monotonic seconds."""
        return time.monotonic()

    def wall_ns(self) -> int:
        """Nanoseconds since 1970, UTC."""
        return time.time_ns()

    async def wait(self, wake: Signal, seconds: float) -> None:
        """Return when `wake` is set, or after so many seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await wake.wait()
