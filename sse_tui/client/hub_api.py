"""The hub's answers to health check and topic list, as plain values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from sse_tui.client.request import HttpRequest
from sse_tui.errors import HealthError, StreamError

if TYPE_CHECKING:
    from sse_tui.client.transport import HttpReply, Transport


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
    raw = json_of(reply)
    facts = raw if isinstance(raw, dict) else {}
    names = [field.name for field in fields(Health) if field.name != "raw"]
    return Health(**{name: facts.get(name) for name in names}, raw=facts)


async def topics(transport: Transport, request: HttpRequest) -> list[TopicInfo]:
    """The hub's topics.

    Raises:
        StreamError: it does not answer, or not with a list of topics.
    """
    reply = await transport.fetch(request)
    rows = json_of(reply)
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


def json_of(reply: HttpReply) -> Any:  # noqa: ANN401 - any JSON value
    """The answer's body as JSON; None where it is none."""
    try:
        return json.loads(reply.body)
    except ValueError:
        return None
