"""A real hub on a free port, in the test's own loop, and a client for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from sse_tui.hub.app import DEFAULT_OPTIONS, HubOptions
from sse_tui.hub.engine import KEEP_BY_DEFAULT, Retention
from sse_tui.hub.server import HubServer


class Hub:
    """A running hub and an HTTP client on its address."""

    def __init__(self, server: HubServer, client: httpx.AsyncClient) -> None:
        self.server = server
        self.url = server.url
        self.client = client

    async def post(self, topic: str, data: str = "{}", **params: str) -> str:
        """Publish one event; its id."""
        answer = await self.client.post(
            f"/events/{topic}",
            content=data.encode(),
            params=params,
            headers={"Content-Type": "application/json"},
        )
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])

    async def post_many(self, topic: str, texts: list[str]) -> None:
        """Publish a batch."""
        answer = await self.client.post(
            f"/events/{topic}",
            content="\n".join(texts).encode(),
            headers={"Content-Type": "application/x-ndjson"},
        )
        assert answer.status_code == 200, answer.text

    async def health(self) -> dict[str, object]:
        answer = await self.client.get("/health")
        facts: dict[str, object] = answer.json()
        return facts

    async def until_subscribers(self, count: int) -> None:
        """Wait until so many streams are open."""
        async with asyncio.timeout(10):
            while (await self.health())["subscribers"] != count:
                pass


@asynccontextmanager
async def running_hub(
    folder: Path, options: HubOptions = DEFAULT_OPTIONS, keep: Retention = KEEP_BY_DEFAULT
) -> AsyncIterator[Hub]:
    """A hub on a free port, stopped at the end of the block."""
    server = HubServer(folder, 0, options, keep)
    await server.start()
    try:
        async with httpx.AsyncClient(base_url=server.url, trust_env=False, timeout=20) as client:
            yield Hub(server, client)
    finally:
        await server.stop()
