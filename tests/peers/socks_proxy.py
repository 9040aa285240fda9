"""A small SOCKS proxy: version 5 (RFC 1928, RFC 1929) and version 4 with 4a, CONNECT only."""

from __future__ import annotations

import asyncio
import socket

from peers.tunnel import Tunnel


class SocksProxy(Tunnel):
    """A SOCKS proxy.

    Args:
        port: where it leads to.
        login: user and password that version 5 asks for; None for nobody.
        reply: what it answers to CONNECT; 0 connects, see RFC 1928, section 6.

    Attributes:
        versions: of each connection, as far as it came.
    """

    def __init__(self, port: int, *, login: tuple[str, str] | None = None, reply: int = 0) -> None:
        super().__init__(port)
        self.versions: list[int] = []
        self._login = login
        self._reply = reply

    async def admitted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        version = (await reader.readexactly(1))[0]
        self.versions.append(version)
        if version == 4:
            return await self._version_4(reader, writer)
        return await self._version_5(reader, writer)

    async def _version_4(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readexactly(7)
        await reader.readuntil(b"\0")
        host = socket.inet_ntoa(head[3:7])
        if host.startswith("0.0.0."):  # 4a: the name follows
            host = (await reader.readuntil(b"\0"))[:-1].decode()
        self.asked_for.append((host, int.from_bytes(head[1:3], "big")))
        writer.write(bytes([0, 0x5B if self._reply else 0x5A]) + bytes(6))
        return not self._reply

    async def _version_5(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        offered = await reader.readexactly((await reader.readexactly(1))[0])
        wanted = 0 if self._login is None else 2
        writer.write(bytes([5, wanted if wanted in offered else 0xFF]))
        if wanted not in offered or (wanted and not await self._logged_in(reader, writer)):
            return False
        kind = (await reader.readexactly(4))[3]
        if kind == 3:
            host = (await _counted(reader)).decode()
        else:
            family = socket.AF_INET if kind == 1 else socket.AF_INET6
            host = socket.inet_ntop(family, await reader.readexactly(4 if kind == 1 else 16))
        self.asked_for.append((host, int.from_bytes(await reader.readexactly(2), "big")))
        writer.write(bytes([5, self._reply, 0, 1]) + bytes(6))
        return not self._reply

    async def _logged_in(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        await reader.readexactly(1)
        login = ((await _counted(reader)).decode(), (await _counted(reader)).decode())
        writer.write(bytes([1, 0 if login == self._login else 1]))
        return login == self._login


async def _counted(reader: asyncio.StreamReader) -> bytes:
    return await reader.readexactly((await reader.readexactly(1))[0])
