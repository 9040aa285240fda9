"""Any event stream by its URL."""

from __future__ import annotations

from urllib.parse import quote

from sse_tui.client.dialects.dialect import Dialect
from sse_tui.client.dialects.requests import need_base, stream_request, under
from sse_tui.client.options import StreamOptions
from sse_tui.client.request import HttpRequest, checked_url
from sse_tui.errors import UsageError


class UrlDialect(Dialect):
    """Any event stream by its URL; a topic is put in place of `{topic}`, or after the path."""

    name = "url"

    def stream(self, base: str | None, topic: str, options: StreamOptions) -> HttpRequest:
        """The URL itself, or the topic under the profile's URL."""
        if "://" in topic:
            return stream_request(checked_url(topic), options)
        base = need_base(base, topic)
        if "{topic}" in base:
            return stream_request(base.replace("{topic}", quote(topic, safe="")), options)
        return stream_request(under(base, quote(topic)), options)

    def publish(self, base: str | None, topic: str, data: bytes, event: str | None) -> HttpRequest:
        """Not possible: a plain stream says nothing about sending."""
        raise UsageError(
            "A plain event stream cannot be sent to",
            f"{topic!r} is only known as a stream to read",
            "Send to a topic of a hub: set a profile with dialect = 'hub', or give --url.",
        )


DIALECT = UrlDialect()
