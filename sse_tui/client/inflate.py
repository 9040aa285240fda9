"""Undoes a body's compression while it arrives: what the server has flushed is given at once."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Awaitable, Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol

_ZSTD = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"
_ZSTD_WINDOW_LOG = 23
"""8 MiB: the most that a server may ask of a client (RFC 9659)."""


class DamagedError(ValueError):
    """Bytes that are not what `Content-Encoding` says they are."""


class Coding(Protocol):
    """One content coding (RFC 9110, section 8.4.1).

    Attributes:
        more: the last call stopped at its limit; call again without data.
    """

    more: bool

    @property
    def whole(self) -> bool:
        """Whether nothing is missing that the data so far promised."""

    def decode(self, data: bytes, limit: int) -> bytes:
        """All that `data` adds to what came before, in steps of about `limit` bytes."""


class DecodedBody:
    """A compressed body, decoded as it arrives and in bounded memory.

    Args:
        source: gives the next bytes as they came, b"" at the end.
        coding: what they are compressed with.
    """

    __slots__ = ("_coding", "_source")

    def __init__(self, source: Callable[[int], Awaitable[bytes]], coding: Coding) -> None:
        self._source = source
        self._coding = coding

    async def read(self, limit: int) -> bytes:
        """The next decoded bytes, about `limit` at most; b"" at the end.

        Raises:
            DamagedError: the bytes cannot be decoded, or end in the middle.
        """
        coding = self._coding
        while True:
            data = b"" if coding.more else await self._source(limit)
            if not data and not coding.more:
                if not coding.whole:
                    raise DamagedError("it ends in the middle of its compressed data")
                return b""
            try:
                out = coding.decode(data, limit)
            except Exception as error:  # each library has errors of its own
                raise DamagedError("its compressed data is damaged") from error
            if out:
                return out


def coding_named(name: str) -> Coding | None:
    """The decoder for a value of `Content-Encoding`; None where nothing can decode it."""
    match name.strip().lower():
        case "gzip" | "x-gzip":
            return _Zlib(gzip=True)
        case "deflate":
            return _Zlib(gzip=False)
        case "br" if find_spec("brotli"):
            return _Brotli()
        case "zstd" if _has_zstd():
            return _Zstd()
    return None


def accepted_codings() -> str:
    """What to ask for with `Accept-Encoding`: all that can be decoded here."""
    names = ["gzip", "deflate"]
    names += ["br"] if find_spec("brotli") else []
    names += ["zstd"] if _has_zstd() else []
    return ", ".join(names)


def _has_zstd() -> bool:
    return find_spec(_ZSTD.partition(".")[0]) is not None and find_spec(_ZSTD) is not None


class _Zlib:
    """gzip, of one member or of many, and deflate with its zlib wrapping or without."""

    def __init__(self, *, gzip: bool) -> None:
        self.more = False
        self._gzip = gzip
        self._member: Any = None  # zlib's class has no public name
        self._rest = b""

    @property
    def whole(self) -> bool:
        return (self._member is None or self._member.eof) and not self._rest

    def decode(self, data: bytes, limit: int) -> bytes:
        data, out = self._rest + data, b""
        while len(out) < limit:
            if self._member is None or self._member.eof:
                if self._member is not None:
                    data = data.lstrip(b"\0") if self._gzip else b""
                if len(data) < 2:  # too few to know how it is wrapped
                    break
                self._member = zlib.decompressobj(self._window(data))
            member = self._member
            out += member.decompress(data, limit - len(out))
            data = member.unused_data if member.eof else member.unconsumed_tail
            if not member.eof:
                break
        self._rest = data
        self.more = len(out) == limit
        return out

    def _window(self, beginning: bytes) -> int:
        if self._gzip:
            return zlib.MAX_WBITS | 16
        # RFC 1950, section 2.2: many servers send deflate without this wrapping.
        wrapped = beginning[0] & 15 == 8 and int.from_bytes(beginning[:2], "big") % 31 == 0
        return zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS


class _Brotli:
    def __init__(self) -> None:
        self.more = False
        self._began = False
        self._stream = import_module("brotli").Decompressor()

    @property
    def whole(self) -> bool:
        return not self._began or bool(self._stream.is_finished())

    def decode(self, data: bytes, limit: int) -> bytes:
        if self._stream.is_finished():
            return b""
        self._began = True
        out: bytes = self._stream.process(data, output_buffer_limit=limit)
        self.more = not self._stream.can_accept_more_data()
        return out


class _Zstd:
    """Frames of Zstandard, one after the other."""

    def __init__(self) -> None:
        self.more = False
        self._library = import_module(_ZSTD)
        self._frame: Any = None
        self._rest = b""

    @property
    def whole(self) -> bool:
        return (self._frame is None or self._frame.eof) and not self._rest

    def decode(self, data: bytes, limit: int) -> bytes:
        data, self._rest = self._rest + data, b""
        if self._frame is None or self._frame.eof:
            window = self._library.DecompressionParameter.window_log_max
            self._frame = self._library.ZstdDecompressor(options={window: _ZSTD_WINDOW_LOG})
        out: bytes = self._frame.decompress(data, max_length=limit)
        if self._frame.eof:
            self._rest = self._frame.unused_data
            self.more = bool(self._rest)
        else:
            self.more = not self._frame.needs_input
        return out
