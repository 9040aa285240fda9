"""The route `/events/{topic}`: open a stream, publish, close a topic."""

from __future__ import annotations

import time

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from sse_tui.hub.hub_log import HubLog
from sse_tui.hub.positions import parse_position
from sse_tui.hub.publishing import read_events
from sse_tui.hub.refusal import Refused
from sse_tui.hub.stream import HEADERS
from sse_tui.hub.streams import Streams
from sse_tui.hub.topics import TopicPattern, check_name

METHODS = "GET, HEAD, POST, DELETE"


class EventsEndpoint:
    """An ASGI application, so that streams are sent without a layer between.

    Args:
        log: where events go.
        streams: the open ones.
    """

    def __init__(self, log: HubLog, streams: Streams) -> None:
        self._log = log
        self._streams = streams

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request.

        Raises:
            Refused: with the status and the words of the answer.
            LogFailure: the log cannot be written or read.
        """
        request = Request(scope, receive)
        topic: str = request.path_params["topic"]
        if request.method == "GET":
            await self._open_stream(request, topic, send)
            return
        if request.method == "HEAD":
            TopicPattern(topic)
            response = Response(headers={k.decode(): v.decode() for k, v in HEADERS})
        elif request.method == "POST":
            response = await self._publish(request, check_name(topic))
        elif request.method == "DELETE":
            closed = self._streams.close_topic(check_name(topic))
            response = JSONResponse({"closed": closed})
        else:
            raise Refused(
                405,
                "Not a method of this route",
                request.method,
                f"It knows {METHODS}.",
                headers={"Allow": METHODS},
            )
        await response(scope, receive, send)

    async def _open_stream(self, request: Request, topic: str, send: Send) -> None:
        pattern = TopicPattern(topic)
        header = next((v for k, v in request.scope["headers"] if k == b"last-event-id"), None)
        now_ms = time.time_ns() // 1_000_000
        position = parse_position(header, request.query_params, now_ms)
        await self._streams.serve(pattern, position, request.scope, request.receive, send)

    async def _publish(self, request: Request, topic: str) -> Response:
        new, is_batch = await read_events(request, topic)
        receipt = await self._log.append(new)
        if not is_batch:
            return JSONResponse({"id": self._log.id_of(receipt.last), "topic": topic})
        return JSONResponse(
            {
                "first_id": self._log.id_of(receipt.first),
                "last_id": self._log.id_of(receipt.last),
                "count": receipt.last - receipt.first + 1,
            }
        )
