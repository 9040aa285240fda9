"""The requests that dialects are made of: a stream, a header more, a path or query under a base."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from sse_tui.client.options import StreamOptions, header_pairs
from sse_tui.client.request import (
    HttpRequest,
    checked_headers,
    checked_method,
    checked_url,
    split_credentials,
)
from sse_tui.errors import UsageError

_BASE_HEADERS = (
    ("Accept", "text/event-stream"),
    ("Cache-Control", "no-store"),
    # A proxy that compresses holds events back until its block is full.
    ("Accept-Encoding", "identity"),
)


def stream_request(url: str, options: StreamOptions) -> HttpRequest:
    """A request for an event stream, with what the user asked for.

    Raises:
        UsageError: a header of the options cannot be sent.
    """
    url, credentials = split_credentials(with_more_query(url, options.query))
    own = checked_headers(header_pairs(options.headers))
    if any(name.lower() == "authorization" for name, _ in own):
        credentials = ()
    request = HttpRequest(
        checked_method(options.method),
        url,
        _BASE_HEADERS,
        credentials + own,
        options.body,
        options.header_command,
    )
    if options.compressed:
        from sse_tui.client.inflate import accepted_codings

        return with_header(request, "Accept-Encoding", accepted_codings())
    return request


def with_more_query(url: str, pairs: Sequence[tuple[str, str]]) -> str:
    """The URL with these query parameters after its own, which stay as they are written."""
    if not pairs:
        return url
    parts = urlsplit(url)
    more = urlencode(pairs, quote_via=quote, safe="")
    query = f"{parts.query}&{more}" if parts.query else more
    return urlunsplit(parts._replace(query=query))


def without_credentials(url: str, options: StreamOptions) -> tuple[str, StreamOptions]:
    """The same stream under a name that may be shown: user and password become a header."""
    name, credentials = split_credentials(url)
    headers = header_pairs(options.headers)
    if any(header.lower() == "authorization" for header, _ in headers):
        return name, options
    return name, replace(options, headers=(*headers, *credentials)) if credentials else options


def with_header(request: HttpRequest, name: str, value: str) -> HttpRequest:
    """The request with this header in place of any of its name."""

    def without(pairs: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        return tuple(pair for pair in pairs if pair[0].lower() != name.lower())

    return replace(
        request,
        headers=(*without(request.headers), (name, value)),
        own_headers=without(request.own_headers),
    )


def with_query(url: str, name: str, value: str | None) -> str:
    """The URL with this query parameter in place of any of its name; None leaves it out."""
    parts = urlsplit(url)
    pairs = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != name]
    if value is not None:
        pairs.append((name, value))
    return urlunsplit(parts._replace(query=urlencode(pairs)))


def under(base: str, path: str) -> str:
    """The URL with `path` (percent-encoded) after its own; its query stays."""
    parts = urlsplit(base)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{path}"))


def need_base(base: str | None, topic: str) -> str:
    """The server's address.

    Raises:
        UsageError: there is none.
    """
    if base is None:
        raise UsageError(
            "No server is named",
            f"the topic {topic!r} needs one",
            "Give --url, choose a profile, or subscribe to a whole URL.",
        )
    return base


def path_url(base: str | None, topic: str) -> str:
    """The URL that the topic is, or its path and query under the server's URL.

    Raises:
        UsageError: it is no URL, or there is no server.
    """
    if "://" in topic:
        return checked_url(topic)
    path, _, query = topic.partition("?")
    url = under(need_base(base, topic), quote(path.lstrip("/"), safe="/%:@!$&'()*+,;=~"))
    if not query:
        return url
    return f"{url}&{query}" if "?" in url else f"{url}?{query}"


def accepting(request: HttpRequest, content_types: str) -> HttpRequest:
    """The request with this `Accept`; the user's own still wins."""
    others = tuple(pair for pair in request.headers if pair[0] != "Accept")
    return replace(request, headers=(("Accept", content_types), *others))
