"""What an answer or an end means for a stream: go on, stop, fail, or try again."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol

from sse_tui.client.backoff import retry_after_s
from sse_tui.errors import ContentTypeError, StatusError, StreamEndedError, StreamError

TRANSIENT_STATUSES = frozenset({429, 500, 502, 503, 504})
EVENT_STREAM = "text/event-stream"
JSON = "application/json"
JSON_LINES = frozenset(
    {
        "application/x-ndjson",
        "application/ndjson",
        "application/jsonl",
        "application/x-jsonlines",
        "application/jsonlines",
        "application/stream+json",
    }
)
"""What lines of JSON are sent as; none of them is registered."""
MAX_QUOTE = 300
"""Characters of a server's answer that an error quotes."""


class EndKind(Enum):
    """How a connection came to its end."""

    CLEAN = "clean"
    """The body was complete."""
    BROKEN = "broken"
    """No connection, or it broke: to be tried again where the policy allows it."""
    OVER = "over"
    """The server says there is no more: 204, or `[DONE]`."""
    REFUSED = "refused"
    """An answer or a fault that another try would not change."""
    RESTARTED = "restarted"
    """The user asked for a new connection."""


@dataclass(frozen=True, slots=True)
class End:
    """The end of one connection.

    Attributes:
        error: what went wrong; None for a good end.
        detail: the end in a few words; where there is an error, its own words count.
        retry_after: seconds that the server asked to wait.
        history_gone: the server has nothing any more after the position that was asked for: the
            next connection must begin without one.
    """

    kind: EndKind
    error: StreamError | None = None
    detail: str = ""
    status: int | None = None
    retry_after: float | None = None
    history_gone: bool = False


class Answer(Protocol):
    """What this module needs to see of an HTTP answer."""

    status: int
    reason: str
    headers: Mapping[str, str]
    url: str
    secrets_dropped: bool

    async def read_beginning(self) -> str:
        """The beginning of the body as text."""


async def refusal(
    answer: Answer,
    *,
    strict: bool,
    now: datetime,
    content_types: Collection[str] = (EVENT_STREAM,),
) -> End | None:
    """Why this answer is not a stream to read; None where it is one.

    Args:
        answer: status and headers are there, the body may be.
        strict: 429 and 5xx are final too, as the standard says (section 9.2.3).
        now: the time of the answer, with a zone.
        content_types: what the stream may be sent as.
    """
    status = answer.status
    if status == 204:
        return End(EndKind.OVER, detail="the server has no more events (204)", status=status)
    if status in TRANSIENT_STATUSES and not strict:
        error = StatusError(_status_title(answer), answer.url, status=status)
        after = retry_after_s(answer.headers.get("retry-after", ""), now)
        return End(EndKind.BROKEN, error, status=status, retry_after=after)
    if status != 200:
        return End(EndKind.REFUSED, await _status_error(answer), status=status)
    if content_type(answer.headers) not in content_types:
        return End(EndKind.REFUSED, await _type_error(answer, content_types), status=status)
    return None


def content_type(headers: Mapping[str, str]) -> str:
    """The content type that the headers name: lower case, no parameters; empty where none."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def not_again(end: End, *, asked_not_to: bool) -> StreamError:
    """The error of a stream that broke and is not to be asked for again.

    Args:
        end: how its connection ended.
        asked_not_to: the user said so; otherwise the method is the reason.
    """
    why = end.error or StreamEndedError("The stream broke off")
    hint = (
        "Leave out --no-reconnect to have it tried again."
        if asked_not_to
        else "The request is not repeated by itself; --reconnect allows it."
    )
    error = type(why)(why.title, why.detail, hint, status=end.status)
    error.__cause__ = why
    return error


async def _status_error(answer: Answer) -> StatusError:
    said = _words_of(await answer.read_beginning())
    hint = {
        401: "Give credentials: --bearer TOKEN, --user NAME, or a header with -H.",
        403: "The server knows you and says no; check your rights, or the Host and Origin it sees.",
        404: "Check the path; the server is there.",
        407: "The proxy wants a login: --proxy http://USER:PASSWORD@HOST:PORT.",
        405: "The server wants another method for this path (-X).",
    }.get(answer.status, "")
    if answer.secrets_dropped:
        hint = "A redirect led to another origin, where your headers were not sent: use its URL."
    elif 300 <= answer.status < 400:
        said, hint = "a redirect without a Location", "Give the URL that it should lead to."
    return StatusError(
        _status_title(answer),
        f"{answer.url}: {said}" if said else answer.url,
        hint,
        status=answer.status,
    )


async def _type_error(answer: Answer, content_types: Collection[str]) -> ContentTypeError:
    received, sent_as = answer.headers.get("content-type", ""), content_type(answer.headers)
    detail = f"{answer.url} answered with {received!r}" if received else ""
    hint = f"An event stream has the content type {EVENT_STREAM}."
    if sent_as in JSON_LINES:
        hint = "These are lines of JSON: read them with --dialect ndjson."
    elif sent_as == JSON:
        hint = (
            'This is one answer, not a stream: a model streams with "stream": true in the body'
            " (lines of JSON that are sent so are read with --dialect ndjson)."
        )
    elif EVENT_STREAM not in content_types:
        hint = f"This kind of server streams as {' or '.join(sorted(content_types))}."
    if sent_as in (JSON, *JSON_LINES) and (said := _words_of(await answer.read_beginning())):
        detail += f": {said}"
    return ContentTypeError(
        "Not an event stream", detail or f"{answer.url} named no content type", hint, status=200
    )


def _status_title(answer: Answer) -> str:
    return f"The server answered {answer.status} {answer.reason}".rstrip()


def _words_of(body: str) -> str:
    """What an error body says: the message of a JSON error, or its first line."""
    try:
        said = json.loads(body)
    except ValueError:
        said = body
    if isinstance(said, dict):
        error = said.get("error")
        inner = error if isinstance(error, dict) else said
        words = [inner.get(key) for key in ("title", "message", "detail", "hint")]
        if isinstance(error, str):
            words.insert(0, error)
        said = ": ".join(word for word in words if isinstance(word, str) and word) or body
    line = str(said).strip().partition("\n")[0].strip()
    if line in ("{", "["):  # laid out over many lines
        line = " ".join(body.split())
    return line if len(line) <= MAX_QUOTE else f"{line[:MAX_QUOTE]}…"
