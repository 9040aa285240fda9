"""A scripted model server: OpenAI's Responses and chat completions APIs over loopback HTTP."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self, TypeAlias

PIECE = 7
"""Characters of text or arguments in one event of a stream."""

Make = Callable[..., str]
"""Makes one event of a stream from its type and fields."""

DELIMITER = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Say:
    """An answer.

    Attributes:
        text: what the model says.
        calls: the tools that it calls, with arguments (a str goes out as it is).
        ends: `well`; `early` ends the stream in the middle as if it were whole; `cut` breaks the
            connection in the middle; `length` says that the token limit was reached.
        usage: whether tokens are counted.
        hold: waits in the middle until this is set.
    """

    text: str = ""
    calls: Sequence[tuple[str, dict[str, Any] | str]] = ()
    ends: Literal["well", "early", "cut", "length"] = "well"
    usage: bool = True
    hold: asyncio.Event | None = None

    @property
    def written_calls(self) -> list[tuple[str, str]]:
        """The calls with their arguments as text."""
        return [(n, a if isinstance(a, str) else json.dumps(a)) for n, a in self.calls]


@dataclass(frozen=True, slots=True)
class Refuse:
    """An error in place of an answer; by default the client is told not to try again."""

    status: int
    message: str
    code: str | None = None
    headers: str = "x-should-retry: false\r\n"


@dataclass(frozen=True, slots=True)
class Plain:
    """A body that no model server sends."""

    body: str
    content_type: str = "text/event-stream"


Step: TypeAlias = Say | Refuse | Plain


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]


class ModelServer:
    """Answers each request with the next step of its script.

    Args:
        steps: the script.
        key: the key that it insists on; None takes any.

    Attributes:
        asked: the requests, in order.
        holding: set while an answer waits in its middle.
        left: set when a client has gone before its answer was whole.
    """

    def __init__(self, *steps: Step, key: str | None = None) -> None:
        self.asked: list[Asked] = []
        self.holding = asyncio.Event()
        self.left = asyncio.Event()
        self._steps = list(steps)
        self._key = key
        self._numbers = itertools.count(1)
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        """The base URL for a client."""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/v1"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            asked = await _read_request(reader)
            self.asked.append(asked)
            await self._answer(asked, reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            self.left.set()
        finally:
            writer.close()

    async def _answer(
        self, asked: Asked, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        step = self._next_step(asked)
        if isinstance(step, Refuse):
            error = {"message": step.message, "type": "error", "code": step.code}
            body = json.dumps({"error": error})
            writer.write(_whole(step.status, "application/json", body, step.headers))
        elif isinstance(step, Plain):
            writer.write(_whole(200, step.content_type, step.body))
        else:
            await self._stream(asked, step, reader, writer)
        await writer.drain()

    def _next_step(self, asked: Asked) -> Step:
        if self._key and asked.headers.get("authorization") != f"Bearer {self._key}":
            return Refuse(401, "Incorrect API key provided", "invalid_api_key")
        if asked.path not in ("/v1/responses", "/v1/chat/completions"):
            return Refuse(404, f"no route {asked.path}")
        return self._steps.pop(0) if self._steps else Refuse(500, "the script is over")

    async def _stream(
        self, asked: Asked, say: Say, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked"
        writer.write(head.encode() + DELIMITER)
        speak = self._responses if asked.path == "/v1/responses" else self._chat
        events = list(speak(asked.body, say))
        stop = len(events) if say.ends in ("well", "length") else len(events) // 2
        for position, event in enumerate(events[:stop]):
            if say.hold is not None and position == len(events) // 2:
                await self._wait(say.hold, reader)
            writer.write(f"{len(event.encode()):x}\r\n{event}\r\n".encode())
            await writer.drain()
        if say.ends != "cut":
            writer.write(b"0" + DELIMITER)

    async def _wait(self, hold: asyncio.Event, reader: asyncio.StreamReader) -> None:
        self.holding.set()
        gone = asyncio.ensure_future(reader.read())
        held = asyncio.ensure_future(hold.wait())
        await asyncio.wait({gone, held}, return_when=asyncio.FIRST_COMPLETED)
        held.cancel()
        if gone.done():
            raise ConnectionAbortedError
        gone.cancel()

    def _chat(self, body: dict[str, Any], say: Say) -> Iterator[str]:
        base = {"id": self._id("chatcmpl"), "object": "chat.completion.chunk", "created": 0}
        base["model"] = body["model"]

        def chunk(delta: dict[str, Any], finish: str | None = None) -> str:
            choice = {"index": 0, "delta": delta, "finish_reason": finish}
            return _data({**base, "choices": [choice]})

        yield chunk({"role": "assistant", "content": ""})
        for piece in _pieces(say.text):
            yield chunk({"content": piece})
        for index, (name, written) in enumerate(say.written_calls):
            function = {"name": name, "arguments": ""}
            call = {"index": index, "id": self._id("call"), "type": "function"}
            yield chunk({"tool_calls": [{**call, "function": function}]})
            for piece in _pieces(written):
                yield chunk({"tool_calls": [{"index": index, "function": {"arguments": piece}}]})
        well = "tool_calls" if say.calls else "stop"
        yield chunk({}, "length" if say.ends == "length" else well)
        if say.usage and (body.get("stream_options") or {}).get("include_usage"):
            usage = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
            yield _data({**base, "choices": [], "usage": usage})
        yield "data: [DONE]\n\n"

    def _responses(self, body: dict[str, Any], say: Say) -> Iterator[str]:
        numbers = itertools.count()
        output = self._output(say)

        def event(kind: str, **fields: object) -> str:
            return _data({"type": kind, "sequence_number": next(numbers), **fields}, kind)

        response_id = self._id("resp")
        begun = _response(response_id, body["model"], "in_progress", [])
        yield event("response.created", response=begun)
        for index, item in enumerate(output):
            place = {"item_id": item["id"], "output_index": index}
            if item["type"] == "message":
                yield from _message_events(event, place, item)
            else:
                yield from _call_events(event, place, item)
            yield event("response.output_item.done", output_index=index, item=item)
        status = "incomplete" if say.ends == "length" else "completed"
        ended = _response(response_id, body["model"], status, output, usage=say.usage)
        yield event(f"response.{status}", response=ended)

    def _output(self, say: Say) -> list[dict[str, Any]]:
        part = {"type": "output_text", "text": say.text, "annotations": []}
        message = {"type": "message", "id": self._id("msg"), "role": "assistant"}
        output = [{**message, "status": "completed", "content": [part]}] if say.text else []
        for name, written in say.written_calls:
            call = {"type": "function_call", "id": self._id("fc"), "call_id": self._id("call")}
            output.append({**call, "name": name, "arguments": written, "status": "completed"})
        return output

    def _id(self, kind: str) -> str:
        return f"{kind}_{next(self._numbers)}"


async def _read_request(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(DELIMITER)).decode()
    request, *lines = head.strip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Asked(request.split()[1], headers, json.loads(body) if body else {})


def _whole(status: int, content_type: str, body: str, headers: str = "") -> bytes:
    head = (
        f"HTTP/1.1 {status} Scripted\r\n{headers}Content-Type: {content_type}\r\n"
        f"Content-Length: {len(body.encode())}\r\nConnection: close"
    )
    return head.encode() + DELIMITER + body.encode()


def _data(value: dict[str, Any], kind: str = "") -> str:
    event = f"event: {kind}\n" if kind else ""
    return f"{event}data: {json.dumps(value)}\n\n"


def _pieces(text: str) -> Iterator[str]:
    return (text[start : start + PIECE] for start in range(0, len(text), PIECE))


def _message_events(event: Make, place: dict[str, Any], item: dict[str, Any]) -> Iterator[str]:
    place = {**place, "content_index": 0}
    [part] = item["content"]
    opened = {**item, "content": [], "status": "in_progress"}
    yield event("response.output_item.added", output_index=place["output_index"], item=opened)
    yield event("response.content_part.added", **place, part={**part, "text": ""})
    for piece in _pieces(part["text"]):
        yield event("response.output_text.delta", **place, delta=piece, logprobs=[])
    yield event("response.output_text.done", **place, text=part["text"], logprobs=[])
    yield event("response.content_part.done", **place, part=part)


def _call_events(event: Make, place: dict[str, Any], item: dict[str, Any]) -> Iterator[str]:
    written, name = item["arguments"], item["name"]
    opened = {**item, "arguments": "", "status": "in_progress"}
    yield event("response.output_item.added", output_index=place["output_index"], item=opened)
    for piece in _pieces(written):
        yield event("response.function_call_arguments.delta", **place, delta=piece)
    yield event("response.function_call_arguments.done", **place, arguments=written, name=name)


def _response(
    name: str, model: str, status: str, output: list[dict[str, Any]], *, usage: bool = False
) -> dict[str, Any]:
    counted = {
        "input_tokens": 11,
        "output_tokens": 7,
        "total_tokens": 18,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens_details": {"reasoning_tokens": 0},
    }
    incomplete = {"reason": "max_output_tokens"} if status == "incomplete" else None
    return {
        "id": name,
        "object": "response",
        "created_at": 0,
        "status": status,
        "model": model,
        "output": output,
        "usage": counted if usage else None,
        "incomplete_details": incomplete,
        "error": None,
        "instructions": None,
        "metadata": {},
        "parallel_tool_calls": True,
        "temperature": 1.0,
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
    }
