"""Completers of options and arguments that are loaded only while a shell completes."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TypeAlias

import click

Completer: TypeAlias = Callable[[click.Context, click.Parameter, str], list[str]]
"""Gives what may stand in the place of what was begun."""


def completer(kind: str) -> Completer:
    """The completer of a kind of names: `dialect`, `profile` or `topic`."""

    def complete(ctx: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
        found: Completer = getattr(import_module("sse_tui.cli.complete"), f"complete_{kind}")
        return found(ctx, parameter, begun)

    return complete
