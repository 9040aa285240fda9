"""The signs of the screen; each is in Fira Code, so none vanishes from a picture."""

from __future__ import annotations

from sse_tui.events.model import StreamState

FAILED = "\N{MULTIPLICATION SIGN}"
OPEN = "●"
WAITING = "◐"
STOPPED = "○"
GAP = "┄"
KEEP_ALIVE = "·"
PROMPT = "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}"
DONE = "✓"
BULLET = "•"
MARK = "◆"

STATE_GLYPHS = {
    StreamState.CONNECTING: WAITING,
    StreamState.OPEN: OPEN,
    StreamState.WAITING: WAITING,
    StreamState.STOPPED: STOPPED,
    StreamState.FAILED: FAILED,
}

STATE_ROLES = {
    StreamState.CONNECTING: "waiting",
    StreamState.OPEN: "open",
    StreamState.WAITING: "waiting",
    StreamState.STOPPED: "stopped",
    StreamState.FAILED: "failed",
}
"""The colour role (a theme variable, see `palette`) of each state."""

BARS = " ▁▂▃▄▅▆▇█"
"""Eighths of a cell, from nothing to full."""
