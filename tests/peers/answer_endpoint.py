"""A language model's endpoints to try by hand, offline: `python tests/peers/answer_endpoint.py`.

It answers `POST /v1/chat/completions`, `/v1/responses`, `/v1/messages`, `/api/chat` and
`/api/generate`, a few characters at a time. `?ends=cut` leaves the answer in its middle as if that
were all, `reset` breaks the connection there, `error` reports an error there.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, TypeAlias

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route

Parts: TypeAlias = tuple[list[Any], list[Any], list[Any]]
"""What comes before the text, in its pieces, and after it."""

TEXT = (
    "An event stream is a response that does not end.\n\n"
    "The server writes a block for each event, and a blank line after it; the client reads on, "
    "and when the connection breaks it asks for what came after the last event it saw.\n"
)
PIECE = 6
ERROR = {"type": "server_error", "message": "The model left in the middle of a word"}
COUNTS = {"input_tokens": 35, "output_tokens": 52}


def chat(pieces: list[str]) -> Parts:
    def chunk(delta: dict[str, str], finish: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return {"object": "chat.completion.chunk", "model": "example", "choices": [choice]}

    usage = {"prompt_tokens": 35, "completion_tokens": 52, "total_tokens": 87}
    last = {"object": "chat.completion.chunk", "choices": [], "usage": usage}
    begin = [chunk({"role": "assistant", "content": ""})]
    return begin, [chunk({"content": p}) for p in pieces], [chunk({}, "stop"), last, "[DONE]"]


def responses(pieces: list[str]) -> Parts:
    response = {"object": "response", "model": "example", "status": "in_progress"}
    ended = {**response, "status": "completed", "usage": {**COUNTS, "total_tokens": 87}}
    return (
        [{"type": "response.created", "response": response}],
        [{"type": "response.output_text.delta", "delta": piece} for piece in pieces],
        [{"type": "response.completed", "response": ended}],
    )


def messages(pieces: list[str]) -> Parts:
    message = {"role": "assistant", "model": "example", "usage": {**COUNTS, "output_tokens": 1}}
    deltas = [{"type": "text_delta", "text": piece} for piece in pieces]
    stop = {"type": "message_delta", "delta": {"stop_reason": "end_turn"}}
    return (
        [{"type": "message_start", "message": message}, {"type": "ping"}],
        [{"type": "content_block_delta", "index": 0, "delta": delta} for delta in deltas],
        [{**stop, "usage": {"output_tokens": 52}}, {"type": "message_stop"}],
    )


def ollama(pieces: list[str]) -> Parts:
    def line(text: str, **more: object) -> dict[str, Any]:
        told = {"message": {"role": "assistant", "content": text}, "response": text}
        return {"model": "example", **told, "done": bool(more), **more}

    last = line("", done_reason="stop", prompt_eval_count=35, eval_count=52)
    return [], [line(piece) for piece in pieces], [last]


def as_event(value: Any) -> str:  # noqa: ANN401 - any JSON, or a text as it is
    data = value if isinstance(value, str) else json.dumps(value)
    named = f"event: {value['type']}\n" if isinstance(value, dict) and "type" in value else ""
    return f"{named}data: {data}\n\n"


def as_line(value: Any) -> str:  # noqa: ANN401
    return json.dumps(value) + "\n"


class BrokenOffError(Exception):
    """Ends a response in its middle, so that the server cuts the connection."""


def events_of(parts: Parts, ends: str) -> Iterator[Any]:
    begin, middle, end = parts
    yield from begin
    if ends == "well":
        yield from (*middle, *end)
        return
    yield from middle[: len(middle) // 2]
    if ends == "error":
        yield {"type": "error", "error": ERROR}
    elif ends == "reset":
        raise BrokenOffError


def endpoint(
    shape: Callable[[list[str]], Parts],
    write: Callable[[Any], str],
    content_type: str,
    pace_s: float,
) -> Callable[[Request], Any]:
    async def answer(request: Request) -> StreamingResponse:
        await request.body()
        pieces = [TEXT[at : at + PIECE] for at in range(0, len(TEXT), PIECE)]
        ends = request.query_params.get("ends", "well")

        async def body() -> AsyncIterator[str]:
            await asyncio.sleep(pace_s * 5)
            for event in events_of(shape(pieces), ends):
                yield write(event)
                await asyncio.sleep(pace_s)

        return StreamingResponse(body(), media_type=content_type)

    return answer


def build_app(pace_s: float) -> Starlette:
    """The endpoints, each event `pace_s` seconds after the one before."""
    sse, ndjson = (as_event, "text/event-stream"), (as_line, "application/x-ndjson")
    shapes = (
        ("/v1/chat/completions", chat, sse),
        ("/v1/responses", responses, sse),
        ("/v1/messages", messages, sse),
        ("/api/chat", ollama, ndjson),
        ("/api/generate", ollama, ndjson),
    )
    return Starlette(
        routes=[
            Route(path, endpoint(shape, *form, pace_s), methods=["POST"])
            for path, shape, form in shapes
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8787)
    parser.add_argument("--pace", type=float, default=0.03, help="seconds between two events")
    options = parser.parse_args()
    uvicorn.run(build_app(options.pace), port=options.port, log_level="info")


if __name__ == "__main__":
    main()
