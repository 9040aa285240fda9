"""Reads events that stand one on each line, from a file, a text or whatever comes in."""

from __future__ import annotations

import asyncio
import io
import os
import stat
import sys
from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from sse_tui.cli.send_check import checked_json, json_string
from sse_tui.errors import UsageError

BATCH_LINES = 500
BATCH_BYTES = 2**20
MAX_LINE_BYTES = 16 * 2**20
_READ_BYTES = 2**18


class LineCheck:
    """Takes lines in their order and knows the number of each.

    Args:
        as_text: a line is any text, to be sent as a JSON string.
        hint: what to say beside a bad line.
    """

    def __init__(self, *, as_text: bool, hint: str = "") -> None:
        self._as_text = as_text
        self._hint = hint
        self._number = 0

    def event(self, raw: bytes) -> str | None:
        """The line's JSON text; None for a blank line.

        Raises:
            UsageError: it is not JSON, with its number and the column; or it is too long.
        """
        self._number += 1
        if self._number == 1:
            raw = raw.removeprefix(b"\xef\xbb\xbf")
        if len(raw) > MAX_LINE_BYTES:
            mib = MAX_LINE_BYTES // 2**20
            raise UsageError("Too long for an event", f"line {self._number}: more than {mib} MiB")
        if not raw.strip():
            return None
        if self._as_text:
            return json_string(raw, line=self._number)
        return checked_json(raw.strip(b" \t\r\n"), line=self._number, hint=self._hint)


def opened(argument: str) -> BinaryIO:
    """What an argument stands for: `-` is standard input, `@FILE` a file, else its own text.

    Raises:
        UsageError: the file cannot be opened.
    """
    if argument in ("-", "@-"):
        return sys.stdin.buffer
    if not argument.startswith("@"):
        return io.BytesIO(os.fsencode(argument))
    try:
        return Path(argument[1:]).open("rb")
    except OSError as error:
        raise UsageError("Cannot read the file", f"{argument[1:]}: {error.strerror}") from error


def can_be_read_twice(source: BinaryIO) -> bool:
    """Whether all of it is there already; else it comes in as somebody writes it."""
    try:
        return stat.S_ISREG(os.fstat(source.fileno()).st_mode)
    except io.UnsupportedOperation:
        return True


def lines_of(source: BinaryIO) -> Iterator[bytes]:
    """The lines of what is there already; one that is too long is cut."""
    return iter(lambda: source.readline(MAX_LINE_BYTES + 2), b"")


def count_events(source: BinaryIO, *, as_text: bool) -> int:
    """Check all lines of what is there already; how many are events.

    Raises:
        UsageError: a line is not JSON.
    """
    check = LineCheck(as_text=as_text, hint="Nothing was sent.")
    return sum(check.event(raw) is not None for raw in lines_of(source))


async def lines_coming(source: BinaryIO) -> AsyncIterator[list[bytes]]:
    """The lines as they come, as many at a time as are there; a line without end comes last."""
    rest = b""
    while chunk := await _next_chunk(source.fileno()):
        *lines, rest = (rest + chunk).split(b"\n")
        if len(rest) > MAX_LINE_BYTES:
            lines, rest = [*lines, rest], b""
        if lines:
            yield lines
    if rest:
        yield [rest]


def packed(texts: Iterable[str]) -> Iterator[list[str]]:
    """The texts in batches, each of `BATCH_LINES` and `BATCH_BYTES` at most, or of one text."""
    batch: list[str] = []
    size = 0
    for text in texts:
        length = len(text.encode("utf-8", "surrogatepass")) + 1
        if batch and (len(batch) == BATCH_LINES or size + length > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += length
    if batch:
        yield batch


async def _next_chunk(fd: int) -> bytes:
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    try:
        loop.add_reader(fd, ready.set)
    except PermissionError:  # such as /dev/null: it never makes anybody wait
        return os.read(fd, _READ_BYTES)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(fd)
    return os.read(fd, _READ_BYTES)
