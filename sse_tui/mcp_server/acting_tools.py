"""The MCP tools that act: subscribe, unsubscribe, send."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import anyio
from mcp.server.mcpserver.exceptions import ToolError

from sse_tui.events.model import StreamState
from sse_tui.mcp_server import arguments as args
from sse_tui.mcp_server.answers import SentAnswer, SubscribeAnswer, UnsubscribeAnswer
from sse_tui.mcp_server.lookup import may_get_more, state_of, subscribed

if TYPE_CHECKING:
    from sse_tui.client.service import EventService
    from sse_tui.client.subscription import Subscription
    from sse_tui.mcp_server.arrivals import Arrivals
    from sse_tui.mcp_server.sessions import McpClients

OPEN_SECONDS = 5.0
REPLAY_SECONDS = 2.0


class ActingTools:
    """Tools that change what is subscribed, or send.

    Args:
        service: the client service, shared with the user.
        clients: whose client holds what.
        arrivals: tells when a stream's state has changed.
        topics_only: refuse URLs: the server subscribes to nothing but its own hub.
    """

    def __init__(
        self,
        service: EventService,
        clients: McpClients,
        arrivals: Arrivals,
        *,
        topics_only: bool,
    ) -> None:
        self._service = service
        self._clients = clients
        self._arrivals = arrivals
        self._topics_only = topics_only

    async def subscribe(self, topic: args.Target, replay: args.Replay = None) -> SubscribeAnswer:
        """Hold a subscription for the calling client."""
        self._refuse_url(topic)
        already = may_get_more(self._service, topic)
        log = self._service.logs.get(topic)
        start = log.next_number if log is not None else 1
        stream = replace(self._service.options.stream, since=replay)
        subscription = await self._clients.hold(self._clients.current, topic, stream)
        await self._settle(subscription, wait_for_replay=replay is not None and not already)
        if subscription.state is StreamState.FAILED and subscription.error is not None:
            await self._give_up(subscription)
            raise subscription.error
        state, detail = state_of(self._service, topic)
        return SubscribeAnswer(
            topic=topic,
            state=state,
            state_detail=detail,
            already=already,
            kept=len(subscription.log),
            next=start,
            hint=_hint(state, is_url=self._service.is_url(topic), already=already, replay=replay),
        )

    async def unsubscribe(self, topic: args.Topic) -> UnsubscribeAnswer:
        """Give up the calling client's hold."""
        client = self._clients.current
        subscription = self._service.subscriptions.get(topic)
        if subscription is None:
            raise ToolError(f"{topic!r} is not subscribed. {subscribed(self._service)}")
        held = client.owner in subscription.owners
        closed = await self._service.unsubscribe(topic, owner=client.owner)
        return UnsubscribeAnswer(
            topic=topic,
            held=held,
            closed=closed,
            detail=_unsubscribed(topic, held, closed, subscription.owners),
        )

    async def send_event(
        self, topic: args.SendTo, data: args.Data, event_type: args.EventType = None
    ) -> SentAnswer:
        """Send one event to the server."""
        self._refuse_url(topic)
        sent = await self._service.send_event(topic, data, event=event_type)
        return SentAnswer(topic=sent.topic, id=sent.id)

    def _refuse_url(self, target: str) -> None:
        if self._topics_only and self._service.is_url(target):
            raise ToolError(
                f"{target!r} is a URL, and this server takes topic names only: call list_topics "
                "to see them."
            )

    async def _settle(self, subscription: Subscription, *, wait_for_replay: bool) -> None:
        """Wait until the stream is open or has failed once, then for what it replays."""
        target = subscription.target
        settled = partial(_is_settled, subscription)
        await self._arrivals.wait_until(settled, target, seconds=OPEN_SECONDS)
        if wait_for_replay and subscription.state is StreamState.OPEN:
            with anyio.move_on_after(REPLAY_SECONDS):
                await subscription.replay_done.wait()

    async def _give_up(self, subscription: Subscription) -> None:
        """Let go of a stream that can never open; nothing is left of it unless others hold it."""
        target = subscription.target
        await self._service.unsubscribe(target, owner=self._clients.current.owner)
        if not subscription.log.events:
            self._service.forget(target)


def _is_settled(subscription: Subscription) -> bool:
    open_or_waiting = subscription.state in (StreamState.OPEN, StreamState.WAITING)
    return open_or_waiting or subscription.is_over


def _hint(state: str, *, is_url: bool, already: bool, replay: str | None) -> str:
    if already and replay is not None:
        return "It was subscribed before, so nothing was replayed: read what is kept of it."
    if is_url and replay is not None:
        return "Only the hub's topics can be replayed; from a URL new events come."
    if state in ("connecting", "waiting"):
        return "The server does not answer yet; events will come as soon as it does."
    return ""


def _unsubscribed(topic: str, held: bool, closed: bool, owners: frozenset[str]) -> str:
    if closed:
        return f"{topic!r} is closed; what was received of it can still be read."
    watcher = "the user still watches it" if "user" in owners else "others still hold it"
    if held:
        return f"You gave up {topic!r}; it stays open because {watcher}."
    return f"You did not hold {topic!r}; it stays open because {watcher}."
