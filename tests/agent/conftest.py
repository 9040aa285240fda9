from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from agent.house import Converse, House, conversations, running_house

from sse_tui.client.service import EventService
from sse_tui.mcp_server.server import McpServer


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with running_house(tmp_path) as house:
        yield house


@pytest.fixture
def service(house: House) -> EventService:
    return house.service


@pytest.fixture
def mcp(house: House) -> McpServer:
    return house.mcp


@pytest.fixture
async def converse(mcp: McpServer) -> AsyncIterator[Converse]:
    async with conversations(mcp) as make:
        yield make
