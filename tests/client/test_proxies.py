"""Proxies of the environment, and where they are not to be used."""

from __future__ import annotations

import pytest
from peers.certificates import Certificates
from peers.clocks import StoppedClock
from peers.connect_proxy import ConnectProxy
from peers.socks_proxy import SocksProxy
from peers.wire_server import Answer, WireServer

from sse_tui.client.options import ClientOptions
from sse_tui.client.proxies import proxy_for
from sse_tui.client.reasons import CertificateError, ProxyRefusedError
from sse_tui.client.service import EventService
from sse_tui.errors import ConfigError, StreamError, UsageError
from sse_tui.events.model import Event

from .rows import ended, of_kind, until


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


@pytest.mark.parametrize("path", ["/x", "/", ""])
async def test_a_request_goes_through_the_proxy_with_its_credentials(
    monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    async with WireServer() as proxy, EventService() as service:
        monkeypatch.setenv("http_proxy", proxy.url.replace("http://", "http://me:pw@"))
        await ended(await service.subscribe(f"http://far.example.invalid{path}"))
        (request,) = proxy.requests
        assert request.path == f"http://far.example.invalid{path or '/'}"
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


def held() -> Answer:
    return Answer(write=[b"data: through\n\n"], end="hold")


async def first_event(url: str, options: ClientOptions) -> str:
    async with EventService(options=options) as service:
        stream = await service.subscribe(url)
        await until(service, lambda: stream.log.events == 1)
        return of_kind(stream, Event)[0].data


async def problem(url: str, options: ClientOptions) -> StreamError:
    async with EventService(options=options, clock=StoppedClock()) as service:
        stream = await service.subscribe(url)
        await until(service, lambda: stream.error is not None)
        assert stream.error is not None
        assert "secret" not in str(stream.error)
        return stream.error


@pytest.mark.parametrize(
    ("kind", "host", "version", "asked_for"),
    [
        ("socks5h", "far.example.invalid", 5, "far.example.invalid"),
        ("socks4a", "far.example.invalid", 4, "far.example.invalid"),
        ("socks5", "localhost", 5, "127.0.0.1"),
        ("socks4", "localhost", 4, "127.0.0.1"),
        ("socks5h", "[fd00::1]", 5, "fd00::1"),
    ],
)
async def test_a_socks_proxy_gets_names_or_addresses_as_its_kind_says(
    kind: str, host: str, version: int, asked_for: str
) -> None:
    async with WireServer([held()]) as server, SocksProxy(server.port) as proxy:
        options = ClientOptions(proxy=f"{kind}://{proxy.place}")
        assert await first_event(f"http://{host}:81/x", options) == "through"
        assert proxy.versions == [version]
        assert proxy.asked_for == [(asked_for, 81)]
        assert server.requests[0].headers["host"] == f"{host}:81"


async def test_a_socks_proxy_of_the_environment_serves_all_requests(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ok = Answer(200, {"Content-Type": "application/json"}, [b'{"status": "ok"}'])
    async with WireServer([ok, held()]) as server, SocksProxy(server.port) as proxy:
        monkeypatch.setenv("ALL_PROXY", f"socks5h://{proxy.place}")
        async with EventService("http://far.example.invalid") as service:
            assert (await service.check_health()).status == "ok"
            stream = await service.subscribe("http://far.example.invalid/x")
            await until(service, lambda: stream.log.events == 1)
        assert proxy.asked_for == [("far.example.invalid", 80)] * 2


async def test_a_socks_proxy_that_asks_who_we_are() -> None:
    async with (
        WireServer([held()]) as server,
        SocksProxy(server.port, login=("me@here", "secret")) as proxy,
    ):
        url = "http://far.example.invalid/x"
        good = ClientOptions(proxy=f"socks5h://me%40here:secret@{proxy.place}")
        assert await first_event(url, good) == "through"
        for login in ("me:secret-but-wrong@", ""):
            options = ClientOptions(proxy=f"socks5h://{login}{proxy.place}")
            async with EventService(options=options) as service:
                stream = await service.subscribe(url)
                await ended(stream)
                assert isinstance(stream.error, ProxyRefusedError)
                title = f"The proxy socks5h://{proxy.place} does not let us in"
                assert stream.error.title == title


@pytest.mark.parametrize(
    ("kind", "reply", "words"), [("socks5h", 4, "Host unreachable"), ("socks4a", 1, "rejected")]
)
async def test_a_socks_proxy_that_reaches_nobody(kind: str, reply: int, words: str) -> None:
    async with SocksProxy(1, reply=reply) as proxy:
        options = ClientOptions(proxy=f"{kind}://me:secret@{proxy.place}")
        error = await problem("http://far.example.invalid/x", options)
        assert error.title == (
            f"The proxy {kind}://{proxy.place} did not reach far.example.invalid:80"
        )
        assert words in error.detail


@pytest.mark.parametrize("kind", ["socks5h", "http", "https"])
async def test_a_proxy_that_is_not_there_is_told_without_its_password(kind: str) -> None:
    options = ClientOptions(proxy=f"{kind}://me:secret@127.0.0.1:1")
    error = await problem("http://far.example.invalid/x", options)
    assert error.title == f"No connection to the proxy {kind}://127.0.0.1:1"
    assert error.detail == "connection refused"


@pytest.mark.parametrize("kind", ["socks5h", "http"])
async def test_https_through_a_proxy_trusts_the_server_behind_it(
    kind: str, certificates: Certificates
) -> None:
    peer = SocksProxy if kind == "socks5h" else ConnectProxy
    async with (
        WireServer([held()], tls=certificates.server_context()) as server,
        peer(server.port) as proxy,
    ):
        mine = ClientOptions(proxy=f"{kind}://{proxy.place}", ca=str(certificates.ca))
        assert await first_event("https://localhost:444/x", mine) == "through"
        assert proxy.asked_for == [("localhost", 444)]
        error = await problem("https://other.invalid/x", mine)
        assert isinstance(error, CertificateError)


async def test_a_connect_proxy_gets_user_and_password_and_the_server_does_not(
    certificates: Certificates,
) -> None:
    async with WireServer([held()], tls=certificates.server_context()) as server:
        async with ConnectProxy(server.port) as proxy:
            options = ClientOptions(
                proxy=f"http://m%C3%AB:p%3Aw@{proxy.place}", ca=str(certificates.ca)
            )
            assert await first_event("https://localhost/x", options) == "through"
            assert "Proxy-Authorization: Basic bcOrOnA6dw==" in proxy.heads[0]
        assert "proxy-authorization" not in server.requests[0].headers


@pytest.mark.parametrize(("status", "final"), [(407, True), (502, False)])
async def test_a_connect_proxy_that_says_no(status: int, final: bool) -> None:
    async with ConnectProxy(1, status=status) as proxy:
        options = ClientOptions(proxy=f"http://me:secret@{proxy.place}")
        error = await problem("https://far.example.invalid/x", options)
        assert error.title == (
            f"The proxy http://{proxy.place} did not connect to far.example.invalid:443"
        )
        assert error.detail == f"it answered {status} Scripted"
        assert isinstance(error, ProxyRefusedError) == final


async def test_a_given_proxy_goes_before_the_environment_and_an_empty_one_is_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("all_proxy", "http://127.0.0.1:1")
    async with WireServer([held(), held()]) as server, SocksProxy(server.port) as proxy:
        given = ClientOptions(proxy=f"socks5h://{proxy.place}")
        assert await first_event(server.url, given) == "through"
        assert len(proxy.asked_for) == 1
        monkeypatch.setattr("sse_tui.client.proxies._is_loopback", lambda _: False)
        assert await first_event(server.url, ClientOptions(proxy="")) == "through"
        assert len(proxy.asked_for) == 1


async def test_a_profiles_proxy_leads_to_its_own_origin_only() -> None:
    async with WireServer([held()]) as server, SocksProxy(server.port) as proxy:
        options = ClientOptions(proxy=f"socks5h://{proxy.place}", own_way=True)
        async with EventService("http://home.invalid", options=options) as service:
            await (await service.subscribe("http://home.invalid/x")).opened(5)
            stream = await service.subscribe(server.url)
            await ended(stream)
        assert proxy.asked_for == [("home.invalid", 80)]


@pytest.mark.parametrize(
    ("proxy", "word"),
    [
        ("gopher://p:70", "kind"),
        ("socks5://", "no host"),
        ("socks5://p:x", "bad port"),
        ("http://p:99999", "bad port"),
        ("http://a b", "blank"),
        ("http://p\r\nq", "control"),
    ],
)
def test_what_is_no_proxy_is_refused_at_once(proxy: str, word: str) -> None:
    options = ClientOptions(proxy=proxy.replace("://", "://me:secret@", 1))
    with pytest.raises(UsageError, match=word) as caught:
        EventService(options=options)
    assert "secret" not in str(caught.value)


async def test_an_http_proxy_that_wants_a_login_fails_for_good() -> None:
    async with WireServer([Answer(407, {}, framing="length0")]) as proxy:
        options = ClientOptions(proxy=proxy.url)
        async with EventService(options=options) as service:
            stream = await service.subscribe("http://far.example.invalid/x")
            await ended(stream)
            assert stream.error is not None
            assert "--proxy" in stream.error.hint
