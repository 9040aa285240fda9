"""Makes the pictures of the README: the real program on a real hub with the demo's traffic.

    python screenshots/make.py

Needs the test extra. Writes SVG and PNG beside this file.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from sse_tui.agent.model_choice import ModelChoice
from sse_tui.cli.demo import Traffic
from sse_tui.cli.full_screen import ConversationFactory
from sse_tui.cli.hub_process import HubProcess
from sse_tui.cli.mcp_companion import McpCompanion
from sse_tui.client.service import EventService
from sse_tui.demo.traffic import TOPICS
from sse_tui.events.model import Gap
from sse_tui.tui.app import SseTuiApp
from sse_tui.tui.setup import AppSetup
from sse_tui.tui.widgets.json_editor import JsonEditor

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from render import to_png  # noqa: E402 - stands beside this file

LIMIT_S = 20.0
LONG = (160, 45)
SIZES = {"80x24": (80, 24), "120x40": (120, 40), "200x60": (200, 60)}
THEMES = {"dark": "sse-dark", "light": "sse-light"}
ALERT = 'send {"level":"warn","text":"3 failed logins"} to ops.alerts as alert'


@dataclass
class Photographer:
    """The running program, and a camera."""

    app: SseTuiApp
    pilot: Pilot[Any]
    service: EventService
    hub: HubProcess

    async def until(self, condition: Callable[[], object]) -> None:
        """Let the program run until the condition holds."""
        async with asyncio.timeout(LIMIT_S):
            while not condition():
                await self.pilot.pause(0.05)

    async def shows(self, text: str) -> None:
        """Wait until this text is in sight."""
        try:
            await self.until(lambda: text in self.sight())
        except TimeoutError:
            sys.exit(f"{text!r} does not come into sight:\n{self.sight()}")

    def sight(self) -> str:
        """The screen as text."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join(strip.text for strip in strips)

    async def press(self, *keys: str) -> None:
        """Press keys, and let them take effect."""
        await self.pilot.press(*keys)
        await self.pilot.pause(0.2)

    async def ask(self, question: str) -> None:
        """Ask the agent."""
        field = self.app.main_screen.chat.input
        field.focus()
        field.value = question
        await self.pilot.pause()
        await self.press("enter")
        await self.until(lambda: not field.value)

    async def take(self, name: str, size: tuple[int, int] = LONG, theme: str = "dark") -> None:
        """Write the picture `name` as SVG and PNG."""
        self.app.theme = THEMES[theme]
        await self.pilot.resize_terminal(*size)
        for field in self.app.screen.query(Input):
            field.cursor_blink = False
        for area in self.app.screen.query(TextArea):
            area.cursor_blink = False
        await self.pilot.pause(0.5)
        svg = self.app.export_screenshot(title="sse-tui")
        (HERE / f"{name}.svg").write_text(svg, "utf-8")
        (HERE / f"{name}.png").write_bytes(to_png(svg, zoom=1.0))
        print(name)


@asynccontextmanager
async def program(folder: str) -> AsyncIterator[Photographer]:
    """The full screen on a hub of its own, with traffic, as `sse-tui demo` puts it together."""
    hub = HubProcess(data_dir=Path(folder), own=True)
    async with EventService() as service:
        mcp, traffic = McpCompanion(service), Traffic(lambda: hub.url, service)
        setup = AppSetup(
            profile="demo",
            topics=TOPICS,
            hub=hub,
            mcp=mcp,
            conversation=ConversationFactory(ModelChoice.offline(), service.is_url),
            on_ready=traffic.start,
        )
        app = SseTuiApp(service, setup=setup)
        try:
            async with app.run_test(size=LONG) as pilot:
                yield Photographer(app, pilot, service, hub)
        finally:
            await traffic.stop()
            await mcp.stop()
            await hub.stop()


async def main_pictures(camera: Photographer) -> None:
    """Live events, an answer, a card that waits for a yes; every size in both themes."""
    await camera.until(lambda: camera.service.totals.rows > 150)
    await camera.press("2")
    for theme in THEMES:
        for name, size in SIZES.items():
            await camera.take(f"{name}-{theme}", size, theme)
    await camera.pilot.resize_terminal(*LONG)
    await camera.ask("search data.action = failed in user_events")
    await camera.until(lambda: not camera.app.main_screen.chat.is_running)
    await camera.shows("user_events#")
    await camera.ask(ALERT)
    await camera.shows("deny")
    camera.app.main_screen.log_pane.log_view.focus()
    await camera.press("k", "enter")
    for theme in THEMES:
        await camera.take(f"main-{theme}", LONG, theme)
    await camera.press("escape", "end")


async def other_pictures(camera: Photographer) -> None:
    """Filter, compose, help, and a hub that dies and returns."""
    await camera.press("slash")
    camera.app.screen.query_one("#filter Input", Input).value = "data.action in (failed, logged_in)"
    await camera.press("enter", "k", "enter")
    await camera.take("filter", SIZES["120x40"])
    await camera.press("escape", "slash", "escape", "end")
    await camera.press("s")
    await camera.shows("Send an event")
    editor = camera.app.screen.query_one(JsonEditor)
    editor.load_text('{\n  "user_id": "user123",\n  "action": "logged_in"\n}')
    editor.focus()
    await camera.take("compose", SIZES["120x40"])
    await camera.press("ctrl+l", "escape")
    await camera.press("question_mark")
    await camera.take("help", SIZES["120x40"])
    await camera.press("escape", "end")
    assert camera.hub.pid is not None
    os.kill(camera.hub.pid, signal.SIGKILL)
    log = camera.service.logs["user_events"]
    newest = log.next_number
    await camera.until(lambda: any(isinstance(row, Gap) for row in log.read(newest, 1000)))
    newest = log.events
    await camera.until(lambda: log.events > newest + 3)
    await camera.take("gap", SIZES["120x40"])


async def main() -> None:
    """Take all pictures."""
    with tempfile.TemporaryDirectory(prefix="sse-tui-pictures-") as folder:
        async with program(folder) as camera:
            await main_pictures(camera)
            await other_pictures(camera)


if __name__ == "__main__":
    asyncio.run(main())
