"""Puts the hub's routes together into one ASGI application."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Scope

from sse_tui import __version__
from sse_tui.hub.endpoint import EventsEndpoint
from sse_tui.hub.engine import LogFailure
from sse_tui.hub.guard import Guard
from sse_tui.hub.hub_log import HubLog
from sse_tui.hub.refusal import Refused
from sse_tui.hub.streams import Streams

SERVER_NAME = "sse-tui"
"""What `/health` says: by this a hub is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HubOptions:
    """How a hub behaves.

    Attributes:
        host: what it listens on.
        token: the bearer token that every request must carry; None for none.
        allow_hosts, allow_origins: see `Guard`.
        keep_alive_s, send_timeout_s: see `Streams`.
    """

    host: str = "127.0.0.1"
    token: str | None = None
    allow_hosts: Collection[str] = ()
    allow_origins: Collection[str] = ()
    keep_alive_s: float = 15.0
    send_timeout_s: float = 30.0


DEFAULT_OPTIONS = HubOptions()


def build_app(
    log: HubLog,
    options: HubOptions = DEFAULT_OPTIONS,
    *,
    extra_routes: Sequence[BaseRoute] = (),
    abort: Callable[[Scope], None] = lambda _: None,
) -> Starlette:
    """The hub as an ASGI application; its lifespan starts the log, and closes it.

    Args:
        log: a log that was not started yet.
        options: how it behaves.
        extra_routes: routes to mount beside the hub's own, behind the same guard.
        abort: cuts the connection of a request; the server's business.

    Returns:
        The application; `state.streams` holds the open streams.
    """
    streams = Streams(
        log,
        keep_alive_s=options.keep_alive_s,
        send_timeout_s=options.send_timeout_s,
        abort=abort,
    )
    app = Starlette(
        routes=[
            Route("/health", _health(log, streams)),
            Route("/topics", _topics(log)),
            Route("/events/{topic:path}", EventsEndpoint(log, streams)),
            *extra_routes,
        ],
        middleware=[_guard(options)],
        exception_handlers=_ERROR_HANDLERS,
        lifespan=_lifespan(log, streams),
    )
    app.router.redirect_slashes = False
    app.state.streams = streams
    return app


def _guard(options: HubOptions) -> Middleware:
    return Middleware(
        Guard,
        host=options.host,
        token=options.token,
        allow_hosts=options.allow_hosts,
        allow_origins=options.allow_origins,
    )


def _lifespan(
    log: HubLog, streams: Streams
) -> Callable[[Starlette], contextlib.AbstractAsyncContextManager[None]]:
    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        log.start(streams.wake)
        watch = asyncio.create_task(streams.watch())
        try:
            yield
        finally:
            watch.cancel()
            await log.close()

    return lifespan


def _health(log: HubLog, streams: Streams) -> Callable[[Request], object]:
    async def health(_: Request) -> Response:
        facts = {
            "server": SERVER_NAME,
            "status": "failing" if log.problem else "ok",
            "version": __version__,
            "epoch": log.epoch,
            "head": log.id_of(log.head),
            "topics": len(await log.topics()),
            "subscribers": len(streams),
        }
        return JSONResponse(facts | ({"problem": log.problem} if log.problem else {}))

    return health


def _topics(log: HubLog) -> Callable[[Request], object]:
    async def topics(_: Request) -> Response:
        return JSONResponse(
            [
                {
                    "name": stats.name,
                    "events": stats.events,
                    "last_id": log.id_of(stats.last_seq),
                    "last_time": _rfc_3339(stats.last_time_ms),
                }
                for stats in await log.topics()
            ]
        )

    return topics


def _rfc_3339(time_ms: int) -> str:
    text = datetime.fromtimestamp(time_ms / 1000, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return error.response()


async def _log_failed(_: Request, error: Exception) -> Response:
    assert isinstance(error, LogFailure)
    return Refused(507 if error.full else 503, error.title, error.detail, error.hint).response()


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    hint = (
        "The routes are /health, /topics and /events/{topic}." if error.status_code == 404 else ""
    )
    detail = f"{request.method} {request.url.path}"
    return Refused(error.status_code, error.detail, detail, hint, headers=error.headers).response()


async def _client_gone(_: Request, __: Exception) -> Response:
    return Response(status_code=400)  # nobody reads it


async def _unexpected(_: Request, error: Exception) -> Response:
    hint = "Start the hub with --log-file and send the request again to see why."
    return Refused(500, "The hub failed", type(error).__name__, hint).response()


_ERROR_HANDLERS: Mapping[Any, Callable[[Request, Exception], Awaitable[Response]]] = {
    Refused: _refused,
    LogFailure: _log_failed,
    HTTPException: _http_error,
    ClientDisconnect: _client_gone,
    500: _unexpected,
}
