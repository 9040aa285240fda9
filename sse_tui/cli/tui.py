"""`sse-tui` without a command: the full screen on a server of yours or on the hub beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sse_tui.cli.full_screen import need_terminal, show
from sse_tui.cli.running import run_async
from sse_tui.errors import UsageError

if TYPE_CHECKING:
    from sse_tui.cli.context import AppContext


def open_screen(app: AppContext) -> int:
    """Open the full screen; returns its exit code.

    Raises:
        SseTuiError: there is no terminal, or the configuration cannot be used.
    """
    if app.reach.proxy and app.settings.profile.url is None:
        hint = "Name its server with --url; without one, the hub of this machine is used."
        raise UsageError("A proxy leads to no server", "none is named", hint)
    need_terminal()
    return run_async(_open_screen(app))


async def _open_screen(app: AppContext) -> int:
    from sse_tui.cli.hub_process import HubProcess
    from sse_tui.client.service import EventService

    profile = app.settings.profile
    hub = HubProcess() if profile.url is None else None
    async with EventService(profile.url, options=app.client_options()) as service:
        return await show(app, service, hub=hub, topics=profile.topics, profile=profile.name)
