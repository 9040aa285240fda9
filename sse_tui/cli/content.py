"""Reads what an argument stands for: itself, `-` for standard input, `@FILE` for a file."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from sse_tui.errors import UsageError


def utf8(text: str) -> str:
    """The type of an argument whose text is sent to a server.

    Raises:
        BadParameter: it is not UTF-8.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        raise click.BadParameter(f"{text!r} is not UTF-8.") from None
    return text


def read_content(argument: str) -> bytes:
    """The bytes that an argument stands for.

    Args:
        argument: the text itself (UTF-8); `-` or `@-` for standard input; `@FILE` for a file.

    Raises:
        UsageError: the file cannot be read.
    """
    if argument in ("-", "@-"):
        return sys.stdin.buffer.read()
    if not argument.startswith("@"):
        return argument.encode("utf-8", "surrogateescape")
    path = Path(argument[1:])
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError("Cannot read the file", f"{path}: {error.strerror}") from error
