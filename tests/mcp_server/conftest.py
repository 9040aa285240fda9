from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from mcp import Client
from mcp_server.connections import PATIENCE_S, connect, serving
from peers.hub_process import ServedHub

from sse_tui.client.service import EventService
from sse_tui.mcp_server.server import McpServer

_numbers = itertools.count(1)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def hub_url(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """One hub for all tests: each uses topics of its own."""
    async with ServedHub(tmp_path_factory.mktemp("hub")) as hub:
        yield hub.url


@pytest.fixture
async def service(hub_url: str) -> AsyncIterator[EventService]:
    async with EventService(hub_url) as service:
        yield service


@pytest.fixture
async def server(service: EventService) -> AsyncIterator[McpServer]:
    async with serving(service) as server:
        yield server


@pytest.fixture
async def client(server: McpServer) -> AsyncIterator[Client]:
    """A session over SSE; in a task of its own, as it must be left by the one that entered it."""
    done = asyncio.Event()
    entered: asyncio.Queue[Client] = asyncio.Queue()

    async def hold() -> None:
        async with connect(server) as client:
            entered.put_nowait(client)
            await done.wait()

    task = asyncio.create_task(hold())
    async with asyncio.timeout(PATIENCE_S):
        entered_client = await entered.get()
    yield entered_client
    done.set()
    await task


@pytest.fixture
def topic() -> str:
    """A topic that no other test uses."""
    return f"topic_{next(_numbers)}"
