"""The hub's answers to health check, topic list and sending, as plain values."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from sse_tui.client.dialects.dialect import Dialect
from sse_tui.client.request import HttpRequest
from sse_tui.errors import (
    ConnectError,
    HealthError,
    SendError,
    StreamEndedError,
    StreamError,
    UsageError,
)

if TYPE_CHECKING:
    from sse_tui.client.transport import HttpReply, Transport

SEND_RETRY_DELAYS_S = (0.2, 1.0)
"""Before the second and the third try at an event that got no answer."""


@dataclass(frozen=True, slots=True)
class Health:
    """What `GET /health` said; None for what the server did not say.

    Attributes:
        server: `sse-tui` for the hub.
        head: the id of the newest event.
        raw: the whole JSON object; empty where the answer is none.
    """

    server: str | None
    status: str | None
    version: str | None
    epoch: str | None
    head: str | int | None
    topics: int | None
    subscribers: int | None
    raw: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TopicInfo:
    """One topic: how many events are kept, the newest one's id and time (RFC 3339)."""

    name: str
    events: int
    last_id: str | None
    last_time: str | None


@dataclass(frozen=True, slots=True)
class SentEvent:
    """An event that the server has taken: its id and its topic."""

    id: str
    topic: str


async def health(transport: Transport, request: HttpRequest) -> Health:
    """Ask the server how it is.

    Raises:
        HealthError: it does not answer, or not with 2xx.
    """
    try:
        reply = await transport.fetch(request)
    except StreamError as error:
        raise HealthError(error.title, error.detail, error.hint, status=error.status) from error
    if not 200 <= reply.status < 300:
        title = f"The health check answered {reply.status}"
        hint = "A server without /health can be subscribed to all the same."
        raise HealthError(title, request.url, hint, status=reply.status)
    raw = _json(reply)
    facts = raw if isinstance(raw, dict) else {}
    names = [field.name for field in fields(Health) if field.name != "raw"]
    return Health(**{name: facts.get(name) for name in names}, raw=facts)


async def topics(transport: Transport, request: HttpRequest) -> list[TopicInfo]:
    """The hub's topics.

    Raises:
        StreamError: it does not answer, or not with a list of topics.
    """
    reply = await transport.fetch(request)
    rows = _json(reply)
    if reply.status != 200 or not isinstance(rows, list):
        raise StreamError(
            "The server has no list of topics",
            f"{request.url} answered {reply.status}",
            "Subscribe to a topic that you know, or to a whole URL.",
            status=reply.status,
        )
    return [
        TopicInfo(row["name"], row.get("events", 0), row.get("last_id"), row.get("last_time"))
        for row in rows
        if isinstance(row, dict) and "name" in row
    ]


async def send(
    transport: Transport,
    publish: Callable[[bytes], HttpRequest],
    topic: str,
    data: Any,  # noqa: ANN401 - any JSON value
    *,
    raw: bool,
    dialect: Dialect,
) -> SentEvent:
    """Send one event. It cannot count twice: where the server knows no idempotency key, one try.

    Args:
        transport: sends it.
        publish: makes the request for a body.
        topic: for the answer, where the server does not repeat it.
        data: any JSON value, or JSON text.
        raw: `data` is JSON text and goes as it is.
        dialect: says whether a key is known, and reads the id from the answer.

    Raises:
        SendError: the server did not take it.
        UsageError: the data is not JSON.
    """
    request = publish(_body(data, raw=raw))
    delays: tuple[float, ...] = ()
    if dialect.counts_once:
        key = ("Idempotency-Key", str(uuid.uuid4()))
        request = replace(request, headers=(*request.headers, key))
        delays = SEND_RETRY_DELAYS_S
    reply = await _fetch_surely(transport, request, delays)
    answer = _json(reply)
    if not 200 <= reply.status < 300:
        raise _refused(reply, answer, request)
    facts = answer if isinstance(answer, dict) else {}
    return SentEvent(dialect.sent_id(reply.body), str(facts.get("topic", topic)))


async def _fetch_surely(
    transport: Transport, request: HttpRequest, delays: tuple[float, ...]
) -> HttpReply:
    for delay in delays:
        try:
            return await transport.fetch(request)
        except (ConnectError, StreamEndedError):
            await asyncio.sleep(delay)
    try:
        return await transport.fetch(request)
    except StreamError as error:
        kind = "The event was not sent" if isinstance(error, ConnectError) else error.title
        raise SendError(kind, f"{error.title}: {error.detail}", error.hint) from error


def _refused(reply: HttpReply, answer: object, request: HttpRequest) -> SendError:
    facts = answer if isinstance(answer, dict) else {}
    title = facts.get("title") or f"The server answered {reply.status} to the event"
    detail = facts.get("detail") or reply.body[:300].decode("utf-8", "replace").strip()
    hint = facts.get("hint") or ""
    if reply.status in (401, 403) and not hint:
        hint = "Give credentials with a header, such as -H 'Authorization: Bearer ...'."
    return SendError(str(title), str(detail or request.url), str(hint), status=reply.status)


def _body(data: Any, *, raw: bool) -> bytes:  # noqa: ANN401 - any JSON value
    """The JSON text to send; a text that is given is checked and left as it is."""
    try:
        if not raw:
            text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
            return text.encode()
        json.loads(data)
        return data if isinstance(data, bytes) else str(data).encode()
    except json.JSONDecodeError as error:
        place = f"{error.msg} at line {error.lineno}, column {error.colno}"
        raise UsageError("The event is not JSON", place, "Text goes in double quotes.") from error
    except (TypeError, ValueError, UnicodeError) as error:
        raise UsageError("The event is not JSON", str(error)) from error


def _json(reply: HttpReply) -> Any:  # noqa: ANN401 - any JSON value
    try:
        return json.loads(reply.body)
    except ValueError:
        return None
