"""Sends events so that none counts twice, and says what is known of those that got no answer."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sse_tui.client.dialects.dialect import Dialect
from sse_tui.client.hub_api import json_of
from sse_tui.client.request import HttpRequest
from sse_tui.errors import ConnectError, SendError, StreamEndedError, StreamError, UsageError

if TYPE_CHECKING:
    from sse_tui.client.transport import HttpReply, Transport

SEND_RETRY_DELAYS_S = (0.2, 1.0)
"""Before the second and the third try at an event that got no answer."""

PASSING_STATUSES = frozenset({502, 503, 504})
"""Answers of a proxy whose server is away for a moment, and of a server that is about to go."""

NDJSON = "application/x-ndjson"

_NEVER_CONNECTED = frozenset(
    {"ClientConnectorError", "ConnectionTimeoutError", "ConnectionRefusedError", "gaierror"}
)


@dataclass(frozen=True, slots=True)
class SentEvent:
    """An event that the server has taken: its id and its topic."""

    id: str
    topic: str


@dataclass(frozen=True, slots=True)
class SentEvents:
    """Events that the server has taken: how many, their topic, the first and the last one's id."""

    topic: str
    count: int
    first_id: str
    last_id: str


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
    reply = await _deliver(transport, publish(_body(data, raw=raw)), dialect)
    facts = _facts(reply)
    return SentEvent(dialect.sent_id(reply.body), str(facts.get("topic", topic)))


async def send_lines(
    transport: Transport,
    publish: Callable[[bytes], HttpRequest],
    topic: str,
    texts: Sequence[str],
    *,
    dialect: Dialect,
) -> SentEvents:
    """Send events in order: all or none, where the server takes many in one request.

    To other kinds of server they go one by one.

    Args:
        transport: sends it.
        publish: makes the request for a body of one event.
        topic: for the answer.
        texts: JSON texts, at least one.
        dialect: says whether the server takes many at once, and knows a key.

    Raises:
        SendError: the server did not take them; its hint says how many it took before.
        UsageError: a text is not JSON; none was sent.
    """
    bodies = [_body(text, raw=True) for text in texts]
    if not dialect.takes_lines:
        return await _one_by_one(transport, publish, topic, bodies, dialect)
    # A line end in JSON text is mere space between tokens; within strings it is escaped.
    lines = [body.replace(b"\r", b" ").replace(b"\n", b" ") for body in bodies]
    request = publish(b"\n".join(lines))
    kept = tuple(pair for pair in request.headers if pair[0].lower() != "content-type")
    request = replace(request, headers=(*kept, ("Content-Type", NDJSON)))
    facts = _facts(await _deliver(transport, request, dialect, "The events"))
    first, last = str(facts.get("first_id", "")), str(facts.get("last_id", ""))
    return SentEvents(topic, len(lines), first, last)


async def _one_by_one(
    transport: Transport,
    publish: Callable[[bytes], HttpRequest],
    topic: str,
    bodies: Sequence[bytes],
    dialect: Dialect,
) -> SentEvents:
    ids: list[str] = []
    for body in bodies:
        try:
            reply = await _deliver(transport, publish(body), dialect)
        except SendError as error:
            taken = f"{len(ids)} of {len(bodies)} were sent before it."
            hint = f"{taken} {error.hint}".strip()
            raise SendError(error.title, error.detail, hint, status=error.status) from error
        ids.append(dialect.sent_id(reply.body))
    return SentEvents(topic, len(ids), ids[0], ids[-1])


async def _deliver(
    transport: Transport, request: HttpRequest, dialect: Dialect, what: str = "The event"
) -> HttpReply:
    # A connection kept from before may be closed by the server in this moment, and where there is
    # one try only that would leave open whether the event arrived.
    extra = ("Connection", "close")
    delays: tuple[float, ...] = ()
    if dialect.counts_once:
        extra, delays = ("Idempotency-Key", str(uuid.uuid4())), SEND_RETRY_DELAYS_S
    request = replace(request, headers=(*request.headers, extra))
    reply = await _fetch_surely(transport, request, delays, what)
    if not 200 <= reply.status < 300:
        raise _refused(reply, json_of(reply), request)
    return reply


async def _fetch_surely(
    transport: Transport, request: HttpRequest, delays: tuple[float, ...], what: str
) -> HttpReply:
    reached = False
    for delay in delays:
        try:
            reply = await transport.fetch(request)
        except (ConnectError, StreamEndedError) as error:
            reached = reached or _may_have_arrived(error)
        else:
            if reply.status not in PASSING_STATUSES:
                return reply
        await asyncio.sleep(delay)
    try:
        return await transport.fetch(request)
    except StreamError as error:
        raise _unanswered(error, what, reached=reached) from error


def _unanswered(error: StreamError, what: str, *, reached: bool) -> SendError:
    told = f"{error.title}: {error.detail}" if error.detail else error.title
    if reached or _may_have_arrived(error):
        hint = "Look at the topic before you send again."
        return SendError(f"{what} may or may not have arrived", told, hint)
    were = "were" if what.endswith("s") else "was"
    return SendError(f"{what} {were} not sent", told, error.hint)


def _may_have_arrived(error: BaseException) -> bool:
    """Whether a connection was there, so that the server may have read the request."""
    cause: BaseException | None = error
    while cause is not None:
        # Known by name: only the transport imports aiohttp.
        if {base.__name__ for base in type(cause).__mro__} & _NEVER_CONNECTED:
            return False
        cause = cause.__cause__
    return True


def _refused(reply: HttpReply, answer: object, request: HttpRequest) -> SendError:
    facts = answer if isinstance(answer, dict) else {}
    title = facts.get("title") or f"The server answered {reply.status} to the event"
    detail = facts.get("detail") or reply.body[:300].decode("utf-8", "replace").strip()
    hint = facts.get("hint") or ""
    if reply.status in (401, 403) and not hint:
        hint = "Give credentials: --bearer TOKEN, --user NAME, or a header with -H."
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


def _facts(reply: HttpReply) -> dict[str, Any]:
    answer = json_of(reply)
    return answer if isinstance(answer, dict) else {}
