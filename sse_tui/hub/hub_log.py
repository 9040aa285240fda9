"""The log as streams see it: what is durable, from memory where it is new, else from the engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from sse_tui.hub.channel import Channel
from sse_tui.hub.engine import LogEngine, NewEvents, Receipt, Seek, TopicStats
from sse_tui.hub.frames import Frame
from sse_tui.hub.topics import TopicPattern

MAX_ROUTES = 10_000
"""Topics of which the channels are remembered."""


class Reading(NamedTuple):
    """What follows a place in the log.

    Attributes:
        chunk: encoded events; may be empty.
        reached: where to read on.
        gone_upto: the events up to here, which were still to come, are no longer kept; else None.
        oldest: with `gone_upto`: number of the oldest event kept, if there is one.
    """

    chunk: bytes
    reached: int
    gone_upto: int | None = None
    oldest: int | None = None


class HubLog:
    """One log of all topics, with a channel for each pattern that streams are open on.

    Args:
        engine: keeps the events.

    Attributes:
        head: number of the last event handed out to the channels.
        epoch: the engine's.
    """

    def __init__(self, engine: LogEngine) -> None:
        self.epoch = engine.epoch
        self.head = engine.head
        self._engine = engine
        self._channels: dict[str, Channel] = {}
        self._routes: dict[str, list[Channel]] = {}
        self._on_news: Callable[[set[Channel]], None] = _nobody

    @property
    def problem(self) -> str | None:
        """Why the last write failed; None after one that did not."""
        return self._engine.problem

    def start(self, on_news: Callable[[set[Channel]], None]) -> None:
        """Begin to take events; `on_news` is told which channels have new ones."""
        self._on_news = on_news
        self._engine.start(self._hand_out)

    async def close(self) -> None:
        """Finish what was handed over, then close the engine."""
        await self._engine.close()

    def id_of(self, seq: int) -> str:
        """The event's id on the wire."""
        return f"{self.epoch}-{seq}"

    async def append(self, new: NewEvents) -> Receipt:
        """Keep events; returns when they are durable and on their way to the streams.

        Raises:
            Refused: 422; the key was used for another request.
            LogFailure: nothing of it was kept.
        """
        return await self._engine.append(new)

    def join(self, pattern: TopicPattern) -> Channel:
        """The channel of a pattern, for one more stream; `leave` it when that ends."""
        channel = self._channels.get(pattern.text)
        if channel is None:
            channel = self._channels[pattern.text] = Channel(pattern, self.head)
            self._routes.clear()
        channel.streams += 1
        return channel

    def leave(self, channel: Channel) -> None:
        """One stream fewer; the last one takes the channel with it."""
        channel.streams -= 1
        if channel.streams == 0:
            del self._channels[channel.pattern.text]
            self._routes.clear()

    async def read(self, channel: Channel, after: int, upto: int) -> Reading:
        """What follows `after`, no further than `upto`; a bounded piece.

        Raises:
            LogFailure: the engine cannot read.
        """
        if after >= channel.covers_from:
            return Reading(*channel.read(after, upto))
        page = await self._engine.page(channel.pattern, after, upto)
        gone_upto = min(page.trimmed, upto) if page.trimmed > after else None
        return Reading(page.chunk, page.reached, gone_upto, page.oldest)

    async def seek(self, pattern: TopicPattern, time_ms: int) -> Seek:
        """The place before the first event at or after a time, as far as it was handed out."""
        seek = await self._engine.seek(pattern, time_ms)
        return Seek(min(seek.after, self.head), seek.trimmed)

    async def oldest(self, pattern: TopicPattern) -> int | None:
        """Number of the oldest matching event kept."""
        return await self._engine.oldest(pattern)

    async def start_of_log(self) -> int:
        """The place before the oldest event kept of any topic."""
        return min(await self._engine.start_of_log(), self.head)

    async def topics(self) -> list[TopicStats]:
        """The topics of which events are kept, by name."""
        return await self._engine.topics()

    def _hand_out(self, frames: Sequence[Frame]) -> None:
        if not frames:
            return
        news: set[Channel] = set()
        for frame in frames:
            channels = self._routes.get(frame.topic)
            if channels is None:
                channels = self._route(frame.topic)
            for channel in channels:
                channel.add(frame)
                news.add(channel)
        self.head = frames[-1].seq
        self._on_news(news)

    def _route(self, topic: str) -> list[Channel]:
        if len(self._routes) >= MAX_ROUTES:
            self._routes.clear()
        channels = [c for c in self._channels.values() if c.pattern.matches(topic)]
        self._routes[topic] = channels
        return channels


def _nobody(_: set[Channel]) -> None:
    """Before `start` there is nobody to tell."""
