"""HTTP over a unix socket, https too: what aiohttp has for it speaks no TLS."""

from __future__ import annotations

import socket
from typing import Any

from aiohttp import TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult

from sse_tui.client.tls import Tls


def unix_connector(path: str, tls: Tls, *, force_close: bool) -> TCPConnector:
    """The connector whose every connection goes to the socket at `path`."""
    return TCPConnector(
        limit=0,
        ssl=tls,
        force_close=force_close,
        resolver=_NoNames(),
        happy_eyeballs_delay=None,
        socket_factory=lambda _: _UnixSocket(path),
    )


class _UnixSocket(socket.socket):
    """A socket that connects to a path, whatever address it is told."""

    def __init__(self, path: str) -> None:
        super().__init__(socket.AF_UNIX, socket.SOCK_STREAM)
        self._path = path

    def connect(self, _: Any) -> None:  # noqa: ANN401 - an address of any family
        super().connect(self._path)


class _NoNames(AbstractResolver):
    """Looks no name up: the URL's host only becomes the header Host."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        unused = ResolveResult(
            hostname=host, host="127.0.0.1", port=port, family=socket.AF_INET, proto=0, flags=0
        )
        return [unused]

    async def close(self) -> None:
        """Nothing is open here."""
