"""What the command line hands to the full-screen program: plain values and small objects."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sse_tui.tui.themes import DEFAULT_THEME

if TYPE_CHECKING:
    from sse_tui.agent.conversation import Conversation


class Companion(Protocol):
    """Something that runs beside the screen: the embedded hub, the MCP server.

    The screen starts it; who made it stops it, after the screen has gone. `start` and `stop` raise
    `SseTuiError`; both may be called again after an error.
    """

    @property
    def url(self) -> str:
        """Where it listens; valid once `start` has returned."""

    @property
    def token(self) -> str | None:
        """The bearer token that it asks for; None when it asks for none."""

    @property
    def status(self) -> str:
        """What the status bar says of it: "embedded hub", "joined hub", "hub restarting", or ""."""

    async def start(self) -> None:
        """Start (or find and join) it, and return once it answers."""

    async def stop(self) -> None:
        """Stop it; harmless when it does not run."""


ConversationMaker = Callable[[str, str | None], "Conversation"]
"""Makes the conversation from the MCP server's address and token. Not called before the first
frame; may import slowly, so it is called in a thread."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class AppSetup:
    """How the full-screen program starts.

    Attributes:
        profile: name of the profile, for the status bar; may be empty.
        topics: topics or URLs to subscribe to at the start, in order.
        theme: name of a theme; an unknown one falls back to ours, with a toast.
        keymap: binding id -> keys, as in `keymap.py`.
        hub: started after the first frame when the service has no address; its `url` and `token`
            become the service's server.
        mcp: started next; gives the conversation its tools.
        conversation: makes the agent's side; None leaves the pane without an agent.
        model_label: what the pane says of the model before the conversation runs.
        log_file: where unexpected errors are written; None asks for a file of our own in the
            temporary folder, made when the first error needs it.
        now: the present, with a time zone; pictures and tests stop it.
        monotonic: monotonic seconds, of the clock that the service goes by; the same.
        notes: what the user should know of the configuration, a sentence each; shown once.
        on_ready: called once the hub answers and the first subscriptions are made; the demo
            starts its traffic from it.
    """

    profile: str = ""
    topics: tuple[str, ...] = ()
    theme: str = DEFAULT_THEME
    keymap: Mapping[str, str] = field(default_factory=dict)
    hub: Companion | None = None
    mcp: Companion | None = None
    conversation: ConversationMaker | None = None
    model_label: str = "offline assistant"
    log_file: Path | None = None
    now: Callable[[], datetime] = field(default=_now)
    monotonic: Callable[[], float] = time.monotonic
    notes: tuple[str, ...] = ()
    on_ready: Callable[[], None] | None = None
