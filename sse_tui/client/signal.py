"""A flag to wait for, as `asyncio.Event`, at a tenth of its memory while nobody waits."""

from __future__ import annotations

import asyncio


class Signal:
    """Tasks wait until it is set; made for thousands of them of which few are ever waited for."""

    __slots__ = ("_event", "_is_set")

    def __init__(self) -> None:
        self._is_set = False
        self._event: asyncio.Event | None = None  # only while it is waited for

    def is_set(self) -> bool:
        """Whether it is set."""
        return self._is_set

    def set(self) -> None:
        """Wake all that wait; who waits from now on does not have to."""
        self._is_set = True
        event, self._event = self._event, None
        if event is not None:
            event.set()

    def clear(self) -> None:
        """Have tasks wait again."""
        self._is_set = False

    async def wait(self) -> None:
        """Return when it is set."""
        if self._is_set:
            return
        if self._event is None:
            self._event = asyncio.Event()
        await self._event.wait()
