"""Nchan, the publish and subscribe module of nginx.

After https://nchan.io and seen live with 1.3.6: an event's id is Nchan's message id, `time:tag`;
the stream begins with the comment `hi`. The pings of `nchan_eventsource_ping_interval` have a type
but no data, so by the standard they are no events and make no row; they count as signs of life.
"""

from __future__ import annotations

from urllib.parse import quote

from sse_tui.client.dialects.dialect import Dialect, json_field, refuse_times
from sse_tui.client.dialects.requests import need_base, stream_request, under
from sse_tui.client.options import StreamOptions
from sse_tui.client.request import HttpRequest, checked_headers


class NchanDialect(Dialect):
    """A channel under the profile's URL, which is a location with `nchan_pubsub`.

    Where reading and sending have locations of their own, the profile's URL holds `{topic}` and
    each has a profile.
    """

    name = "nchan"

    def stream(self, base: str | None, topic: str, options: StreamOptions) -> HttpRequest:
        """`GET {location}/{topic}`; without a position Nchan begins with all that it holds."""
        refuse_times("Nchan", options.since)
        return stream_request(_channel(base, topic), options)

    def publish(self, base: str | None, topic: str, data: bytes, event: str | None) -> HttpRequest:
        """`POST {location}/{topic}`; the event type goes into `X-EventSource-Event`."""
        headers = [("Content-Type", "application/json"), ("Accept", "application/json")]
        if event is not None:
            headers.append(("X-EventSource-Event", event))
        return HttpRequest("POST", _channel(base, topic), checked_headers(headers), body=data)

    def sent_id(self, answer: bytes) -> str:
        """The channel's last message id: the event's own, unless another came just after it."""
        return json_field(answer, "last_message_id")


DIALECT = NchanDialect()


def _channel(base: str | None, topic: str) -> str:
    base = need_base(base, topic)
    if "{topic}" in base:
        return base.replace("{topic}", quote(topic, safe=""))
    return under(base, quote(topic))
