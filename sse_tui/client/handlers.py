"""Gives a user's function every event of a stream, in order, one at a time."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from sse_tui.events.log import EventLog
from sse_tui.events.model import Event

Handler: TypeAlias = Callable[[Event], Awaitable[object] | object]
"""Gets one event; may be a coroutine function. A plain one runs in the event loop."""

MissedHandler: TypeAlias = Callable[[int], object]
"""Gets the count of rows that fell out of the log before a slow handler came to them."""

PAGE_ROWS = 100
ERRORS_KEPT = 20

_logger = logging.getLogger(__name__)


class HandlerErrors:
    """What handlers did wrong.

    Attributes:
        count: errors, and times that a handler was too slow, ever.
        recent: the last few, as sentences.
    """

    def __init__(self) -> None:
        self.count = 0
        self.recent: deque[str] = deque(maxlen=ERRORS_KEPT)

    def add(self, text: str) -> None:
        """Count one and keep its text."""
        self.count += 1
        self.recent.append(text)


class HandlerTask:
    """Runs one handler over a log from its present end on.

    Reading from the log, a slow handler holds up nobody and costs no memory.

    Args:
        missed: told when rows fell out before the handler came to them.
    """

    def __init__(
        self,
        log: EventLog,
        handler: Handler,
        errors: HandlerErrors,
        missed: MissedHandler | None = None,
    ) -> None:
        self._log = log
        self._handler = handler
        self._errors = errors
        self._missed = missed
        self._position = log.next_number
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._stopped = False
        self._task = asyncio.create_task(self._run(), name=f"handler of {log.topic}")

    def rows_arrived(self) -> None:
        """There is more in the log."""
        self._idle.clear()
        self._wake.set()

    async def caught_up(self) -> None:
        """Return when the handler has had everything that is in the log."""
        if asyncio.current_task() is not self._task:
            await self._idle.wait()

    def stop(self) -> asyncio.Task[None] | None:
        """Give the handler no further event; one that waits inside it is cancelled.

        Returns:
            The task to wait for; None when the handler itself asks: it may end its own stream.
        """
        self._stopped = True
        self._idle.set()
        if asyncio.current_task() is self._task:
            return None
        self._task.cancel()
        return self._task

    async def _run(self) -> None:
        while not self._stopped:
            await self._wake.wait()
            self._wake.clear()
            while self._position < self._log.next_number and not self._stopped:
                await self._read_page()
                await asyncio.sleep(0)
            if not self._wake.is_set():
                self._idle.set()

    async def _read_page(self) -> None:
        lost = self._log.first_number - self._position
        if lost > 0:
            self._tell_missed(lost)
            self._position = self._log.first_number
        for row in self._log.read(self._position, PAGE_ROWS):
            self._position = row.number + 1
            if isinstance(row, Event):
                await self._give(row)
                if self._stopped:
                    return

    def _tell_missed(self, rows: int) -> None:
        self._errors.add(
            f"The handler of {self._log.topic} was too slow: {rows:,} rows fell out unread"
        )
        if self._missed is not None:
            self._missed(rows)

    async def _give(self, event: Event) -> None:
        try:
            result = self._handler(event)
            if inspect.isawaitable(result):
                await result
        except Exception as error:  # a handler's fault must not end the stream
            _logger.warning("The handler of %s failed", event.name, exc_info=True)
            self._errors.add(f"The handler failed on {event.name}: {type(error).__name__}: {error}")
