"""EventService: the one async client that the screen, the CLI, MCP and the agent share."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType, TracebackType
from typing import Any, Self

from sse_tui.client.clock import Clock
from sse_tui.client.connection import StreamPlan, Surroundings
from sse_tui.client.dialects.registry import dialect_for
from sse_tui.client.handlers import Handler, HandlerErrors, HandlerTask, MissedHandler
from sse_tui.client.hub_api import Health, TopicInfo, health, topics
from sse_tui.client.lazy_transport import LazyTransport
from sse_tui.client.memory import MemoryBound
from sse_tui.client.observers import Notifier, Observer
from sse_tui.client.options import ClientOptions, Headers, StreamOptions, header_pairs
from sse_tui.client.request import (
    HttpRequest,
    checked_headers,
    checked_url,
    origin,
    split_credentials,
)
from sse_tui.client.sending import SentEvent, SentEvents, send, send_lines
from sse_tui.client.subscription import Subscription
from sse_tui.client.ways import check_ways
from sse_tui.errors import UsageError
from sse_tui.events.log import EventLog
from sse_tui.events.model import StreamState


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over all streams: events ever, rows and bytes kept, streams by state."""

    events: int
    rows: int
    bytes: int
    open: int
    waiting: int
    failed: int


class EventService:
    """Watches streams and sends events: one connection per stream, however many look at it.

    Use it as an async context manager, in one event loop.

    Args:
        url: the server's address, for targets that are topics; may be set later.
        options: what holds for all streams.
        clock: the time to go by.

    Attributes:
        url: the server's address without trailing slash and credentials; None without a server.
        subscriptions: by target, in order of subscription.
        logs: the rows of every stream, also of those closed, until `forget`.
        handler_errors: what handlers raised, and where they were too slow.

    Raises:
        UsageError: the URL is none, a header cannot be sent, or proxy or socket are none.
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        options: ClientOptions | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.url: str | None = None
        self.options = options or ClientOptions()
        self.handler_errors = HandlerErrors()
        self._headers: tuple[tuple[str, str], ...] = ()
        self._header_command: str | None = None
        self._subscriptions: dict[str, Subscription] = {}
        self._logs: dict[str, EventLog] = {}
        self.subscriptions: Mapping[str, Subscription] = MappingProxyType(self._subscriptions)
        self.logs: Mapping[str, EventLog] = MappingProxyType(self._logs)
        self._notifier = Notifier()
        self._memory = MemoryBound(self._logs, self.options.total_bytes)
        self._transport = LazyTransport(self.options)
        self._around = Surroundings(self._transport.get, self._rows_arrived, clock or Clock())
        self._closed = False
        check_ways(self.options)
        self.use_server(url, self.options.headers, header_command=self.options.header_command)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    @property
    def totals(self) -> Totals:
        """The sums over all streams now."""
        logs = self._logs.values()
        states = [subscription.state for subscription in self._subscriptions.values()]
        return Totals(
            events=sum(log.events for log in logs),
            rows=sum(log.next_number - log.first_number for log in logs),
            bytes=self._memory.total,
            open=states.count(StreamState.OPEN),
            waiting=states.count(StreamState.WAITING),
            failed=states.count(StreamState.FAILED),
        )

    def use_server(
        self, url: str | None, headers: Headers = (), *, header_command: str | None = None
    ) -> None:
        """Name the server that topics belong to; streams already subscribed to stay where they are.

        Args:
            url: its address; user and password in it become a header.
            headers: sent to this server's origin only, in place of those set before.
            header_command: makes more of them, likewise.

        Raises:
            UsageError: the URL is none, or a header cannot be sent.
        """
        credentials: tuple[tuple[str, str], ...] = ()
        if url is not None:
            url, credentials = split_credentials(checked_url(url).rstrip("/"))
        self._headers = credentials + checked_headers(header_pairs(headers))
        self._header_command = header_command
        self.url = url

    async def check_health(self) -> Health:
        """Ask the server how it is (`GET /health`); advice only.

        Raises:
            HealthError: it does not answer, or not with 2xx.
            UsageError: there is no server.
        """
        return await health(await self._transport.get(), self._api_request("GET", "/health"))

    async def list_topics(self) -> list[TopicInfo]:
        """The topics of the hub (`GET /topics`).

        Raises:
            StreamError: the server does not answer, or has no such list.
            UsageError: there is no server.
        """
        return await topics(await self._transport.get(), self._api_request("GET", "/topics"))

    async def subscribe(
        self,
        target: str,
        *,
        on_event: Handler | None = None,
        on_missed: MissedHandler | None = None,
        owner: str = "user",
        options: StreamOptions | None = None,
    ) -> Subscription:
        """Watch a topic or a URL; returns at once, before the connection is there.

        The same target gives the same subscription, with one more owner; a stream that is over and
        may be asked for again is asked for again, and `options` count only for the first.

        Args:
            target: a URL (with `://`), else a topic of the service's server.
            on_event: gets each event from now on, in order, one at a time.
            on_missed: told how many rows fell out before a slow `on_event` came to them.
            owner: who holds it; it closes when the last owner has let go.
            options: how it is asked for; None takes those of the service.

        Raises:
            UsageError: the target, an option or a header cannot be used.
        """
        if self._closed:
            raise UsageError("The service is closed", f"{target} cannot be subscribed to any more")
        subscription = self._subscriptions.get(target)
        if subscription is None:
            subscription = self._new_subscription(target, options or self.options.stream)
            self._subscriptions[target] = subscription
            subscription.start()
        elif subscription.is_over and subscription.reconnects:
            subscription.reconnect()
        subscription.owners |= {owner}
        if on_event is not None:
            subscription.add_handler(
                HandlerTask(subscription.log, on_event, self.handler_errors, on_missed)
            )
        return subscription

    async def unsubscribe(self, target: str, *, owner: str = "user") -> bool:
        """Give up one owner's hold.

        Returns:
            True if the stream was closed by it: no other owner was left.
        """
        subscription = self._subscriptions.get(target)
        if subscription is None or owner not in subscription.owners:
            return False
        subscription.owners -= {owner}
        if subscription.owners:
            return False
        del self._subscriptions[target]
        await subscription.close()
        return True

    async def release(self, owner: str) -> list[str]:
        """Give up all that one owner holds (an MCP session that has ended).

        Returns:
            The targets of the streams that were closed by it.
        """
        held = [target for target, sub in self._subscriptions.items() if owner in sub.owners]
        return [target for target in held if await self.unsubscribe(target, owner=owner)]

    def forget(self, target: str) -> None:
        """Drop the rows of a stream that is not subscribed to any more."""
        if target not in self._subscriptions:
            self._logs.pop(target, None)
            self._memory.forget(target)

    def is_url(self, target: str) -> bool:
        """Whether a target is a URL of its own, not a topic of the service's server."""
        return "://" in target and not dialect_for(target, self.options.dialect).has_topic(target)

    async def send_event(
        self,
        topic: str,
        data: Any,  # noqa: ANN401 - any JSON value
        *,
        event: str | None = None,
        raw: bool = False,
    ) -> SentEvent:
        """Send one event; a try that gets no answer is repeated, and cannot count twice.

        Args:
            topic: a topic of the service's server, without wildcards.
            data: any JSON value.
            event: the event type; None is `message`.
            raw: `data` is JSON text and is sent as it is.

        Raises:
            SendError: the server did not take it; its words are in the error.
            UsageError: the data is not JSON, or the topic cannot be sent to.
        """
        dialect = dialect_for(topic, self.options.dialect)
        transport = await self._transport.get()
        return await send(
            transport,
            lambda body: self._own(dialect.publish(self.url, topic, body, event)),
            topic,
            data,
            raw=raw,
            dialect=dialect,
        )

    async def send_events(
        self, topic: str, texts: Sequence[str], *, event: str | None = None
    ) -> SentEvents:
        """Send several events in order; to a hub in one request, which takes all of them or none.

        Args:
            topic: a topic of the service's server, without wildcards.
            texts: JSON texts, at least one; 16 MiB in all.
            event: the event type of all; None is `message`.

        Raises:
            SendError: the server did not take them; its words are in the error.
            UsageError: a text is not JSON (none was sent), or the topic cannot be sent to.
        """
        dialect = dialect_for(topic, self.options.dialect)
        transport = await self._transport.get()
        return await send_lines(
            transport,
            lambda body: self._own(dialect.publish(self.url, topic, body, event)),
            topic,
            texts,
            dialect=dialect,
        )

    def batches(self) -> Observer:
        """An observer of its own: which rows arrive from now on, at most 50 ms or 200 rows old."""
        return self._notifier.observe()

    async def aclose(self) -> None:
        """Close all streams and connections; observers end after the last rows."""
        self._closed = True
        streams = list(self._subscriptions.values())
        # All at once, and from this task: the one that closes may be a handler's.
        tasks = {task for stream in streams for task in stream.cancel()}
        if tasks:
            await asyncio.wait(tasks)
        for stream in streams:
            await stream.close()
        self._notifier.close()
        await self._transport.aclose()

    def _new_subscription(self, target: str, options: StreamOptions) -> Subscription:
        dialect = dialect_for(target, self.options.dialect, as_topic=options.as_topic)
        options = dialect.adjusted(options)
        request = self._own(dialect.stream(self.url, target, options))
        log = self._logs.get(target)
        if log is None:
            log = EventLog(target, max_rows=self.options.max_rows, max_bytes=self.options.max_bytes)
            self._logs[target] = log
        return Subscription(StreamPlan(target, request, dialect, options), log, self._around)

    def _api_request(self, method: str, path: str) -> HttpRequest:
        if self.url is None:
            raise UsageError("No server is named", path, "Give --url or choose a profile.")
        return self._own(HttpRequest(method, self.url + path, (("Accept", "application/json"),)))

    def _own(self, request: HttpRequest) -> HttpRequest:
        """The request with the profile's headers, if it goes to the profile's origin."""
        if self.url is None or origin(self.url) != origin(request.url):
            return request
        given = {name.lower() for name, _ in request.own_headers}
        extra = tuple(pair for pair in self._headers if pair[0].lower() not in given)
        return replace(
            request,
            own_headers=extra + request.own_headers,
            header_command=request.header_command or self._header_command,
            at_home=True,
        )

    def _rows_arrived(self, log: EventLog, first: int) -> None:
        self._notifier.rows_arrived(log.topic, first, log.next_number)
        self._memory.rows_arrived(log)
