"""Colours on a terminal: plain SGR codes, and only where they are wanted."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Literal, TypeAlias, cast

from sse_tui.events.model import Gap, Partial, Row, StateChange, StreamState

ColorChoice: TypeAlias = Literal["auto", "always", "never"]
"""What `--color` says; auto: on a terminal, unless the environment says otherwise."""

RESET = "\x1b[0m"
MUTED = "\x1b[2m"
WARNING = "\x1b[33m"
ERROR = "\x1b[31m"

_BY_ROLE = {"type-1": "\x1b[36m", "type-2": "\x1b[35m", "type-3": "\x1b[33m", "type-4": "\x1b[32m"}
_chosen: ColorChoice = "auto"


def choose(choice: str) -> None:
    """What `--color` says, for the rest of this run."""
    global _chosen
    _chosen = cast("ColorChoice", choice)


def colored(terminal: bool) -> bool:
    """Whether colours are wanted on an output that is, or is not, a terminal.

    `--color` decides; else NO_COLOR (no-color.org), else FORCE_COLOR or CLICOLOR_FORCE, else
    whether it is a terminal that knows colours.
    """
    if _chosen != "auto":
        return _chosen == "always"
    environ = os.environ.get
    if environ("NO_COLOR"):
        return False
    if any(environ(name, "0") not in ("", "0") for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    return terminal and environ("TERM") != "dumb"


@lru_cache(1024)
def type_color(event_type: str) -> str:
    """The code for an event type, the colour that it has on the screen; empty for `message`."""
    from sse_tui.tui.widgets.event_type_color import type_role

    return _BY_ROLE.get(type_role(event_type), "")


def note_color(row: Row) -> str:
    """The code for a row that is no event: red for a failure, yellow for what may have cost one."""
    if isinstance(row, StateChange):
        by_state = {StreamState.FAILED: ERROR, StreamState.WAITING: WARNING}
        return by_state.get(row.state, MUTED)
    return WARNING if isinstance(row, Gap | Partial) else MUTED


def paint(text: str, code: str) -> str:
    """`text`, which must be escaped, in the colour of `code`."""
    return f"{code}{text}{RESET}" if code else text
