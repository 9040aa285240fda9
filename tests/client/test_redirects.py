"""Redirects: whom the user's secrets reach, and where it stops."""

from __future__ import annotations

import pytest
from peers.wire_server import Answer, WireServer

from sse_tui.client.options import ClientOptions, StreamOptions
from sse_tui.client.service import EventService
from sse_tui.errors import StatusError

from .rows import ended

SECRETS = {"Authorization": "Bearer s3cret", "X-Api-Key": "s3cret", "Cookie": "session=s3cret"}


def to(url: str, status: int = 302) -> Answer:
    return Answer(status, {"Location": url}, framing="length0")


@pytest.mark.proves("redirect/credentials")
async def test_secrets_stay_behind_on_a_redirect_to_another_origin() -> None:
    async with WireServer() as other, EventService() as service:
        async with WireServer([to(f"{other.url}/there")]) as server:
            options = StreamOptions(headers=SECRETS, last_event_id="k1")
            stream = await service.subscribe(f"{server.url}/", options=options)
            await ended(stream)
            assert "s3cret" in str(server.requests[0].pairs)
        (request,) = other.requests
        assert "s3cret" not in str(request.pairs)
        assert request.headers["last-event-id"] == "k1"
        assert request.headers["accept"] == "text/event-stream"
        assert request.headers["host"] == other.url.removeprefix("http://")


async def test_secrets_do_not_come_back_when_the_redirects_lead_home() -> None:
    async with WireServer() as other, WireServer() as server, EventService() as service:
        server.script = [to(other.url)]
        other.script = [to(f"{server.url}/home")]
        options = StreamOptions(headers=SECRETS)
        await ended(await service.subscribe(f"{server.url}/", options=options))
        assert [request.path for request in server.requests] == ["/", "/home"]
        assert "s3cret" not in str(server.requests[1].pairs)


async def test_secrets_go_along_within_the_origin() -> None:
    async with WireServer([to("/b", 307)]) as server, EventService() as service:
        options = StreamOptions(method="POST", headers=SECRETS, body=b"q")
        stream = await service.subscribe(f"{server.url}/a", options=options)
        await ended(stream)
        second = server.requests[1]
        assert (second.method, second.path, second.body) == ("POST", "/b", b"q")
        assert "s3cret" in second.headers["x-api-key"]


@pytest.mark.parametrize("status", [302, 303])
async def test_a_post_that_is_sent_elsewhere_becomes_a_get_without_body(status: int) -> None:
    async with WireServer([to("/b", status)]) as server, EventService() as service:
        options = StreamOptions(method="POST", body=b"q")
        stream = await service.subscribe(f"{server.url}/a", options=options)
        await ended(stream)
        second = server.requests[1]
        assert (second.method, second.body) == ("GET", b"")


async def test_credentials_in_the_url_are_sent_as_a_header_and_not_shown() -> None:
    async with WireServer([to("/b")]) as server, EventService() as service:
        url = server.url.replace("http://", "http://me:s3cret@")
        stream = await service.subscribe(f"{url}/a")
        await ended(stream)
        assert [r.headers["authorization"] for r in server.requests] == ["Basic bWU6czNjcmV0"] * 2
        assert "s3cret" not in stream.url


async def test_a_refusal_behind_a_redirect_says_why_the_headers_were_not_sent() -> None:
    async with WireServer() as other, WireServer() as server, EventService() as service:
        server.script, other.script = [to(other.url)], [Answer(401, {})]
        options = StreamOptions(headers=SECRETS)
        stream = await service.subscribe(f"{server.url}/", options=options)
        with pytest.raises(StatusError, match="another origin"):
            await stream.opened(5)


async def test_a_profiles_headers_go_to_its_own_origin_only() -> None:
    options = ClientOptions(headers=SECRETS)
    async with WireServer() as other, WireServer() as server:
        async with EventService(server.url, options=options) as service:
            for target in ("topic", f"{server.url}/x", f"{other.url}/x"):
                await ended(await service.subscribe(target))
        assert ["s3cret" in str(request.pairs) for request in server.requests] == [True, True]
        assert ["s3cret" in str(request.pairs) for request in other.requests] == [False]


async def test_another_server_does_not_get_the_headers_of_the_one_before() -> None:
    async with WireServer() as other, WireServer() as server:
        async with EventService(server.url, options=ClientOptions(headers=SECRETS)) as service:
            service.use_server(other.url)
            await ended(await service.subscribe("topic"))
        assert "s3cret" not in str(other.requests[0].pairs)


async def test_redirects_in_a_circle_end_with_an_error() -> None:
    async with WireServer(lambda _: to("/again")) as server, EventService() as service:
        stream = await service.subscribe(f"{server.url}/")
        with pytest.raises(StatusError, match="Too many redirects"):
            await stream.opened(5)
        assert len(server.requests) == 21
