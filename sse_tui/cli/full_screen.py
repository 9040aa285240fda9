"""Runs the full-screen program to its end, however it comes, and leaves the terminal as it was."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sse_tui.cli.mcp_companion import McpCompanion
from sse_tui.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sse_tui.agent.conversation import Conversation
    from sse_tui.agent.model_choice import ModelChoice
    from sse_tui.cli.context import AppContext
    from sse_tui.client.service import EventService
    from sse_tui.config import Agent
    from sse_tui.tui.app import SseTuiApp
    from sse_tui.tui.setup import Companion

_LEAVE_S = 3.0


def need_terminal() -> None:
    """Make sure that there is a screen to draw on.

    Raises:
        UsageError: input or output is not a terminal. Textual draws on standard error, so that
            counts too.
    """
    if not all(each and each.isatty() for each in (sys.stdin, sys.stdout, sys.stderr)):
        raise UsageError(
            "The full screen needs a terminal",
            "input or output goes somewhere else",
            "Without one, use: sse-tui tail, sse-tui send, sse-tui demo --no-ui",
        )


async def show(
    app: AppContext,
    service: EventService,
    *,
    hub: Companion | None,
    topics: tuple[str, ...],
    profile: str,
    on_ready: Callable[[], None] | None = None,
) -> int:
    """Open the screen over a service; what was started beside it is stopped after it.

    Args:
        app: the options and settings of this run.
        service: what the screen shows.
        hub: found or started after the first frame; None where the service knows its server.
        topics: what to subscribe to at the start.
        profile: the name in the status bar.
        on_ready: called when the hub answers and the topics are subscribed to.

    Returns:
        The exit code.
    """
    from sse_tui.tui.app import SseTuiApp
    from sse_tui.tui.setup import AppSetup

    settings = app.settings
    model, mcp = model_choice(settings.agent), McpCompanion(service)
    setup = AppSetup(
        profile=profile,
        topics=topics,
        theme=settings.theme,
        keymap=settings.keymap,
        hub=hub,
        mcp=mcp,
        conversation=ConversationFactory(model, service.is_url),
        model_label=model.label,
        log_file=app.log_file,
        notes=settings.notes,
        on_ready=on_ready,
    )
    try:
        return await run_screen(SseTuiApp(service, setup=setup))
    finally:
        await mcp.stop()
        if hub is not None:
            await hub.stop()


async def run_screen(screen: SseTuiApp) -> int:
    """Run the app; when it is cancelled (by a signal) it still leaves the screen properly.

    Returns:
        The app's exit code.
    """
    running = asyncio.ensure_future(screen.run_async())
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        screen.exit()
        await asyncio.wait([running], timeout=_LEAVE_S)
        raise
    return screen.return_code or 0


def model_choice(agent: Agent) -> ModelChoice:
    """The model that the configuration names; the offline assistant where it names none."""
    from sse_tui.agent.model_choice import ModelChoice

    return ModelChoice(name=agent.model, api_key=agent.api_key, base_url=agent.base_url)


@dataclass(frozen=True, slots=True)
class ConversationFactory:
    """Makes the agent's side once the MCP server is there."""

    model: ModelChoice
    is_url: Callable[[str], bool]

    def __call__(self, mcp_url: str, mcp_token: str | None) -> Conversation:
        """A conversation whose tools are those of the MCP server at this address."""
        from sse_tui.agent.conversation import Conversation

        return Conversation(
            mcp_url=mcp_url, mcp_token=mcp_token, model=self.model, is_url=self.is_url
        )
