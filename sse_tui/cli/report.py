"""How an error reaches the user of a command: one clear sentence on stderr, and an exit code."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import click

from sse_tui.cli.cells import cells
from sse_tui.cli.colors import ERROR, colored, paint
from sse_tui.errors import PlacedError, SseTuiError
from sse_tui.events.format import escape

OK = 0
INTERNAL_ERROR = 1
WRONG_USAGE = 2
FAILED = 3
NOT_MET = 4
INTERRUPTED = 128 + signal.SIGINT


def printable(text: str) -> str:
    """`text` without anything that a terminal would act upon (a server may have written it)."""
    return "".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in text)


def note(text: str, color: str = "") -> None:
    """Say something beside the data, on stderr; nothing where nobody listens there any more.

    Args:
        text: what to say.
        color: the code of a colour, used where colours are wanted.
    """
    shown = printable(text)
    try:
        if color and colored(sys.stderr.isatty()):
            shown = paint(shown, color)
        click.echo(shown, err=True, color=True)  # whether to colour it is decided here
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


def report(error: SseTuiError) -> int:
    """Print the error; returns its exit code."""
    head = f"{error.title}: {error.detail}" if error.detail else error.title
    note(f"sse-tui: {head}", ERROR)
    if isinstance(error, PlacedError):
        text = escape(error.text)  # on one line, or the caret would point nowhere
        note(f"  {text}\n  {' ' * cells(escape(error.text[: error.position]))}^")
    if error.hint:
        note(f"  {error.hint}")
    return error.exit_code


def report_usage(error: click.ClickException) -> int:
    """Print a wrong option or argument, and where the right ones are listed."""
    note(f"sse-tui: {error.format_message()}", ERROR)
    ctx = getattr(error, "ctx", None)
    note(f"  See: {ctx.command_path if ctx else 'sse-tui'} --help")
    return error.exit_code


def report_unexpected(error: BaseException, log_file: Path | None) -> int:
    """Put the traceback into the log file (or a new one) and say where it is."""
    import traceback

    text = "".join(traceback.format_exception(error))
    place = log_file or _crash_file()
    note(f"sse-tui: Something unexpected happened: {type(error).__name__}: {error}", ERROR)
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
