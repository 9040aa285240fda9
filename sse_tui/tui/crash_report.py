"""Writes an unexpected error, with its traceback, to a file; nothing of it reaches the screen."""

from __future__ import annotations

import os
import tempfile
import time
import traceback
from pathlib import Path


def write_report(error: BaseException, log_file: Path | None) -> Path | None:
    """Append the traceback of `error` to a file.

    Args:
        error: what was raised.
        log_file: where to; None makes a file in the temporary folder, which only the user can
            read.

    Returns:
        The file; None if it cannot be written.
    """
    text = f"{time.strftime('%Y-%m-%d %H:%M:%S')} unexpected error\n"
    text += "".join(traceback.format_exception(error)) + "\n"
    try:
        if log_file is None:
            handle, name = tempfile.mkstemp(prefix="sse-tui-error-", suffix=".log")
            os.close(handle)
            log_file = Path(name)
        with log_file.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except OSError:
        return None
    return log_file
