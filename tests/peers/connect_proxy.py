"""A small HTTP proxy that knows CONNECT only (RFC 9110, section 9.3.6)."""

from __future__ import annotations

import asyncio

from peers.tunnel import Tunnel


class ConnectProxy(Tunnel):
    """An HTTP proxy for https.

    Args:
        port: where it leads to.
        status: what it answers to CONNECT.

    Attributes:
        heads: the head of each CONNECT.
    """

    def __init__(self, port: int, *, status: int = 200) -> None:
        super().__init__(port)
        self.heads: list[str] = []
        self._status = status

    async def admitted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.heads.append(head)
        host, _, port = head.split(" ")[1].rpartition(":")
        self.asked_for.append((host, int(port)))
        writer.write(f"HTTP/1.1 {self._status} Scripted\r\n\r\n".encode())
        return self._status == 200
