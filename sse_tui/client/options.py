"""What a user may set for the client and for one stream: plain values, no behaviour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

Headers: TypeAlias = Mapping[str, str] | Sequence[tuple[str, str]]
"""Header names and values; pairs where one name may come twice."""

REPEATABLE_METHODS = frozenset({"GET", "HEAD", "QUERY", "REPORT"})
"""Methods that only ask: sending one again costs nothing. Others reconnect when told to."""


@dataclass(frozen=True, slots=True)
class StreamOptions:
    """How one stream is asked for and kept up.

    Attributes:
        method: HTTP method; `body` goes with it on every connect.
        headers: added to the profile's headers; a name given here wins.
        body: request body, bytes as sent.
        last_event_id: position to resume after, from the very first request.
        since: the hub's `since=`: `earliest`, an RFC 3339 time, or `90s 5m 2h 7d`.
        reconnect: None lets the method decide (see `REPEATABLE_METHODS`).
        strict: 429 and 5xx fail for good, as the standard says.
        done: an event whose whole data is `[DONE]` ends the stream.
        idle_timeout: seconds without any byte until the stream is taken for dead; None is never.
        max_event_bytes: a larger event becomes an oversize row.
        as_topic: the target is a topic even where it looks like a URL.
        compressed: ask for a compressed stream; one that comes unasked is decoded as well.
        query: parameters added to the URL's own.
        header_command: as in `ClientOptions`, for this stream's origin; wins over that.
    """

    method: str = "GET"
    headers: Headers = ()
    body: bytes | None = None
    last_event_id: str | None = None
    since: str | None = None
    reconnect: bool | None = None
    strict: bool = False
    done: bool = True
    idle_timeout: float | None = None
    max_event_bytes: int = 16 * 2**20
    as_topic: bool = False
    compressed: bool = False
    query: tuple[tuple[str, str], ...] = ()
    header_command: str | None = None

    @property
    def reconnects(self) -> bool:
        """Whether an ended stream is asked for again."""
        if self.reconnect is None:
            return self.method.upper() in REPEATABLE_METHODS
        return self.reconnect


@dataclass(frozen=True, slots=True)
class ClientOptions:
    """How the one client of a process behaves.

    Attributes:
        headers: sent to the service's own origin only.
        dialect: how a topic becomes a request; see `dialects.registry`.
        ca: PEM file of certificate authorities, instead of the usual ones.
        cert: PEM file of the client certificate; `key` its key, where that is another file.
        insecure: certificates are not checked.
        own_tls: the four above hold for the service's own origin only.
        unix_socket: path of the socket that all requests go to, whatever host their URL names.
        proxy: URL of the proxy for all requests; "" is none; None is what the environment names.
        own_way: `unix_socket` and `proxy` hold for the service's own origin only; all else goes as
            the environment says.
        header_command: its output is headers, made anew for every request to the service's own
            origin; run by the shell.
        connect_timeout: seconds for name, socket and TLS together.
        max_rows: rows kept per stream; `max_bytes` bytes per stream; `total_bytes` bytes of all.
        stream: what `subscribe` uses unless it is given its own.
    """

    headers: Headers = ()
    dialect: str = "hub"
    ca: str | None = None
    cert: str | None = None
    key: str | None = None
    insecure: bool = False
    own_tls: bool = False
    unix_socket: str | None = None
    proxy: str | None = None
    own_way: bool = False
    header_command: str | None = None
    connect_timeout: float = 10.0
    max_rows: int = 100_000
    max_bytes: int = 64 * 2**20
    total_bytes: int = 512 * 2**20
    stream: StreamOptions = field(default_factory=StreamOptions)


def header_pairs(headers: Headers) -> list[tuple[str, str]]:
    """The headers as pairs, in order."""
    return list(headers.items() if isinstance(headers, Mapping) else headers)
