from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from statistics import median
from time import perf_counter

import pytest
import pytest_asyncio
from peers.hub_in_loop import Hub, running_hub

from sse_tui.hub.app import HubOptions

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAGE = "https://app.example.org"
OPTIONS = HubOptions(
    token="s3cret", allow_hosts=("hub.example.org", "proxy:8080"), allow_origins=(PAGE + "/",)
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def guarded(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hub]:
    async with running_hub(tmp_path_factory.mktemp("guarded"), OPTIONS) as hub:
        hub.client.headers["Authorization"] = "Bearer s3cret"
        yield hub


@pytest.mark.parametrize("path", ["/health", "/topics", "/events/t", "/nothing"])
@pytest.mark.parametrize("host", ["evil.example.org", "localhost.evil.org:80", "10.0.0.7", "", "["])
async def test_an_unknown_host_is_misdirected(shared_hub: Hub, host: str, path: str) -> None:
    answer = await shared_hub.client.get(path, headers={"Host": host})
    assert answer.status_code == 421
    assert answer.json().keys() == {"title", "detail", "hint"}


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:99", "127.0.0.1", "127.0.0.2:1", "[::1]:3000", "localhost."]
)
async def test_loopback_names_are_known(shared_hub: Hub, host: str) -> None:
    assert (await shared_hub.client.get("/health", headers={"Host": host})).status_code == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("hub.example.org", 200),
        ("Hub.Example.org:99", 200),
        ("proxy:8080", 200),
        ("proxy:8081", 421),
        ("proxy", 421),
    ],
)
async def test_allowed_hosts(guarded: Hub, host: str, status: int) -> None:
    assert (await guarded.client.get("/health", headers={"Host": host})).status_code == status


@pytest.mark.parametrize(
    "origin", ["https://evil.org", "null", "http://127.0.0.1:1", "http://localhost", "http://["]
)
async def test_a_foreign_page_is_refused(shared_hub: Hub, topic: str, origin: str) -> None:
    answer = await shared_hub.client.post(
        f"/events/{topic}",
        content="1",
        headers={"Origin": origin, "Content-Type": "application/json"},
    )
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers
    names = [t["name"] for t in (await shared_hub.client.get("/topics")).json()]
    assert topic not in names


async def test_the_hubs_own_pages_may_use_it(shared_hub: Hub) -> None:
    answer = await shared_hub.client.get("/health", headers={"Origin": shared_hub.url})
    assert answer.status_code == 200
    assert "access-control-allow-origin" not in answer.headers


async def test_cross_origin_headers_are_for_allowed_origins_only(guarded: Hub) -> None:
    asks = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    without_token = {"Authorization": ""}
    allowed = await guarded.client.options("/events/t", headers=asks | {"Origin": PAGE})
    assert allowed.status_code == 204
    assert allowed.headers["access-control-allow-origin"] == PAGE
    assert "Idempotency-Key" in allowed.headers["access-control-allow-headers"]
    preflight = asks | without_token | {"Origin": PAGE}  # a browser sends no token with it
    assert (await guarded.client.options("/events/t", headers=preflight)).status_code == 204
    foreign = await guarded.client.options("/events/t", headers=asks | {"Origin": "https://x.org"})
    assert foreign.status_code == 403
    real = await guarded.client.get("/health", headers={"Origin": PAGE})
    assert (real.status_code, real.headers["access-control-allow-origin"]) == (200, PAGE)
    assert real.headers["vary"] == "Origin"
    refused = await guarded.client.get("/health", headers=without_token | {"Origin": PAGE})
    assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (401, PAGE)


@pytest.mark.parametrize("path", ["/health", "/topics", "/events/t", "/nothing"])
@pytest.mark.parametrize(
    "value", ["", "Bearer", "Bearer wrong", "Basic s3cret", "s3cret", "Bearer ü"]
)
async def test_every_route_asks_for_the_token(guarded: Hub, path: str, value: str) -> None:
    headers = {b"Authorization": value.encode("latin-1")}
    answer = await guarded.client.get(path, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert "s3cret" not in answer.text


async def test_the_token_opens(guarded: Hub) -> None:
    answer = await guarded.client.get("/health", headers={"Authorization": "bearer s3cret"})
    assert answer.status_code == 200


async def test_a_hub_on_all_addresses_is_known_by_each_address(tmp_path: Path) -> None:
    async with running_hub(tmp_path, HubOptions(host="0.0.0.0", token="s3cret")) as hub:
        hub.client.headers["Authorization"] = "Bearer s3cret"
        assert hub.url.startswith("http://127.0.0.1:")
        for host, status in (("192.168.1.5:3000", 200), ("[fe80::1]", 200), ("evil.org", 421)):
            answer = await hub.client.get("/health", headers={"Host": host})
            assert answer.status_code == status


async def test_small_requests_are_answered_at_once(shared_hub: Hub) -> None:
    """Not 40 ms later, when the client's kernel acknowledges the first half of an answer."""
    times = []
    for _ in range(31):
        began = perf_counter()
        await shared_hub.client.get("/health")
        times.append(perf_counter() - began)
    assert median(times) < 0.03
