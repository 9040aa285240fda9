"""Builds the transport at its first use, in a thread: importing and building it takes 100 ms."""

from __future__ import annotations

import asyncio
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from sse_tui.client.options import ClientOptions

if TYPE_CHECKING:
    from sse_tui.client.transport import Transport


class LazyTransport:
    """The one transport of a service, once somebody needs it."""

    def __init__(self, options: ClientOptions) -> None:
        self._options = options
        self._transport: Transport | None = None
        self._lock = asyncio.Lock()

    async def get(self) -> Transport:
        """The transport.

        Raises:
            ConfigError: a certificate file cannot be used.
        """
        async with self._lock:
            if self._transport is None:
                self._transport = await asyncio.to_thread(_build, self._options)
            return self._transport

    async def aclose(self) -> None:
        """Close all connections, if there ever was one."""
        async with self._lock:
            transport, self._transport = self._transport, None
            if transport is not None:
                await transport.aclose()


def _build(options: ClientOptions) -> Transport:
    # httpx loads its own command line, with rich and pygments, wherever those are installed.
    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
    module = import_module("sse_tui.client.transport")
    transport: Transport = module.Transport(options)
    return transport
