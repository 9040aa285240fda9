"""A raw reader of one event stream: a socket, HTTP by hand, and blocks of lines as they came."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Mapping
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

LIMIT_S = 20.0
"""How long a test waits for what must come."""


class StreamReader:
    """Reads when it is asked to, and not before: a reader that does not read is a stuck one.

    Args:
        url: the server.
        target: path and query.
        headers: of the request.
        receive_buffer: bytes of the socket's receive buffer; None for the system's choice.

    Attributes:
        status: of the response; headers by name in lower case.
        position: the id of the last block that had nothing else, which `block` passes over.
    """

    def __init__(
        self,
        url: str,
        target: str,
        headers: Mapping[str, str] | None = None,
        *,
        receive_buffer: int | None = None,
    ) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self._address = (urlsplit(url).hostname or "", urlsplit(url).port or 80)
        self._target = target
        self._request_headers = dict(headers or {})
        self._receive_buffer = receive_buffer
        self.position: str | None = None
        self._text = b""

    async def __aenter__(self) -> Self:
        sock = socket.socket()
        if self._receive_buffer is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self._receive_buffer)
        sock.setblocking(False)
        await asyncio.get_running_loop().sock_connect(sock, self._address)
        self._reader, self._writer = await asyncio.open_connection(sock=sock, limit=2**16)
        host = f"{self._address[0]}:{self._address[1]}"
        lines = [f"GET {self._target} HTTP/1.1"]
        lines += [f"{k}: {v}" for k, v in ({"Host": host} | self._request_headers).items()]
        self._writer.write("\r\n".join([*lines, "", ""]).encode())
        async with asyncio.timeout(LIMIT_S):
            head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        status, *fields = head.split("\r\n")[:-2]
        self.status = int(status.split()[1])
        self.headers = {k.lower(): v for k, v in (f.split(": ", 1) for f in fields)}
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()

    async def block(self) -> str:
        """The next block that says more than a position, without the blank line that ends it.

        Raises:
            EOFError: the response came to its proper end.
            ConnectionError: it broke off.
        """
        while (block := await self._next_block()).startswith("id: ") and "\n" not in block:
            self.position = block.removeprefix("id: ")
        return block

    async def _next_block(self) -> str:
        async with asyncio.timeout(LIMIT_S):
            while b"\n\n" not in self._text:
                self._text += await self._chunk()
        block, _, self._text = self._text.partition(b"\n\n")
        return block.decode()

    async def blocks(self, count: int) -> list[str]:
        """The next `count` blocks."""
        return [await self.block() for _ in range(count)]

    async def until(self, last: str) -> list[str]:
        """The blocks up to this one, which is not among them."""
        found: list[str] = []
        while (block := await self.block()) != last:
            found.append(block)
        return found

    async def rest(self) -> list[str]:
        """All blocks up to the proper end of the response."""
        found: list[str] = []
        with contextlib.suppress(EOFError):
            while True:
                found.append(await self.block())
        return found

    async def _chunk(self) -> bytes:
        try:
            size = int(await self._reader.readuntil(b"\r\n"), 16)
            body = await self._reader.readexactly(size + 2)
        except asyncio.IncompleteReadError as error:
            raise ConnectionError("the response broke off") from error
        if size == 0:
            raise EOFError
        return body[:-2]


def field(block: str, name: str) -> str | None:
    """The value of a block's field; lines of `data` joined by LF; None where it has none."""
    values = [v for k, _, v in (line.partition(": ") for line in block.split("\n")) if k == name]
    return "\n".join(values) if values else None
