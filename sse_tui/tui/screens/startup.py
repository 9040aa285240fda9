"""What starts after the first frame, in order: hub, subscriptions, MCP server, conversation."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sse_tui.errors import SseTuiError

if TYPE_CHECKING:
    from sse_tui.agent.conversation import Conversation
    from sse_tui.client.service import EventService
    from sse_tui.tui.setup import AppSetup


@dataclass
class Progress:
    """How the start stands; the screen reads it.

    Attributes:
        hub_error: why the hub is not there.
        agent_error: why the agent is not there.
        conversation: the agent, once it can be asked.
        done: all that could be started was.
    """

    hub_error: SseTuiError | None = None
    agent_error: SseTuiError | None = None
    conversation: Conversation | None = None
    done: bool = False


class Startup:
    """Starts the companions one after the other; each fails by itself and stops no other.

    Args:
        service: gets the hub's address.
        setup: what to start.
        subscribe: subscribes to a topic; its errors are its own business.
        changed: called after each step.
    """

    def __init__(
        self,
        service: EventService,
        setup: AppSetup,
        *,
        subscribe: Callable[[str], Awaitable[object]],
        changed: Callable[[], Awaitable[None]],
    ) -> None:
        self._service, self._setup = service, setup
        self._subscribe, self._changed = subscribe, changed
        self.progress = Progress()

    async def run(self) -> None:
        """All steps in order."""
        try:
            await self._start_hub()
        except SseTuiError as error:
            self.progress.hub_error = error
        await self._changed()
        for topic in self._setup.topics:
            await self._subscribe(topic)
        await self._changed()
        if self._setup.on_ready is not None and self.progress.hub_error is None:
            self._setup.on_ready()
        try:
            await self._start_agent()
        except SseTuiError as error:
            self.progress.agent_error = error
        self.progress.done = True
        await self._changed()

    async def _start_hub(self) -> None:
        hub = self._setup.hub
        if hub is None or self._service.url is not None:
            return
        await hub.start()
        headers = {"Authorization": f"Bearer {hub.token}"} if hub.token else {}
        self._service.use_server(hub.url, headers)

    async def _start_agent(self) -> None:
        mcp, make = self._setup.mcp, self._setup.conversation
        if mcp is None or make is None:
            return
        await mcp.start()
        # Making it imports the SDK's neighbours: a thread keeps the screen alive meanwhile.
        conversation = await asyncio.to_thread(make, mcp.url, mcp.token)
        await conversation.start()
        self.progress.conversation = conversation

    async def stop(self) -> None:
        """End the conversation; the companions are stopped by who made them."""
        if self.progress.conversation is not None:
            await self.progress.conversation.stop()
