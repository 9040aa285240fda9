"""Mercure hubs.

After https://datatracker.ietf.org/doc/html/draft-dunglas-mercure-07 and, for the header
`Mercure-Last-Event-ID`, spec/mercure.md of github.com/dunglas/mercure; not seen live. The newest
drafts spell the query parameter `topic` as `match`: give such a hub by whole URLs.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from sse_tui.client.dialects.dialect import Dialect, refuse_times
from sse_tui.client.dialects.requests import need_base, stream_request, under
from sse_tui.client.options import StreamOptions
from sse_tui.client.request import HttpRequest

_PATH = ".well-known/mercure"


class MercureDialect(Dialect):
    """Topics, mostly URLs, of one hub; its token is the profile's header `Authorization`."""

    name = "mercure"

    def stream(self, base: str | None, topic: str, options: StreamOptions) -> HttpRequest:
        """`GET /.well-known/mercure?topic=...`; `since="earliest"` is a position of its own."""
        refuse_times("Mercure", options.since)
        request = stream_request(f"{_hub(base, topic)}?{urlencode({'topic': topic})}", options)
        if options.since == "earliest" and not options.last_event_id:
            return self.resume(request, options.since)[0]
        return request

    def publish(self, base: str | None, topic: str, data: bytes, event: str | None) -> HttpRequest:
        """`POST /.well-known/mercure` as a form; the data is a field of it."""
        form = {"topic": topic, "data": data}
        if event is not None:
            form["type"] = event
        headers = (("Content-Type", "application/x-www-form-urlencoded"),)
        return HttpRequest("POST", _hub(base, topic), headers, body=urlencode(form).encode())

    def has_topic(self, target: str) -> bool:
        """A URL is a topic, unless it is a hub's own."""
        return f"/{_PATH}" not in target

    def lost_nothing(self, headers: Mapping[str, str], position: str) -> bool:
        """Whether the hub repeats the ID: it has its history from there on."""
        told = headers.get("mercure-last-event-id") or headers.get("last-event-id")
        return told == position

    def sent_id(self, answer: bytes) -> str:
        """The answer's whole body is the id."""
        return answer.decode("utf-8", "replace").strip()


DIALECT = MercureDialect()


def _hub(base: str | None, topic: str) -> str:
    base = need_base(base, topic)
    return base if base.endswith(f"/{_PATH}") else under(base, _PATH)
