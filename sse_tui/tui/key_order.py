"""Hands keys on one at a time, so that keys that arrive together meet the focus they are meant for.

Textual posts every key to the widget that has the focus when the key arrives. Of `/error`, read
from the terminal at once, the letters would reach the log before `/` has opened the filter: each of
them a command.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator

from textual.app import App
from textual.dom import DOMNode
from textual.events import Key, Paste
from textual.message_pump import MessagePump

PATIENCE_S = 1.0
"""A widget that is busy for longer no longer holds up the keys: one of them may be to quit."""


class KeyOrder:
    """Keeps keys and pastes until the one before them has had its whole effect.

    Args:
        app: whose keys they are.
        hand_on: gives an event to the widget that has the focus now.
    """

    def __init__(self, app: App[None], hand_on: Callable[[Key | Paste], Awaitable[None]]) -> None:
        self._app = app
        self._hand_on = hand_on
        self._waiting: deque[Key | Paste] = deque()
        self._since: float | None = None  # when the one before was handed on

    async def take(self, event: Key | Paste) -> None:
        """Hand the event on, now or when its turn has come."""
        self._waiting.append(event)
        if self._since is None or time.monotonic() - self._since > PATIENCE_S:
            await self._next()

    async def _next(self) -> None:
        self._since = None
        if self._waiting:
            event = self._waiting.popleft()
            way = self._way(self._app.focused or self._app.screen)
            self._since = time.monotonic()
            await self._hand_on(event)
            await self._follow(way, self._since)

    async def _follow(self, way: Iterator[MessagePump], began: float) -> None:
        """Go the event's way behind it: every queue is first in, first out."""
        for pump in way:
            if pump.call_later(self._follow, way, began):
                return
        if began == self._since:
            await self._next()

    def _way(self, target: DOMNode) -> Iterator[MessagePump]:
        yield from target.ancestors_with_self  # the event bubbles up
        yield self._app  # a focus that it asked for is set
        yield self._app.screen  # a screen that it opened is mounted
        yield self._app
        yield self._app.screen  # and asks for a focus of its own
        yield self._app
