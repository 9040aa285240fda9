"""Proxies of the environment, and where they are not to be used."""

from __future__ import annotations

import pytest
from peers.wire_server import WireServer

from sse_tui.client.proxies import proxy_for
from sse_tui.client.service import EventService
from sse_tui.errors import ConfigError

from .rows import ended


@pytest.mark.parametrize(
    ("environment", "url", "proxy"),
    [
        ({}, "http://a.example/", None),
        ({"http_proxy": "http://p:3128"}, "http://a.example/", "http://p:3128"),
        ({"http_proxy": "http://p:3128"}, "https://a.example/", None),
        ({"https_proxy": "p:3128"}, "https://a.example/", "http://p:3128"),
        ({"all_proxy": "http://p:3128"}, "https://a.example/", "http://p:3128"),
        ({"all_proxy": "SOCKS5h://p"}, "https://a.example/", "socks5h://p"),
        ({"http_proxy": "http://p", "no_proxy": "a.example"}, "http://a.example/", None),
        ({"http_proxy": "http://p", "no_proxy": ".example"}, "http://a.example:81/", None),
        ({"http_proxy": "http://p", "no_proxy": "*"}, "http://a.example/", None),
        ({"http_proxy": "http://p"}, "http://localhost:3000/", None),
        ({"http_proxy": "http://p"}, "http://127.0.0.9/", None),
        ({"http_proxy": "http://p"}, "http://[::1]:80/", None),
        ({"http_proxy": "http://p"}, "http://10.0.0.1/", "http://p"),
    ],
)
def test_the_proxy_of_a_url(
    environment: dict[str, str], url: str, proxy: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert proxy_for(url) == proxy


async def test_a_request_goes_through_the_proxy_with_its_credentials(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with WireServer() as proxy, EventService() as service:
        monkeypatch.setenv("http_proxy", proxy.url.replace("http://", "http://me:pw@"))
        await ended(await service.subscribe("http://far.example.invalid/x"))
        (request,) = proxy.requests
        assert request.path == "http://far.example.invalid/x"
        assert request.headers["proxy-authorization"] == "Basic bWU6cHc="


async def test_a_loopback_stream_never_goes_through_the_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with WireServer() as proxy, WireServer() as server, EventService() as service:
        monkeypatch.setenv("http_proxy", proxy.url)
        await ended(await service.subscribe(server.url))
        assert (len(proxy.requests), len(server.requests)) == (0, 1)


async def test_what_the_environment_names_but_is_no_proxy_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("all_proxy", "gopher://me:secret@127.0.0.1:70")
    with pytest.raises(ConfigError, match="gopher") as caught:
        proxy_for("http://far.example.invalid/")
    assert "secret" not in str(caught.value)
    async with EventService() as service:
        stream = await service.subscribe("http://far.example.invalid/")
        await ended(stream)
        assert stream.error is not None
        assert "NO_PROXY" in stream.error.hint
