"""How an error reaches the user of a command: one clear sentence on stderr, and an exit code."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import click

from sse_tui.errors import QueryError, SseTuiError

OK = 0
INTERNAL_ERROR = 1
WRONG_USAGE = 2
FAILED = 3
NOT_MET = 4
INTERRUPTED = 128 + signal.SIGINT


def printable(text: str) -> str:
    """`text` without anything that a terminal would act upon (a server may have written it)."""
    return "".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in text)


def note(text: str) -> None:
    """Say something beside the data, on stderr; nothing where nobody listens there any more."""
    try:
        click.echo(printable(text), err=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


def report(error: SseTuiError) -> int:
    """Print the error; returns its exit code."""
    head = f"{error.title}: {error.detail}" if error.detail else error.title
    note(f"sse-tui: {head}")
    if isinstance(error, QueryError):
        note(f"  {error.text}\n  {' ' * error.position}^")
    if error.hint:
        note(f"  {error.hint}")
    return error.exit_code


def report_usage(error: click.ClickException) -> int:
    """Print a wrong option or argument, and where the right ones are listed."""
    note(f"sse-tui: {error.format_message()}")
    ctx = getattr(error, "ctx", None)
    note(f"  See: {ctx.command_path if ctx else 'sse-tui'} --help")
    return error.exit_code


def report_unexpected(error: BaseException, log_file: Path | None) -> int:
    """Put the traceback into the log file (or a new one) and say where it is."""
    import traceback

    text = "".join(traceback.format_exception(error))
    place = log_file or _crash_file()
    note(f"sse-tui: Something unexpected happened: {type(error).__name__}: {error}")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except OSError as cause:
        note(f"  Its details could not be written to {place}: {cause.strerror}")
    else:
        note(f"  The details are in {place}")
    return INTERNAL_ERROR


def stop_writing_to_stdout() -> None:
    """After the reader has closed the pipe: let nothing, the interpreter's end included, write."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _crash_file() -> Path:
    import platformdirs

    stamp = time.strftime("%Y%m%d-%H%M%S")
    return platformdirs.user_log_path("sse-tui") / f"crash-{stamp}-{os.getpid()}.log"
