"""What the proxies of the tests share: a listening port, and bytes passed both ways."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Self


class Tunnel:
    """A proxy that leads every connection to one port of this machine, whatever it asks for.

    Args:
        port: where the server behind it listens, on 127.0.0.1.

    Attributes:
        asked_for: host and port of each connection, as the client named them.
    """

    def __init__(self, port: int) -> None:
        self.asked_for: list[tuple[str, int]] = []
        self._target = port
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def place(self) -> str:
        """Host and port."""
        assert self._server is not None
        return f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def admitted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Speak the proxy's protocol; whether bytes are now to be passed."""
        raise NotImplementedError

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if await self.admitted(reader, writer):
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
            await asyncio.gather(_pass_on(reader, far_writer), _pass_on(far_reader, writer))

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        gone = (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError)
        try:
            with suppress(*gone):  # the client or the test went away
                await self._serve(reader, writer)
        finally:
            self._tasks.discard(task)
            writer.close()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    finally:
        writer.close()
