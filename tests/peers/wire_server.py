"""A raw loopback HTTP server that plays scripted bytes and records requests exactly."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, TypeAlias

PAUSE_S = 0.001
LIMIT_S = 5
EVENT_STREAM = {"Content-Type": "text/event-stream"}


async def pause_between_chunks() -> None:
    """The pause that is part of a wire case: the client must see each chunk by itself."""
    await asyncio.sleep(PAUSE_S)


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came: names of headers in lower case, values as UTF-8.

    Attributes:
        pairs: the headers in order; `headers` has the last of each name.
    """

    method: str
    path: str
    pairs: list[tuple[str, str]]
    body: bytes
    at: float = field(default_factory=time.monotonic)

    @property
    def headers(self) -> dict[str, str]:
        """By name."""
        return dict(self.pairs)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server does with one request.

    Attributes:
        status: 0 is no answer at all.
        write: each piece goes out as one HTTP chunk in one write.
        end: `close` ends the body well, `truncate` closes in the middle of it, `reset` resets the
            connection, `hold` keeps it open until the client or the server goes away.
        framing: `chunked`, `close` (the body lasts until the end), `length0`, or `none`.
        held: with `hold`, set it to end the body well, after the piece `last`.
    """

    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: dict(EVENT_STREAM))
    write: Sequence[bytes] = ()
    end: str = "close"
    framing: str = "chunked"
    held: asyncio.Event = field(default_factory=asyncio.Event)
    last: bytes = b""

    @classmethod
    def from_case(cls, entry: dict[str, Any], next_path: str) -> Answer:
        """One entry of a connection case's script."""
        headers = {
            name: next_path if value == "@next" else value
            for name, value in entry.get("headers", {}).items()
        }
        return cls(
            entry["status"],
            headers,
            [text.encode() for text in entry.get("write", ())],
            entry["end"],
            entry.get("framing", "none"),
        )


Script: TypeAlias = Sequence[Answer] | Callable[[Request], Answer]


class WireServer:
    """Plays a script: one answer per request in order, then 204; or a function of the request.

    Args:
        tls: speak https, with this context; the host is then `localhost`.
        path: listen at a unix socket instead of a port; `url` then names no real host.

    Attributes:
        script: what it plays.
        requests: all so far, in the order in which they came.
        open: connections that are open now.
    """

    def __init__(
        self,
        script: Script = (),
        *,
        tls: ssl.SSLContext | None = None,
        path: Path | None = None,
    ) -> None:
        self.requests: list[Request] = []
        self.open = 0
        self.script = script
        self._tls = tls
        self._path = path
        self._server: asyncio.Server | None = None
        self._changed = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()
        self._port = 0

    @property
    def port(self) -> int:
        """Where it listens, on 127.0.0.1."""
        return self._port

    @property
    def url(self) -> str:
        """The server's address, without a trailing slash."""
        if self._path is not None:
            return "http://unix.invalid" if self._tls is None else "https://localhost"
        if self._tls is not None:
            return f"https://localhost:{self._port}"
        return f"http://127.0.0.1:{self._port}"

    async def __aenter__(self) -> Self:
        await self.listen()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def listen(self) -> None:
        """Listen: at a free port first, later at the same one again."""
        if self._path is not None:
            self._server = await asyncio.start_unix_server(self._accept, self._path, ssl=self._tls)
            return
        self._server = await asyncio.start_server(
            self._accept, "127.0.0.1", self._port, ssl=self._tls
        )
        self._port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Refuse new connections and cut those that are open."""
        if self._server is not None:
            self._server.close()
            await self.reset_open()
            await self._server.wait_closed()
            self._server = None

    async def reset_open(self) -> None:
        """Cut the connections that are open now."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Return when the condition holds; looked at whenever a connection comes or goes."""
        async with asyncio.timeout(LIMIT_S), self._changed:
            await self._changed.wait_for(condition)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        await self._count(+1)
        try:
            await self._serve(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            writer.transport.abort()  # cut by the client, or by `reset_open`
        finally:
            self._tasks.discard(task)
            writer.transport.abort()
            await self._count(-1)

    async def _count(self, change: int) -> None:
        self.open += change
        async with self._changed:
            self._changed.notify_all()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await _read_request(reader)
        self.requests.append(request)
        await self._count(0)
        answer = self._answer_to(request)
        if answer.status:
            writer.write(_head(answer))
            for piece in answer.write:
                await writer.drain()
                await pause_between_chunks()
                writer.write(_framed(piece, answer.framing))
            await writer.drain()
            if answer.write:
                await pause_between_chunks()
        await _end(answer, reader, writer)

    def _answer_to(self, request: Request) -> Answer:
        if callable(self.script):
            return self.script(request)
        index = len(self.requests) - 1
        if index < len(self.script):
            return self.script[index]
        return Answer(204, {}, framing="none")


async def _read_request(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("utf-8", "surrogateescape")
    first, *lines = head[:-4].split("\r\n")
    method, path, _ = first.split(" ")
    split = (line.split(":", 1) for line in lines)
    pairs = [(name.lower(), value.strip(" \t")) for name, value in split]
    length = int(dict(pairs).get("content-length", "0"))
    return Request(method, path, pairs, await reader.readexactly(length))


def _head(answer: Answer) -> bytes:
    lines = [f"HTTP/1.1 {answer.status} Scripted"]
    lines += [f"{name}: {value}" for name, value in answer.headers.items()]
    lines += {
        "chunked": ["Transfer-Encoding: chunked"],
        "close": ["Connection: close"],
        "length0": ["Content-Length: 0"],
        "none": [],
    }[answer.framing]
    return "\r\n".join((*lines, "", "")).encode()


def _framed(piece: bytes, framing: str) -> bytes:
    return b"%x\r\n%s\r\n" % (len(piece), piece) if framing == "chunked" and piece else piece


async def _end(answer: Answer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    if answer.end == "hold":
        gone = asyncio.create_task(reader.read())
        held = asyncio.create_task(answer.held.wait())
        try:
            await asyncio.wait((gone, held), return_when=asyncio.FIRST_COMPLETED)
        finally:
            gone.cancel()
            held.cancel()
        writer.write(_framed(answer.last, answer.framing))
    if answer.end == "reset":
        sock: socket.socket = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
        return
    if answer.end != "truncate" and answer.framing == "chunked" and answer.status:
        writer.write(b"0\r\n\r\n")
    await writer.drain()
    writer.close()
    await writer.wait_closed()
