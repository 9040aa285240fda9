"""All open streams: who is woken by what, the keep-alives, and the watch over stuck readers."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable
from time import monotonic

from starlette.types import Receive, Scope, Send

from sse_tui.hub.beginning import find_beginning
from sse_tui.hub.channel import CHUNK_BYTES, Channel
from sse_tui.hub.hub_log import HubLog
from sse_tui.hub.positions import Position
from sse_tui.hub.stream import EventStream
from sse_tui.hub.topics import TopicPattern


class Streams:
    """The open streams of a hub.

    Args:
        log: what they read.
        keep_alive_s: a stream that was silent for so long gets a comment.
        send_timeout_s: a reader that does not take a chunk (more for a large event) in this time is
            cut off; it can resume.
        abort: cuts the connection of a request, without waiting for what is still to be sent.
    """

    def __init__(
        self,
        log: HubLog,
        *,
        keep_alive_s: float,
        send_timeout_s: float,
        abort: Callable[[Scope], None],
    ) -> None:
        self._log = log
        self._keep_alive_s = keep_alive_s
        self._send_timeout_s = send_timeout_s
        self._abort = abort
        self._scopes: dict[EventStream, Scope] = {}
        self._by_channel: defaultdict[Channel, set[EventStream]] = defaultdict(set)
        self._stopping = False

    def __len__(self) -> int:
        return len(self._scopes)

    async def serve(
        self,
        pattern: TopicPattern,
        position: Position | None,
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        """Answer a request for a stream, to its end.

        Raises:
            LogFailure: the log cannot be read.
        """
        beginning = await find_beginning(self._log, pattern, position)
        channel = self._log.join(pattern)
        stream = EventStream(self._log, channel, beginning)
        self._scopes[stream] = scope
        self._by_channel[channel].add(stream)
        if self._stopping:
            stream.end()
        try:
            await stream.serve(receive, send)
        finally:
            del self._scopes[stream]
            self._by_channel[channel].discard(stream)
            if not self._by_channel[channel]:
                del self._by_channel[channel]
            self._log.leave(channel)

    def wake(self, channels: Iterable[Channel]) -> None:
        """These channels have new events."""
        for channel in channels:
            for stream in self._by_channel.get(channel, ()):
                stream.wake()

    def close_topic(self, topic: str) -> int:
        """End the streams on a topic's own name, and tell the wildcard streams.

        Returns:
            How many are ended.
        """
        closed = 0
        for stream in self._scopes:
            if stream.channel.pattern.matches(topic):
                stream.topic_closed(topic, self._log.head)
                closed += not stream.channel.pattern.is_wildcard
        return closed

    def end_all(self) -> None:
        """The hub stops: end every stream, and those that still come."""
        self._stopping = True
        for stream in self._scopes:
            stream.end()

    async def watch(self) -> None:
        """Send keep-alives and cut off stuck readers, until cancelled."""
        pause = min(1.0, self._keep_alive_s / 4, self._send_timeout_s / 4)
        while True:
            await asyncio.sleep(pause)
            now = monotonic()
            for stream, scope in list(self._scopes.items()):
                if stream.sending_since is not None:
                    allowed = self._send_timeout_s * (1 + stream.sending_bytes // CHUNK_BYTES)
                    if now - stream.sending_since > allowed:
                        self._abort(scope)
                elif now - stream.last_sent > self._keep_alive_s:
                    stream.keep_alive()
