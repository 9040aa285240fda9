"""ntfy, notifications by topic.

After https://docs.ntfy.sh/subscribe/api/ and https://docs.ntfy.sh/publish/; not seen live. An event
has no `id` field: its id stands in its JSON data. The events `open`, `keepalive`, `message_clear`
and `message_delete` are dispatched like any other, so they are shown as events; only a position is
never taken from them, since a server need not keep them.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from sse_tui.client.dialects.dialect import Dialect, refuse_event_type
from sse_tui.client.dialects.requests import need_base, stream_request, under, with_query
from sse_tui.client.options import StreamOptions
from sse_tui.client.request import HttpRequest
from sse_tui.events.log import EventLog
from sse_tui.events.model import Event

_PAGE_ROWS = 500
_SINCE = {"earliest": "all"}


class NtfyDialect(Dialect):
    """Topics of one server; several at once are joined by commas."""

    name = "ntfy"

    def stream(self, base: str | None, topic: str, options: StreamOptions) -> HttpRequest:
        """`GET /{topic}/sse`, with `since=` in ntfy's words (`all`, `10m`, a Unix time, an id)."""
        url = under(need_base(base, topic), f"{quote(topic, safe=',')}/sse")
        if options.since:
            url = with_query(url, "since", _SINCE.get(options.since, options.since))
        return stream_request(url, options)

    def publish(self, base: str | None, topic: str, data: bytes, event: str | None) -> HttpRequest:
        """`POST /{topic}`: a JSON string as its text, for people read it; other JSON as it is.

        Raises:
            UsageError: an event type is given; ntfy has none.
        """
        refuse_event_type("ntfy", event)
        value = json.loads(data)
        body = value.encode() if isinstance(value, str) else data
        url = under(need_base(base, topic), quote(topic, safe=""))
        return HttpRequest("POST", url, body=body)

    def position(self, log: EventLog, first: int, last_event_id: str) -> str:
        """The id of the last message; before any message, the time of the first `open`."""
        opened = ""
        after, lowest = log.next_number, max(first, log.first_number)
        while after > lowest:
            start = max(lowest, after - _PAGE_ROWS)
            for row in reversed(log.read(start, after - start)):
                facts = _facts(row) if isinstance(row, Event) else {}
                if facts.get("event") == "message" and isinstance(facts.get("id"), str):
                    return str(facts["id"])
                if facts.get("event") == "open" and isinstance(facts.get("time"), int):
                    opened = str(facts["time"])
            after = start
        return last_event_id or opened

    def resume(self, request: HttpRequest, position: str) -> tuple[HttpRequest, str | None]:
        """The request with `since=`, in place of what the first one asked for."""
        if not position:
            return request, None
        return replace(request, url=with_query(request.url, "since", position)), position


DIALECT = NtfyDialect()


def _facts(event: Event) -> dict[str, Any]:
    try:
        facts = event.json()
    except ValueError:
        return {}
    return facts if isinstance(facts, dict) else {}
