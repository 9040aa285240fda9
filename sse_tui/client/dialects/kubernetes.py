"""Watches of the Kubernetes API.

After https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes;
not seen live. A watch sends lines of JSON, `{"type": "ADDED", "object": ...}`, and the type becomes
the event type. The place in the stream is the `resourceVersion` of the last object, for which
bookmarks are asked. A place that is too old is answered with 410, as status or as an `ERROR`
object: what happened since is lost, and the watch begins anew with all that there is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import orjson

from sse_tui.client.dialects.dialect import refuse_times
from sse_tui.client.dialects.ndjson import NdjsonDialect
from sse_tui.client.dialects.requests import accepting, path_url, stream_request, with_query
from sse_tui.client.options import StreamOptions
from sse_tui.client.policy import JSON, TRANSIENT_STATUSES, End, EndKind
from sse_tui.client.request import HttpRequest
from sse_tui.errors import StatusError
from sse_tui.events.log import EventLog
from sse_tui.events.model import Event, Row
from sse_tui.events.ndjson import NdjsonDecoder

GONE = 410
_PAGE_ROWS = 500
_TYPE = re.compile(r'\s*\{\s*"type"\s*:\s*"([A-Z]+)"')


class KubernetesDialect(NdjsonDialect):
    """Paths such as `api/v1/namespaces/default/pods` under the API server's URL."""

    name = "kubernetes"
    content_types = frozenset({JSON})

    def stream(self, base: str | None, topic: str, options: StreamOptions) -> HttpRequest:
        """`GET {base}/{topic}?watch=1`, with the topic's own query, such as a `labelSelector`."""
        refuse_times("Kubernetes", options.since)
        url = with_query(path_url(base, topic), "watch", "1")
        url = with_query(url, "allowWatchBookmarks", "true")
        return accepting(stream_request(url, options), JSON)

    def decoder(
        self, content_type: str, options: StreamOptions, last_event_id: str
    ) -> NdjsonDecoder:
        """By lines; each names its event type."""
        return NdjsonDecoder(max_event_bytes=options.max_event_bytes, type_of=_type_of)

    def position(self, log: EventLog, first: int, last_event_id: str) -> str:
        """The `resourceVersion` of the last object."""
        after, lowest = log.next_number, max(first, log.first_number)
        while after > lowest:
            start = max(lowest, after - _PAGE_ROWS)
            for row in reversed(log.read(start, after - start)):
                version = _version(row) if isinstance(row, Event) else ""
                if version:
                    return version
            after = start
        return last_event_id

    def resume(self, request: HttpRequest, position: str) -> tuple[HttpRequest, str | None]:
        """The request with `resourceVersion=`; without a position it begins with all objects."""
        if not position:
            return request, None
        return replace(request, url=with_query(request.url, "resourceVersion", position)), position

    def watch(self) -> WatchErrors:
        """Looks for `ERROR` objects."""
        return WatchErrors()

    def refused(self, end: End) -> End:
        """410 before the stream has begun means the same as in it."""
        if end.status != GONE or end.error is None:
            return end
        return _gone(end.error.detail)


DIALECT = KubernetesDialect()


class WatchErrors:
    """Follows one watch: an `ERROR` object is its end, whatever the connection says.

    A watch from a `resourceVersion` misses no change: it goes on from there, or is an error.
    """

    def __init__(self) -> None:
        self.resumed = False

    def take(self, rows: Sequence[Row]) -> End | None:
        """Look at the rows of one chunk."""
        for row in rows:
            if isinstance(row, Event):
                if row.type == "ERROR":
                    return _told(_object(row))
                self.resumed = True
        return None

    def at_end(self, end: End) -> End:
        """The server ends every watch after some minutes; that is nothing special."""
        return end


def _told(status: dict[str, Any]) -> End:
    code, message = status.get("code"), str(status.get("message") or status.get("reason") or "")
    if code == GONE:
        return _gone(message)
    kind = EndKind.BROKEN if code in TRANSIENT_STATUSES else EndKind.REFUSED
    return End(kind, StatusError(f"The watch ended with an error ({code})", message), status=200)


def _gone(words: str) -> End:
    error = StatusError("The history after the last resourceVersion is gone (410)", words)
    return End(EndKind.BROKEN, error, status=GONE, history_gone=True)


def _type_of(line: str) -> str:
    match = _TYPE.match(line)
    return match[1] if match else "message"


def _version(event: Event) -> str:
    metadata = _object(event).get("metadata")
    version = metadata.get("resourceVersion") if isinstance(metadata, dict) else None
    return version if isinstance(version, str) else ""


def _object(event: Event) -> dict[str, Any]:
    try:
        facts = orjson.loads(event.data)
    except ValueError:
        return {}
    found = facts.get("object") if isinstance(facts, dict) else None
    return found if isinstance(found, dict) else {}
