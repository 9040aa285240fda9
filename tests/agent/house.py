"""The real parts around a conversation: a hub, a service over it, an MCP server over that."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from agents.models.interface import Model

from sse_tui.agent.conversation import Conversation
from sse_tui.agent.model_choice import ModelChoice
from sse_tui.client.service import EventService
from sse_tui.hub.server import HubServer
from sse_tui.mcp_server.server import McpServer

Converse = Callable[[Model | ModelChoice], Conversation]


class House(NamedTuple):
    """What runs."""

    service: EventService
    mcp: McpServer


@asynccontextmanager
async def running_house(folder: Path) -> AsyncIterator[House]:
    """A hub with its log in `folder`, and what stands on it."""
    hub = HubServer(folder, port=0)
    await hub.start()
    async with EventService(hub.url) as service:
        mcp = McpServer(service)
        await mcp.start()
        yield House(service, mcp)
        await mcp.stop()
    await hub.stop()


@asynccontextmanager
async def conversations(mcp: McpServer) -> AsyncIterator[Converse]:
    """Makes conversations with a model of the SDK or with the one that a choice names."""
    made: list[Conversation] = []

    def make(model: Model | ModelChoice) -> Conversation:
        choice = model if isinstance(model, ModelChoice) else ModelChoice(api_key="unused")
        sdk_model = model if isinstance(model, Model) else None
        conversation = Conversation(
            mcp_url=mcp.url, mcp_token=mcp.token, model=choice, sdk_model=sdk_model
        )
        made.append(conversation)
        return conversation

    yield make
    for conversation in made:
        await conversation.stop()
