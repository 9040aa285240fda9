from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp import ClientSession
from mcp.client.sse import sse_client
from mcp.client.streamable_http import streamable_http_client
from peers.hub_process import ServedHub
from peers.stream_reader import StreamReader

TOKEN = {"Authorization": "Bearer s3cret"}


async def call(session: ClientSession, tool: str, **arguments: object) -> Any:  # noqa: ANN401 - any tool's answer
    result = await session.call_tool(tool, arguments)
    return result


@pytest.mark.parametrize("transport", ["mcp", "sse"])
async def test_tools_act_on_the_hub_itself(tmp_path: Path, transport: str) -> None:
    async with ServedHub(tmp_path, "--token", "s3cret") as hub:
        if transport == "sse":
            async with (
                sse_client(f"{hub.url}/sse", headers=TOKEN) as (read, write),
                ClientSession(read, write) as session,
            ):
                await use(session, hub)
        else:
            async with (
                httpx2.AsyncClient(headers=TOKEN) as client,
                streamable_http_client(f"{hub.url}/mcp", http_client=client) as streams,
                ClientSession(streams[0], streams[1]) as session,
            ):
                await use(session, hub)
        open_session = StreamReader(hub.url, "/sse", TOKEN)
        await open_session.__aenter__()
        began = asyncio.get_running_loop().time()
        assert await hub.stop() == 0
        assert asyncio.get_running_loop().time() - began < 3
        await open_session.rest()  # ended well, not broken off
        await open_session.__aexit__(None, None, None)


async def use(session: ClientSession, hub: ServedHub) -> None:
    await session.initialize()
    sent = await call(session, "send_event", topic="t", data={"x": 1})
    assert not sent.is_error, sent
    async with httpx2.AsyncClient(headers=TOKEN) as client:
        (topic,) = (await client.get(f"{hub.url}/topics")).json()
    assert topic["name"] == "t"
    assert topic["last_id"] in json.dumps(sent.model_dump(mode="json"))
    refused = await call(session, "subscribe", topic="http://127.0.0.1:1/stream")
    assert refused.is_error


async def test_the_hubs_guard_is_before_the_mcp_server(tmp_path: Path) -> None:
    async with ServedHub(tmp_path, "--token", "s3cret") as hub, httpx2.AsyncClient() as client:
        for path in ("/mcp", "/sse", "/messages/"):
            assert (await client.post(f"{hub.url}{path}", json={})).status_code == 401
            headers = TOKEN | {"Host": "evil.org"}
            answer = await client.post(f"{hub.url}{path}", json={}, headers=headers)
            assert answer.status_code == 421
