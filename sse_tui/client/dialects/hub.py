"""The hub of sse-tui itself: `/events/{topic}`."""

from __future__ import annotations

import re
from urllib.parse import quote, urlencode

from sse_tui.client.dialects.dialect import Dialect
from sse_tui.client.dialects.requests import need_base, stream_request
from sse_tui.client.options import StreamOptions
from sse_tui.client.request import HttpRequest
from sse_tui.errors import UsageError

MAX_TOPIC_LENGTH = 128
_LEVEL = re.compile(r"[A-Za-z0-9_~-]+")


class HubDialect(Dialect):
    """The hub's own routes, `/events/{topic}`."""

    name = "hub"
    marks_live = True
    counts_once = True
    takes_lines = True

    def stream(self, base: str | None, topic: str, options: StreamOptions) -> HttpRequest:
        """`GET /events/{topic}`, where a level of the topic may be `*` and the last one `>`."""
        url = _events_url(base, check_topic(topic, wildcards=True))
        if options.since:
            url += "?" + urlencode({"since": options.since})
        return stream_request(url, options)

    def publish(self, base: str | None, topic: str, data: bytes, event: str | None) -> HttpRequest:
        """`POST /events/{topic}`; the event type goes into the query."""
        url = _events_url(base, check_topic(topic))
        if event is not None:
            url += "?" + urlencode({"event": event})
        headers = (("Content-Type", "application/json"), ("Accept", "application/json"))
        return HttpRequest("POST", url, headers, body=data)


DIALECT = HubDialect()


def check_topic(topic: str, *, wildcards: bool = False) -> str:
    """Return `topic` if the hub can have it.

    Raises:
        UsageError: it is too long or has an illegal level; `wildcards` allows `*` and a last `>`.
    """
    levels = topic.split(".")
    wild = ("*", ">") if wildcards else ()
    if (
        len(topic) <= MAX_TOPIC_LENGTH
        and ">" not in levels[:-1]
        and all(level in wild or _LEVEL.fullmatch(level) for level in levels)
    ):
        return topic
    if wildcards and ("/" in topic or ":" in topic):
        raise UsageError("Not a topic name", repr(topic), "A URL begins with http:// or https://.")
    hint = f"Use letters, digits, _ ~ and - in levels joined by dots, {MAX_TOPIC_LENGTH} at most"
    hint += "; a level may be *, the last one >." if wildcards else ", without wildcards."
    raise UsageError("Not a topic name", repr(topic), hint)


def _events_url(base: str | None, topic: str) -> str:
    return f"{need_base(base, topic)}/events/{quote(topic, safe='~')}"
