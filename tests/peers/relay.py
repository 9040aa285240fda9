"""A TCP relay: a network between a client and a real server that a test can break."""

from __future__ import annotations

import asyncio
from typing import Self


class Relay:
    """Passes bytes both ways between its clients and one port.

    Args:
        port: where the server listens, on 127.0.0.1.

    Attributes:
        connections: how many were ever made.
        thawed: while it is clear, nothing passes.
        held: set when something waits to pass.
        lose_answers: so many answers are still to be lost: the connection breaks as they come.
    """

    def __init__(self, port: int) -> None:
        self.connections = 0
        self.thawed = asyncio.Event()
        self.thawed.set()
        self.held = asyncio.Event()
        self.lose_answers = 0
        self._target = port
        self._open: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        """The relay's own address."""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        self.cut()
        await self._server.wait_closed()

    def cut(self) -> None:
        """Break all connections that are open now."""
        for writer in tuple(self._open):
            writer.transport.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._pass_on(reader, far_writer))
            group.create_task(self._pass_on(far_reader, writer, answers=True))

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, answers: bool = False
    ) -> None:
        self._open.add(writer)
        try:
            while data := await reader.read(65536):
                if not self.thawed.is_set():
                    self.held.set()
                    await self.thawed.wait()
                if answers and self.lose_answers:
                    self.lose_answers -= 1
                    writer.transport.abort()
                    break
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            writer.transport.abort()
        finally:
            self._open.discard(writer)
            writer.close()
