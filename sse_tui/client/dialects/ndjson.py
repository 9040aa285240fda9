"""Lines of JSON, each an event: Docker's events, CouchDB's continuous changes, a log.

After https://github.com/ndjson/ndjson-spec and https://jsonlines.org.
"""

from __future__ import annotations

from typing import ClassVar

from sse_tui.client.dialects.dialect import Dialect, refuse_times
from sse_tui.client.dialects.requests import accepting, path_url, stream_request
from sse_tui.client.options import StreamOptions
from sse_tui.client.policy import EVENT_STREAM, JSON, JSON_LINES
from sse_tui.client.request import HttpRequest
from sse_tui.errors import UsageError
from sse_tui.events.decoder import Decoder
from sse_tui.events.ndjson import NdjsonDecoder


class NdjsonDialect(Dialect):
    """Any URL, or a path under the profile's; one that sends an event stream is read as that."""

    name = "ndjson"
    content_types = frozenset({*JSON_LINES, JSON, EVENT_STREAM, "text/plain"})
    accept: ClassVar[str] = "application/x-ndjson, application/jsonl, application/json;q=0.9"

    def stream(self, base: str | None, topic: str, options: StreamOptions) -> HttpRequest:
        """The URL itself, or the topic, with its query if it has one, under the profile's URL."""
        refuse_times("A stream of JSON lines", options.since)
        return accepting(stream_request(path_url(base, topic), options), self.accept)

    def publish(self, base: str | None, topic: str, data: bytes, event: str | None) -> HttpRequest:
        """Not possible: a plain stream says nothing about sending."""
        raise UsageError("A stream of JSON lines cannot be sent to", repr(topic))

    def has_topic(self, target: str) -> bool:
        """A URL is a stream of this kind, too."""
        return True

    def decoder(
        self, content_type: str, options: StreamOptions, last_event_id: str
    ) -> Decoder | NdjsonDecoder:
        """By lines, unless it is an event stream after all."""
        if content_type == EVENT_STREAM:
            return super().decoder(content_type, options, last_event_id)
        return NdjsonDecoder(max_event_bytes=options.max_event_bytes, last_event_id=last_event_id)


DIALECT = NdjsonDialect()
