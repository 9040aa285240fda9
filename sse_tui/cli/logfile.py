"""Where debug logs go: to a file when one is named, otherwise nowhere, and never to the screen."""

from __future__ import annotations

import logging
from pathlib import Path

from sse_tui.errors import ConfigError


def configure_logging(log_file: Path | None) -> None:
    """Set up the root logger once, before any library does so on stderr.

    Python's warnings go the same way as logs.

    Args:
        log_file: appended to, at level DEBUG; None for no logs.

    Raises:
        ConfigError: the file cannot be written.
    """
    root = logging.getLogger()
    root.handlers[:] = [_handler(log_file)]
    root.setLevel(logging.DEBUG if log_file else logging.CRITICAL)
    logging.captureWarnings(True)


def _handler(log_file: Path | None) -> logging.Handler:
    if log_file is None:
        # A handler that drops all: without one, logging would print warnings on stderr by itself.
        return logging.NullHandler()
    try:
        handler = logging.FileHandler(log_file, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise ConfigError(
            "The log file cannot be written",
            f"{log_file}: {error.strerror}",
            "Name another with --log-file or SSE_TUI_LOG.",
        ) from error
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    return handler
