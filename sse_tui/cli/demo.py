"""`sse-tui demo`: a hub of its own in a temporary folder, with lively sample traffic."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sse_tui.cli.context import AppContext, pass_app
from sse_tui.cli.running import run_async
from sse_tui.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from sse_tui.cli.hub_process import HubProcess
    from sse_tui.client.service import EventService

HELP = """See it at work: an own hub with live traffic in the full screen.

The demo never sends to another server, and removes its hub's data at the end. With --no-ui it
takes each step of the main job once (connect, subscribe, send, receive, ask the agent) and prints
what really happened.

\b
Examples:
  sse-tui demo
  sse-tui demo --no-ui             no screen, and the offline assistant answers
  sse-tui demo --no-ui --model     the model of your configuration answers (OPENAI_API_KEY)

\b
Exit codes of --no-ui:
  0  every step happened           3  one did not: it says which, and why
"""

_SEED = 1


@click.command(help=HELP)
@click.option("--no-ui", is_flag=True, help="Take each step once and print it; no screen.")
@click.option("--model", "use_model", is_flag=True, help="With --no-ui: ask your model.")
@pass_app
def demo(app: AppContext, no_ui: bool, use_model: bool) -> int:
    """Show sample traffic (the text of `--help` is HELP)."""
    if app.url or app.profile or app.headers or app.reach.is_set:
        raise UsageError(
            "The demo has a hub of its own",
            "it never sends to another server",
            "Leave out what names another; to watch your server, run sse-tui --url URL.",
        )
    if use_model and not no_ui:
        raise UsageError("--model goes with --no-ui", "the screen uses your model by itself")
    with tempfile.TemporaryDirectory(prefix="sse-tui-demo-") as folder:
        return run_async(_without_screen(app, folder, use_model) if no_ui else _screen(app, folder))


async def _screen(app: AppContext, folder: str) -> int:
    from sse_tui.cli.full_screen import need_terminal, show
    from sse_tui.client.service import EventService
    from sse_tui.demo.traffic import TOPICS

    need_terminal()
    hub = _own_hub(folder)
    async with EventService(options=app.client_options()) as service:
        traffic = Traffic(lambda: hub.url, service)
        try:
            return await show(
                app, service, hub=hub, topics=TOPICS, profile="demo", on_ready=traffic.start
            )
        finally:
            await traffic.stop()


async def _without_screen(app: AppContext, folder: str, use_model: bool) -> int:
    from sse_tui.agent.model_choice import ModelChoice
    from sse_tui.cli.demo_steps import take_steps
    from sse_tui.cli.full_screen import model_choice

    model = model_choice(app.settings.agent) if use_model else ModelChoice.offline()
    if use_model and model.is_offline:
        raise ConfigError(
            "No model is configured", "", "Set OPENAI_API_KEY, or OPENAI_BASE_URL for a local one."
        )
    return await take_steps(_own_hub(folder), model)


def _own_hub(folder: str) -> HubProcess:
    from sse_tui.cli.hub_process import HubProcess

    return HubProcess(data_dir=Path(folder), own=True)


class Traffic:
    """Sample events sent to the demo's hub by a client of its own, while the screen is open.

    Args:
        url: gives the hub's address, once the traffic starts.
        watcher: the screen's service; its streams must be open, or they miss the first events.
    """

    def __init__(self, url: Callable[[], str], watcher: EventService) -> None:
        self._url = url
        self._watcher = watcher
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to send; the hub must be there, and its topics subscribed to."""
        if self._task is None:
            self._task = asyncio.ensure_future(self._send())

    async def stop(self) -> None:
        """Send no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _send(self) -> None:
        from sse_tui.client.service import EventService
        from sse_tui.demo.sender import send_traffic
        from sse_tui.demo.traffic import traffic

        for stream in self._watcher.subscriptions.values():
            await stream.opened()
        async with EventService(self._url()) as service:
            await send_traffic(service, traffic(_SEED, datetime.now(UTC)))
