from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from agents.models.interface import Model

from sse_tui.agent.conversation import Conversation
from sse_tui.agent.model_choice import ModelChoice
from sse_tui.client.service import EventService
from sse_tui.hub.server import HubServer
from sse_tui.mcp_server.server import McpServer

Converse = Callable[[Model | ModelChoice], Conversation]


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[HubServer]:
    hub = HubServer(tmp_path, port=0)
    await hub.start()
    yield hub
    await hub.stop()


@pytest.fixture
async def service(hub: HubServer) -> AsyncIterator[EventService]:
    async with EventService(hub.url) as service:
        yield service


@pytest.fixture
async def mcp(service: EventService) -> AsyncIterator[McpServer]:
    server = McpServer(service)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def converse(mcp: McpServer) -> AsyncIterator[Converse]:
    """Makes a conversation with a model of the SDK or with the one that a choice names."""
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
