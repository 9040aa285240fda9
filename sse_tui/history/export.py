"""Files that the user takes away: never over another file, and whole or not at all."""

from __future__ import annotations

import itertools
import os
import re
import tempfile
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from sse_tui.errors import SseTuiError

_UNSAFE = re.compile(r"[^A-Za-z0-9_.~-]+")
_LONGEST_NAME = 80


def export_name(what: str, now: datetime) -> str:
    """A file name without ending: `sse-tui-WHAT-20261124-140231`, safe on any file system."""
    safe = _UNSAFE.sub("_", what).strip("_.")[:_LONGEST_NAME] or "events"
    return f"sse-tui-{safe}-{now:%Y%m%d-%H%M%S}"


class ExportFile:
    """A file that gets its name when all of it has been written.

    Use it as a context manager; an error within leaves no file behind.

    Args:
        folder: where it goes.
        name: its name without ending; a number is added where a file has that name already.
        ending: with the dot.

    Attributes:
        path: where it is, once it is whole.

    Raises:
        SseTuiError: the folder or the disk does not take it.
    """

    def __init__(self, folder: Path, name: str, ending: str) -> None:
        self.path = folder / f"{name}{ending}"
        self._folder, self._name, self._ending = folder, name, ending
        try:
            handle, place = tempfile.mkstemp(prefix=f".{name}-", dir=folder)
        except OSError as error:
            raise _not_written(folder, error) from error
        self._file = os.fdopen(handle, "wb")
        self._temporary = Path(place)

    def write(self, data: bytes) -> None:
        """Add to the file; may run in a thread."""
        try:
            self._file.write(data)
        except OSError as error:
            raise _not_written(self._folder, error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            self._file.close()
            if exc is None:
                self._take_name()
        except OSError as error:
            raise _not_written(self._folder, error) from error
        finally:
            self._temporary.unlink(missing_ok=True)

    def _take_name(self) -> None:
        for number in itertools.count(2):
            try:
                self.path.touch(exist_ok=False)  # ours from here on: what is replaced is empty
            except FileExistsError:
                self.path = self._folder / f"{self._name}-{number}{self._ending}"
            else:
                self._temporary.replace(self.path)
                return


def _not_written(folder: Path, error: OSError) -> SseTuiError:
    place = "the current folder" if folder == Path() else folder
    return SseTuiError(
        "The export was not written",
        f"{place}: {error.strerror or error}",
        "Start the program in a folder that you may write to, with room on the disk.",
    )
