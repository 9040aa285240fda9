from __future__ import annotations

import itertools
import ssl
from typing import Any

import httpx2
import pytest
from mcp.shared.exceptions import MCPError
from mcp_server.connections import LEGACY, MODERN, SSE, STREAMABLE_HTTP, connect_to

from sse_tui.client.service import EventService
from sse_tui.mcp_server.server import McpServer

ROUTES = [
    ("GET", "/sse"),
    ("POST", "/messages/?session_id=0"),
    ("POST", "/mcp"),
    ("GET", "/mcp"),
    ("DELETE", "/mcp"),
    ("OPTIONS", "/mcp"),
    ("GET", "/"),
    ("GET", "/health"),
]


NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Making the usual one takes 20 ms, for each request."""


async def ask(server: McpServer, method: str, path: str, **headers: str) -> httpx2.Response:
    sent = {"Authorization": f"Bearer {server.token}"} | {
        name.title(): value for name, value in headers.items()
    }
    async with httpx2.AsyncClient(timeout=20, trust_env=False, verify=NO_TLS) as client:
        return await client.request(method, server.url + path, headers=sent)


def words(response: httpx2.Response) -> dict[str, Any]:
    body: dict[str, Any] = response.json()
    assert set(body) == {"title", "detail", "hint"}
    return body


async def test_every_route_asks_for_the_token(server: McpServer) -> None:
    wrong = ["Bearer wrong", "Bearer", f"Basic {server.token}", "", f"Bearer {server.token}x"]
    for (method, path), authorization in itertools.product(ROUTES, wrong):
        response = await ask(server, method, path, authorization=authorization)
        assert response.status_code == 401, (method, path, authorization)
        assert response.headers["WWW-Authenticate"] == "Bearer"
        assert server.token not in response.text
        assert words(response)["title"] == "Wrong or missing token"


async def test_no_route_answers_for_a_foreign_host(server: McpServer) -> None:
    port = server.url.rpartition(":")[2]
    foreign = ["evil.example", f"evil.example:{port}", "127.0.0.1.evil.example", "192.0.2.1"]
    for (method, path), host in itertools.product(ROUTES, foreign):
        response = await ask(server, method, path, host=host)
        assert response.status_code == 421, (method, path, host)
        assert words(response)["title"] == "Unknown host"


async def test_no_route_works_for_a_foreign_page(server: McpServer) -> None:
    foreign = ["https://evil.example", "null", "http://127.0.0.1:1", "http://[", "file://"]
    for (method, path), origin in itertools.product(ROUTES, foreign):
        response = await ask(server, method, path, origin=origin)
        assert response.status_code == 403, (method, path, origin)
        assert words(response)["title"] == "Foreign origin"


async def test_the_own_names_and_pages_are_let_in(server: McpServer) -> None:
    port = server.url.rpartition(":")[2]
    for host in (f"127.0.0.1:{port}", f"localhost:{port}", f"LOCALHOST:{port}", f"[::1]:{port}"):
        response = await ask(server, "GET", "/nothing", host=host, origin=f"http://{host}")
        assert response.status_code == 404, host
        assert words(response)["hint"] == "Connect to /sse (SSE) or /mcp (streamable HTTP)."


@pytest.mark.parametrize("era", [MODERN, LEGACY])
@pytest.mark.parametrize("transport", [SSE, STREAMABLE_HTTP])
async def test_a_client_with_a_wrong_token_cannot_connect(
    server: McpServer, transport: str, era: str
) -> None:
    refused = pytest.RaisesExc((httpx2.HTTPStatusError, MCPError))
    with pytest.RaisesGroup(refused, allow_unwrapped=True, flatten_subgroups=True):
        async with connect_to(server.url, "wrong", transport, era):
            pass


async def test_two_runs_have_two_tokens(service: EventService) -> None:
    tokens = {McpServer(service).token for _ in range(3)}
    assert len(tokens) == 3
    assert all(len(token) >= 32 for token in tokens)
