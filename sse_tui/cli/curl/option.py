"""The option `--curl COMMAND`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from sse_tui.cli.content import read_content
from sse_tui.cli.context import AppContext
from sse_tui.cli.report import note

if TYPE_CHECKING:
    from sse_tui.cli.curl.command import CurlCommand


def keep_curl(ctx: click.Context, _: click.Parameter, text: str | None) -> None:
    """Understand the command, say what it left out, and let it set `--timeout`."""
    if text is None:
        return
    command = _parsed(text)
    for line in command.notes:
        note(f"sse-tui: --curl: {line}")
    if command.max_time_s is not None:
        ctx.default_map = {**(ctx.default_map or {}), "timeout": command.max_time_s}
    ctx.ensure_object(AppContext).curl = command


def _parsed(text: str) -> CurlCommand:
    from sse_tui.cli.curl.command import parse_curl

    if text == "-" or text.startswith("@"):
        text = read_content(text).decode("utf-8", "surrogateescape")
    return parse_curl(text, os.environ)
