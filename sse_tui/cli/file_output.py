"""`--output FILE`: rows in a file, begun anew when it is large enough; older ones are kept."""

from __future__ import annotations

import asyncio
import fcntl
import os
import re
import stat
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from sse_tui.cli.output import Output
from sse_tui.errors import SseTuiError, UsageError

_SIZE = re.compile(r"(\d+)\s*([kmg]?)(?:i?b)?", re.IGNORECASE)
_UNITS = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30}


def parse_size(text: str) -> int:
    """Bytes from `500k`, `100M`, `1G` (units of 1024).

    Raises:
        UsageError: it is not a size above 0.
    """
    match = _SIZE.fullmatch(text.strip())
    size = int(match[1]) * _UNITS[match[2].lower()] if match else 0
    if not size:
        raise UsageError("Not a size", repr(text), "Write it as in 500k, 100M or 1G.")
    return size


def open_output(file: str | None, rotate_bytes: int | None, keep: int) -> Output:
    """Where the data of a command goes.

    Args:
        file: a path; None or `-` is standard output.
        rotate_bytes: the size that the file may have; None for any.
        keep: how many older files are kept.

    Raises:
        UsageError: the file cannot be written, or is no file and cannot be rotated.
    """
    if file is None or file == "-":
        return Output()
    fd = _open(Path(file))
    if stat.S_ISREG(os.fstat(fd).st_mode):
        return FileOutput(Path(os.path.realpath(file)), fd, rotate_bytes, keep)
    if rotate_bytes is not None:
        raise UsageError("Only a file can be rotated", file)
    return Output(fd)


class FileOutput(Output):
    """Appends to a regular file; a row is in one file, whole.

    While it is full, FILE becomes FILE.1, FILE.1 becomes FILE.2 and so on, by renaming, oldest
    first; FILE is then begun anew. A row larger than the limit has a file for itself.

    Args:
        path: the file, symbolic links resolved.
        fd: it, open for appending.
        rotate_bytes: the size that the file may have; None for any.
        keep: how many older files are kept.
    """

    def __init__(self, path: Path, fd: int, rotate_bytes: int | None, keep: int) -> None:
        super().__init__(fd)
        self.row_by_row = rotate_bytes is not None
        self._path = path
        self._limit = rotate_bytes
        self._keep = keep
        self._size = os.fstat(fd).st_size
        if self._size and os.pread(fd, 1, self._size - 1) != b"\n":
            self.write(b"\n")  # a row that was cut off must not run into the next

    def write(self, data: bytes) -> None:
        """Write whole rows, all of them or, where there is no room, none.

        Raises:
            SseTuiError: they cannot be written; the disk is full, say.
        """
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(self._fd, view) :]
        except OSError as error:
            os.ftruncate(self._fd, self._size)
            raise self._error(error) from error
        self._size += len(data)

    def write_rows(self, rows: Sequence[bytes]) -> None:
        """Write rows, in a file anew where one does not fit.

        Raises:
            SseTuiError: they cannot be written, or the files cannot be renamed.
        """
        fitting: list[bytes] = []
        size = self._size
        for row in rows:
            if self._limit is not None and size and size + len(row) > self._limit:
                self.write(b"".join(fitting))
                self._rotate()
                fitting, size = [], 0
            fitting.append(row)
            size += len(row)
        self.write(b"".join(fitting))

    async def closed(self) -> None:
        """Never returns: nobody closes a file from the other side."""
        await asyncio.Event().wait()

    def _rotate(self) -> None:
        mode = stat.S_IMODE(os.fstat(self._fd).st_mode)
        names = [self._path, *[Path(f"{self._path}.{n}") for n in range(1, self._keep + 1)]]
        try:
            for old, older in reversed(list(pairwise(names))):
                if old.exists():
                    os.replace(old, older)
            fd = _open(self._path, mode)
        except (OSError, UsageError) as error:
            raise self._error(error) from error
        os.close(self._fd)
        self._fd, self._size = fd, 0

    def _error(self, error: OSError | UsageError) -> SseTuiError:
        cause = error.strerror if isinstance(error, OSError) else error.detail
        return SseTuiError("The output cannot be written", f"{self._path}: {cause}")


def _open(path: Path, mode: int = 0o666) -> int:
    """Open for appending; two runs that rotate one file would lose rows, so a file is locked."""
    try:
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, mode)
        if stat.S_ISREG(os.fstat(fd).st_mode):
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(fd)
        raise UsageError("Another run writes to this file", str(path)) from None
    except OSError as error:
        raise UsageError("Cannot write to the file", f"{path}: {error.strerror}") from error
    return fd
