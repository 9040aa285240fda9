"""Standard output as a command writes data to it: whole batches, unbuffered, until nobody reads."""

from __future__ import annotations

import asyncio
import os
import select
import sys
from collections.abc import Sequence
from contextlib import suppress

from sse_tui.cli.colors import colored
from sse_tui.cli.running import interruptible
from sse_tui.errors import SseTuiError, UsageError

PIPE_BYTES = 2**20
"""What an unprivileged user may ask for (Linux: pipe-max-size in pipe(7))."""


class ReaderGoneError(Exception):
    """Whoever read standard output has closed it."""


class Output:
    """Writes bytes to standard output, or to what else is open there.

    A reader that is slow holds the whole program up, the network included: nothing piles up, and
    nothing falls out of a log because somebody reads a page in a pager.

    Args:
        fd: where to; standard output without.

    Raises:
        UsageError: standard output is closed.

    Attributes:
        is_terminal: it is a terminal, which acts upon control characters.
        colored: colours are wanted there.
        row_by_row: it must be told where a row ends: `write_rows` instead of `write`.
    """

    def __init__(self, fd: int | None = None) -> None:
        if fd is None and sys.stdout is None:
            raise UsageError("Standard output is closed", hint="Send it to a file: > FILE")
        self._fd = sys.stdout.fileno() if fd is None else fd
        _widen(self._fd)
        self.is_terminal = os.isatty(self._fd)
        self.colored = colored(self.is_terminal)
        self.row_by_row = False

    def write(self, data: bytes) -> None:
        """Write all of `data`.

        Raises:
            ReaderGoneError: nobody reads any more.
            SseTuiError: it cannot be written; the disk is full, say.
        """
        view = memoryview(data)
        while view:
            try:
                with interruptible():
                    written = os.write(self._fd, view)
            except BrokenPipeError as error:
                raise ReaderGoneError from error
            except OSError as error:
                raise SseTuiError("The output cannot be written", str(error.strerror)) from error
            view = view[written:]

    def write_rows(self, rows: Sequence[bytes]) -> None:
        """Write rows, each with its LF.

        Raises:
            ReaderGoneError: nobody reads any more.
            SseTuiError: they cannot be written; the disk is full, say.
        """
        self.write(b"".join(rows))

    async def closed(self) -> None:
        """Return when the reader is gone, even while there is nothing to write.

        Where the system cannot tell (no epoll, or a plain file), never.
        """
        gone = asyncio.Event()
        try:
            watch = select.epoll()
            watch.register(self._fd, 0)  # errors are always reported, and nothing else is
        except (AttributeError, PermissionError):
            await gone.wait()
        loop = asyncio.get_running_loop()
        loop.add_reader(watch.fileno(), gone.set)
        try:
            await gone.wait()
        finally:
            loop.remove_reader(watch.fileno())
            watch.close()


def _widen(fd: int) -> None:
    """Give a pipe room for a batch: with the usual 64 KiB a flood waits for its reader's turn."""
    with suppress(ImportError, AttributeError, OSError):  # not Linux, or no pipe
        import fcntl

        fcntl.fcntl(fd, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
