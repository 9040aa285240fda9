"""Tells MCP clients which resources have changed: a nudge to read them again, never the rows."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING

import anyio
from mcp.server.subscriptions import InMemorySubscriptionBus, ResourcesListChanged, ResourceUpdated

from sse_tui.mcp_server.resources import TOPICS_URI, topic_of, uri_of

if TYPE_CHECKING:
    from mcp.server.session import ServerSession

    from sse_tui.client.service import EventService
    from sse_tui.mcp_server.arrivals import Arrivals
    from sse_tui.mcp_server.sessions import McpClient

PAUSE_SECONDS = 0.25
"""Between two rounds of news to one client: a busy stream must not flood it."""

LIST_CHANGED = ""
"""Stands among the URIs for the list of resources itself."""


class ResourceUpdates:
    """The news for all clients.

    Clients of protocol 2026-07-28 open `subscriptions/listen`, served from `bus`; older ones ask by
    `resources/subscribe` and are told on their own session.

    Args:
        service: whose topics and states are the resources.
        arrivals: says which topics have new rows.

    Attributes:
        bus: what `subscriptions/listen` listens to.
    """

    def __init__(self, service: EventService, arrivals: Arrivals) -> None:
        self.bus = InMemorySubscriptionBus()
        self._service = service
        self._states: list[tuple[str, str]] = []
        self._listeners = _Mailbox(self._publish)
        self._followers: dict[McpClient, _Follower] = {}
        arrivals.listeners.append(self._rows_arrived)

    def follow(self, client: McpClient, uri: str, session: ServerSession) -> None:
        """Tell this client, on its session, when the resource changes."""
        follower = self._followers.get(client)
        if follower is None:
            follower = self._followers[client] = _Follower(session)
            follower.mailbox.start()
            client.on_leave.append(lambda: self._followers.pop(client).mailbox.stop())
        follower.uris.add(uri)

    def unfollow(self, client: McpClient, uri: str) -> None:
        """Tell this client no more of the resource."""
        follower = self._followers.get(client)
        if follower is not None:
            follower.uris.discard(uri)

    def start(self) -> None:
        """Begin to publish on the bus."""
        self._listeners.start()

    def stop(self) -> None:
        """Tell nobody anything any more."""
        self._listeners.stop()
        for follower in self._followers.values():
            follower.mailbox.stop()

    def _rows_arrived(self, topic: str) -> None:
        self._changed((uri_of(topic),))
        subscriptions = self._service.subscriptions
        states = [(target, str(each.state)) for target, each in subscriptions.items()]
        if states != self._states:
            self._states = states
            self._changed((TOPICS_URI, LIST_CHANGED))

    def _changed(self, uris: Iterable[str]) -> None:
        for uri in uris:
            self._listeners.put(uri)
            for follower in self._followers.values():
                follower.put(uri)

    async def _publish(self, uri: str) -> None:
        event = ResourceUpdated(uri) if uri != LIST_CHANGED else ResourcesListChanged()
        await self.bus.publish(event)


class _Follower:
    """A client that asked by `resources/subscribe`, and for what, in its own spelling."""

    def __init__(self, session: ServerSession) -> None:
        self.uris: set[str] = set()
        self.mailbox = _Mailbox(session.send_resource_updated)

    def put(self, changed: str) -> None:
        for uri in self.uris:
            if uri == changed or (topic_of(uri) and topic_of(uri) == topic_of(changed)):
                self.mailbox.put(uri)


class _Mailbox:
    """News for one receiver, each URI once however often it changed meanwhile.

    A receiver that does not read holds up nobody else, and costs no more than its URIs.
    """

    def __init__(self, send: Callable[[str], Awaitable[None]]) -> None:
        self._send = send
        self._pending: dict[str, None] = {}
        self._filled = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def put(self, uri: str) -> None:
        self._pending[uri] = None
        self._filled.set()

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        while True:
            await self._filled.wait()
            self._filled.clear()
            pending, self._pending = self._pending, {}
            for uri in pending:
                await self._send(uri)
            await anyio.sleep(PAUSE_SECONDS)
