"""The hub's data folder, and the lock that keeps a second hub out of it."""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path
from typing import TextIO

from sse_tui.errors import HubUnavailableError

DATABASE = "hub.db"
LOCK = "hub.lock"


class DataFolder:
    """A data folder, locked for this process until `release`; the kernel ends the lock with it.

    Args:
        path: created, for the user only, where there is none.

    Raises:
        HubUnavailableError: it cannot be used, or another hub uses it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock: TextIO = (path / LOCK).open("a+", encoding="utf-8")
        except OSError as error:
            raise HubUnavailableError(
                "The data folder cannot be used",
                f"{path}: {error.strerror}",
                "Name another with --data-dir.",
            ) from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._lock.close()
            owner = read_owner(path)
            raise HubUnavailableError(
                "The data folder is in use",
                f"{path} belongs to the hub at {owner}" if owner else f"{path} has a hub already",
                "Use that hub, or name another folder with --data-dir.",
            ) from error

    @property
    def database(self) -> Path:
        """The file of the event log."""
        return self.path / DATABASE

    def announce(self, url: str) -> None:
        """Write into the lock where its hub is, for those who find it locked."""
        self._lock.truncate(0)
        json.dump({"url": url, "pid": os.getpid()}, self._lock)
        self._lock.flush()

    def release(self) -> None:
        """Let other hubs in."""
        self._lock.close()


def read_owner(path: Path) -> str | None:
    """The address that the last hub of a data folder announced; it may be gone since."""
    try:
        url = json.loads((path / LOCK).read_text(encoding="utf-8"))["url"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return url if isinstance(url, str) else None
