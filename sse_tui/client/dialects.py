"""How a topic becomes a request: one small class for each kind of server."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from sse_tui.client.options import StreamOptions, header_pairs
from sse_tui.client.request import (
    HttpRequest,
    checked_headers,
    checked_url,
    last_event_id_header,
    split_credentials,
)
from sse_tui.errors import UsageError

MAX_TOPIC_LENGTH = 128
_LEVEL = re.compile(r"[A-Za-z0-9_~-]+")
_BASE_HEADERS = (
    ("Accept", "text/event-stream"),
    ("Cache-Control", "no-store"),
    # A proxy that compresses holds events back until its block is full.
    ("Accept-Encoding", "identity"),
)


class Dialect(Protocol):
    """What differs from one kind of server to the next."""

    name: str
    marks_live: bool
    """The server ends a replay with the comment `live`."""

    def stream(self, base: str | None, topic: str, options: StreamOptions) -> HttpRequest:
        """The first request of a stream, without a position.

        Raises:
            UsageError: no such topic can be, or there is no server to ask.
        """

    def resume(self, request: HttpRequest, last_event_id: str) -> tuple[HttpRequest, str | None]:
        """The request again, from after `last_event_id`.

        Returns:
            The request, and the ID as it is sent; None where it cannot be.
        """

    def publish(self, base: str | None, topic: str, data: bytes, event: str | None) -> HttpRequest:
        """The request that sends one event; `data` is JSON text.

        Raises:
            UsageError: this kind of server cannot be sent to, or not under this topic.
        """


class _HeaderResume:
    """Resumes as the standard says: by the header Last-Event-ID."""

    def resume(self, request: HttpRequest, last_event_id: str) -> tuple[HttpRequest, str | None]:
        """The request with the header; without, where the ID is empty or cannot be sent."""
        value = last_event_id_header(last_event_id)
        if value is None:
            return request, None
        return _with_header(request, "Last-Event-ID", value), value


class HubDialect(_HeaderResume):
    """The hub's own routes, `/events/{topic}`."""

    name = "hub"
    marks_live = True

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


class UrlDialect(_HeaderResume):
    """Any event stream by its URL; a topic is put in place of `{topic}`, or after the path."""

    name = "url"
    marks_live = False

    def stream(self, base: str | None, topic: str, options: StreamOptions) -> HttpRequest:
        """The URL itself, or the topic under the profile's URL."""
        if "://" in topic:
            return stream_request(checked_url(topic), options)
        base = _need_base(base, topic)
        if "{topic}" in base:
            return stream_request(base.replace("{topic}", quote(topic, safe="")), options)
        parts = urlsplit(base)
        path = f"{parts.path.rstrip('/')}/{quote(topic)}"
        return stream_request(urlunsplit(parts._replace(path=path)), options)

    def publish(self, base: str | None, topic: str, data: bytes, event: str | None) -> HttpRequest:
        """Not possible: a plain stream says nothing about sending."""
        raise UsageError(
            "A plain event stream cannot be sent to",
            f"{topic!r} is only known as a stream to read",
            "Send to a topic of a hub: set a profile with dialect = 'hub', or give --url.",
        )


_DIALECTS: dict[str, Dialect] = {each.name: each for each in (HubDialect(), UrlDialect())}


def dialect(name: str) -> Dialect:
    """The dialect of this name.

    Raises:
        UsageError: there is none.
    """
    try:
        return _DIALECTS[name]
    except KeyError:
        known = ", ".join(sorted(_DIALECTS))
        raise UsageError("Unknown dialect", repr(name), f"Known: {known}.") from None


def dialect_for(target: str, profile_dialect: str, *, as_topic: bool = False) -> Dialect:
    """The dialect that a target is spoken to with: a target with `://` is a plain URL."""
    return dialect("url" if "://" in target and not as_topic else profile_dialect)


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
    hint = f"Use letters, digits, _ ~ and - in levels joined by dots, {MAX_TOPIC_LENGTH} at most"
    hint += "; a level may be *, the last one >." if wildcards else ", without wildcards."
    raise UsageError("Not a topic name", repr(topic), hint)


def stream_request(url: str, options: StreamOptions) -> HttpRequest:
    """A request for an event stream, with what the user asked for.

    Raises:
        UsageError: a header of the options cannot be sent.
    """
    url, credentials = split_credentials(url)
    own = checked_headers(header_pairs(options.headers))
    if any(name.lower() == "authorization" for name, _ in own):
        credentials = ()
    return HttpRequest(options.method.upper(), url, _BASE_HEADERS, credentials + own, options.body)


def _with_header(request: HttpRequest, name: str, value: str) -> HttpRequest:
    def without(pairs: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        return tuple(pair for pair in pairs if pair[0].lower() != name.lower())

    return HttpRequest(
        request.method,
        request.url,
        (*without(request.headers), (name, value)),
        without(request.own_headers),
        request.body,
    )


def _need_base(base: str | None, topic: str) -> str:
    if base is None:
        raise UsageError(
            "No server is named",
            f"the topic {topic!r} needs one",
            "Give --url, choose a profile, or subscribe to a whole URL.",
        )
    return base


def _events_url(base: str | None, topic: str) -> str:
    return f"{_need_base(base, topic)}/events/{quote(topic, safe='~')}"
