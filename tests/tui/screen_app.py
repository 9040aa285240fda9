"""The whole app for tests: over a real hub, or over a service without one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from textual import events
from textual.geometry import Region
from textual.pilot import Pilot
from textual.widget import Widget

from sse_tui.client.options import ClientOptions
from sse_tui.client.service import EventService
from sse_tui.tui.app import SseTuiApp
from sse_tui.tui.screens.main import MainScreen
from sse_tui.tui.setup import AppSetup

NOW = datetime(2024, 1, 1, 14, 2, 31, tzinfo=UTC)
LIMIT_S = 15.0


class Screen:
    """A running app, its pilot, and what one looks at."""

    def __init__(self, app: SseTuiApp, pilot: Pilot[None], service: EventService) -> None:
        self.app, self.pilot, self.service = app, pilot, service

    @property
    def main(self) -> MainScreen:
        return self.app.main_screen

    async def until(self, condition: Callable[[], Any]) -> None:
        """Let the app run until `condition` holds."""
        async with asyncio.timeout(LIMIT_S):
            while not condition():
                await self.pilot.pause()

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def type(self, text: str) -> None:
        """Put text into the field that has the focus, all at once."""
        self.app.post_message(events.Paste(text))
        await self.pilot.pause()

    async def until_open(self, *topics: str) -> None:
        """Wait until these streams are open."""
        streams = self.service.subscriptions
        await self.until(lambda: all(t in streams and streams[t].state == "open" for t in topics))

    @property
    def toasts(self) -> list[str]:
        """Titles and texts of the toasts so far in sight."""
        return [f"{toast.title} {toast.message}".strip() for toast in self.app._notifications]


def text_of(widget: Widget) -> str:
    """What a widget shows, without styles."""
    region = Region(0, 0, *widget.outer_size)
    return "\n".join(strip.text.rstrip() for strip in widget.render_lines(region))


def sight(app: SseTuiApp) -> str:
    """The whole screen, without styles."""
    compositor = app.screen._compositor
    return "\n".join(strip.text.rstrip() for strip in compositor.render_strips())


@asynccontextmanager
async def running_app(
    url: str | None = None,
    *topics: str,
    size: tuple[int, int] = (140, 36),
    setup: AppSetup | None = None,
    options: ClientOptions | None = None,
) -> AsyncIterator[Screen]:
    """The app over a service on `url`, with these topics."""
    setup = replace(setup or AppSetup(), topics=topics, now=lambda: NOW)
    async with EventService(url, options=options) as service:
        app = SseTuiApp(service, setup=setup)
        async with app.run_test(size=size, notifications=True) as pilot:
            await pilot.pause()
            yield Screen(app, pilot, service)
