"""Lets the event loop believe that time has passed."""

from __future__ import annotations

import asyncio


class Warp:
    """The running loop's clock, to be put forward: timers that are due then fire at once."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._time = self._loop.time
        self._ahead = 0.0
        self._loop.time = lambda: self._time() + self._ahead  # type: ignore[method-assign]

    def forward(self, seconds: float) -> None:
        """Put the clock forward."""
        self._ahead += seconds
