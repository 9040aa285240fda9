"""One open event stream: a cursor in the log that moves as fast as its reader reads."""

from __future__ import annotations

import asyncio
from collections import deque
from time import monotonic
from typing import NamedTuple

from starlette.types import Receive, Send

from sse_tui.hub.beginning import Beginning, gap_notice
from sse_tui.hub.channel import Channel
from sse_tui.hub.frames import DONE, KEEP_ALIVE, LIVE, encode_topic_closed
from sse_tui.hub.hub_log import HubLog

HEADERS = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # a proxy must not hold events back
]


class Marker(NamedTuple):
    """Something that is said when every event up to number `at` has been sent."""

    at: int
    frame: bytes
    ends: bool = False


class EventStream:
    """Sends the events of one channel, from a place on, until its reader goes.

    The comment `live` is sent once: behind the replay, or at once where there is none. There is no
    queue: while the reader is slow, only one chunk waits, and the cursor stays behind.

    Args:
        log: what is read.
        channel: the topic or pattern, joined for this stream.
        beginning: where to begin.

    Attributes:
        sending_since: when the chunk was begun that is being sent (monotonic seconds); or None.
        sending_bytes: its size, and that of the one before it, which must leave first.
        last_sent: when something was last sent.
    """

    def __init__(self, log: HubLog, channel: Channel, beginning: Beginning) -> None:
        self.channel = channel
        self.sending_since: float | None = None
        self.sending_bytes = 0
        self.last_sent = monotonic()
        self._log = log
        self._cursor = beginning.after
        self._requested = beginning.requested
        self._markers = deque([Marker(beginning.live_at, beginning.position + LIVE)])
        if beginning.notice:
            self._markers.appendleft(Marker(beginning.after, beginning.notice))
        self._waiter: asyncio.Future[None] | None = None
        self._keep_alive = False
        self._ended = False

    async def serve(self, receive: Receive, send: Send) -> None:
        """Send the response, to its end.

        Raises:
            LogFailure: the log cannot be read; if the response has begun, it must be cut off.
        """
        piece = await self._next()
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        watch = asyncio.create_task(self._watch(receive))
        try:
            before = 0
            while piece is not None:
                self.sending_since, self.sending_bytes = monotonic(), before + len(piece)
                await send({"type": "http.response.body", "body": piece, "more_body": True})
                self.sending_since, self.last_sent, before = None, monotonic(), len(piece)
                piece = await self._next()
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            watch.cancel()

    def wake(self) -> None:
        """There may be something to send."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def keep_alive(self) -> None:
        """Say something, if there is nothing else to say."""
        self._keep_alive = True
        self.wake()

    def topic_closed(self, topic: str, at: int) -> None:
        """Tell the reader behind all events up to `at`; the topic's own streams end with it."""
        own = not self.channel.pattern.is_wildcard
        self._markers.append(Marker(at, DONE if own else encode_topic_closed(topic), ends=own))
        self.wake()

    def end(self) -> None:
        """End the response now; the reader may come back with its last event ID."""
        self._ended = True
        self.wake()

    async def _next(self) -> bytes | None:
        """Wait for the next bytes to send; None when the stream is at its end."""
        while not self._ended:
            if self._markers and self._markers[0].at <= self._cursor:
                marker = self._markers.popleft()
                self._ended = marker.ends
                return marker.frame
            upto = self._markers[0].at if self._markers else self._log.head
            if self._cursor < upto:
                chunk = await self._read(upto)
                if chunk:
                    return chunk
            elif self._keep_alive:
                self._keep_alive = False
                return KEEP_ALIVE
            else:
                await self._wait()
        return None

    async def _read(self, upto: int) -> bytes:
        after, requested = self._cursor, self._requested
        reading = await self._log.read(self.channel, after, upto)
        self._cursor, self._requested = reading.reached, None
        notice = gap_notice(self._log, self.channel.pattern, after, requested, reading)
        return notice + reading.chunk

    async def _wait(self) -> None:
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    async def _watch(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self.end()
