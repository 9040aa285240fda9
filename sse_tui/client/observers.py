"""Tells observers in batches which rows have arrived, without holding rows for them."""

from __future__ import annotations

import asyncio
import weakref

from sse_tui.events.model import Batch

MAX_AGE_S = 0.05
MAX_ROWS = 200


class Observer:
    """One reader's view of what is new: an async iterator of `Batch`.

    A slow reader gets fewer, larger batches. Iteration ends when the service is closed.
    """

    def __init__(self) -> None:
        self._pending: dict[str, tuple[int, int]] = {}
        self._ready = asyncio.Event()
        self._closed = False

    def __aiter__(self) -> Observer:
        return self

    async def __anext__(self) -> Batch:
        while not self._pending:
            if self._closed:
                raise StopAsyncIteration
            self._ready.clear()
            await self._ready.wait()
        topic = next(iter(self._pending))
        first, after = self._pending.pop(topic)
        return Batch(topic, first, after - first)

    async def aclose(self) -> None:
        """Take no more batches; those not read are dropped."""
        self._pending.clear()
        self.end()

    def end(self) -> None:
        """No more will come; what is pending can still be read."""
        self._closed = True
        self._ready.set()

    def add(self, topic: str, first: int, after: int) -> None:
        """Rows `first` up to before `after` have arrived (a log begun anew starts at 1 again)."""
        if self._closed:
            return
        pending = self._pending.get(topic)
        if pending is not None and pending[1] == first:
            first = pending[0]
        self._pending[topic] = (first, after)
        self._ready.set()


class Notifier:
    """Collects what arrives and passes it on when it is 50 ms or 200 rows old.

    At most two batches are made in 50 ms, so what comes after a pause is passed on at once: neither
    a row that is alone waits, nor the first event after the row that says the stream is open.
    """

    def __init__(self) -> None:
        self._observers: weakref.WeakSet[Observer] = weakref.WeakSet()
        self._fresh: dict[str, tuple[int, int]] = {}
        self._timer: asyncio.Handle | None = None
        self._urgent = False
        self._closed = False
        self._passed_on_at = (float("-inf"), float("-inf"))  # the last time but one, the last

    @property
    def observed(self) -> bool:
        """Whether anybody looks."""
        return bool(self._observers)

    def observe(self) -> Observer:
        """A new observer of everything from now on; it lasts as long as someone holds it."""
        observer = Observer()
        if self._closed:
            observer.end()
        self._observers.add(observer)
        return observer

    def rows_arrived(self, topic: str, first: int, after: int) -> None:
        """Rows `first` up to before `after` of `topic` were added to its log."""
        if not self._observers:
            return
        fresh = self._fresh.get(topic)
        if fresh is not None and fresh[1] == first:
            first = fresh[0]
        self._fresh[topic] = (first, after)
        if self._timer is None:
            due = self._passed_on_at[0] + MAX_AGE_S
            self._timer = asyncio.get_running_loop().call_at(due, self._pass_on)
        if after - first >= MAX_ROWS and not self._urgent:
            self._urgent = True
            self._timer.cancel()
            self._timer = asyncio.get_running_loop().call_soon(self._pass_on)

    def flush(self) -> None:
        """Pass on what is there now."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None
        self._urgent = False
        fresh, self._fresh = self._fresh, {}
        for observer in self._observers:
            for topic, (first, after) in fresh.items():
                observer.add(topic, first, after)

    def _pass_on(self) -> None:
        self._passed_on_at = (self._passed_on_at[1], asyncio.get_running_loop().time())
        self.flush()

    def close(self) -> None:
        """Pass on the last rows and end all observers."""
        self.flush()
        self._closed = True
        for observer in self._observers:
            observer.end()
