"""Asks on the terminal whether the agent may make a call."""

from __future__ import annotations

import asyncio
import json
import sys

from sse_tui.agent.approvals import Decision
from sse_tui.agent.updates import ApprovalNeeded
from sse_tui.cli.report import note

_NO_TERMINAL = "There is no terminal to ask the user on."
_ANSWERS = {"a": Decision("once"), "s": Decision("session")}


async def allow_all(_: ApprovalNeeded) -> Decision:
    """The user has said yes to everything."""
    return Decision("once")


async def approve_on_terminal(needed: ApprovalNeeded) -> Decision:
    """Show the whole call and wait for an answer; only a clear yes is one."""
    body = json.dumps(needed.arguments, indent=2, ensure_ascii=False)
    note(f"The agent wants to call {needed.name} with\n{body}")
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        note("  There is no terminal to ask you on, so it may not; --yes allows it.")
        return Decision("deny", reason=_NO_TERMINAL)
    note("Allow it? a = once, s = always for this topic, anything else = no")
    return _ANSWERS.get((await _line()).strip().lower(), Decision("deny"))


async def _line() -> str:
    """The next line of standard input; read without a thread, which could not be cancelled."""
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(sys.stdin.fileno(), ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(sys.stdin.fileno())
    return sys.stdin.readline()
