"""Wikimedia EventStreams.

After https://wikitech.wikimedia.org/wiki/Event_Platform/EventStreams_HTTP_Service; not seen live.
An id is a JSON array of positions and goes back as it came. Canary events (`meta.domain` is
`canary`) are real events and are shown; `not data.meta.domain = canary` filters them out. The
program's User-Agent is what the service asks for; name yourself with a header of the profile.
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

from sse_tui.client.dialects.dialect import Dialect
from sse_tui.client.dialects.requests import need_base, stream_request, under, with_query
from sse_tui.client.options import StreamOptions
from sse_tui.client.request import HttpRequest
from sse_tui.errors import UsageError


class WikimediaDialect(Dialect):
    """Streams such as `recentchange`; several at once are joined by commas."""

    name = "wikimedia"

    def stream(self, base: str | None, topic: str, options: StreamOptions) -> HttpRequest:
        """`GET /v2/stream/{topic}`, with `since=` an ISO 8601 time."""
        url = under(need_base(base, topic), f"v2/stream/{quote(topic, safe=',')}")
        if options.since:
            url = with_query(url, "since", options.since)
        return stream_request(url, options)

    def resume(self, request: HttpRequest, position: str) -> tuple[HttpRequest, str | None]:
        """By the header; the time that the first request began at is left out then."""
        again, sent = super().resume(request, position)
        if sent is not None:
            again = replace(again, url=with_query(again.url, "since", None))
        return again, sent

    def publish(self, base: str | None, topic: str, data: bytes, event: str | None) -> HttpRequest:
        """Not possible: the streams are there to read."""
        raise UsageError("Wikimedia's streams cannot be sent to", repr(topic))


DIALECT = WikimediaDialect()
