"""The full-screen program: themes, keymap, screens; no feature logic."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import events, work
from textual.command import CommandPalette
from textual.worker import WorkerFailed

from sse_tui.tui.commands import AppCommands
from sse_tui.tui.crash_report import write_report
from sse_tui.tui.key_order import KeyOrder
from sse_tui.tui.keymap import APP_BINDINGS, complaints, key_label
from sse_tui.tui.screens.confirm import ConfirmScreen
from sse_tui.tui.screens.help import HelpScreen
from sse_tui.tui.screens.main import MainScreen
from sse_tui.tui.screens.too_small import TooSmallScreen, is_too_small
from sse_tui.tui.screens.unexpected import UnexpectedErrorScreen
from sse_tui.tui.sturdy import Sturdy
from sse_tui.tui.themes import ThemedApp

if TYPE_CHECKING:
    from sse_tui.client.service import EventService
    from sse_tui.tui.setup import AppSetup

# All at once: Textual does not read the file of a default screen, and reads that of a dialog only
# when it opens, which costs a frame.
_FOLDER = Path(__file__).parent
STYLES: list[str | PurePath] = [
    _FOLDER / "app.tcss",
    *(_FOLDER / "screens" / f"{name}.tcss" for name in ("main", "dialog", "compose", "subscribe")),
    _FOLDER / "screens" / "help.tcss",
]
MOST_UNEXPECTED = 20
"""Unexpected errors in one run after which it is better to end."""


class SseTuiApp(Sturdy, ThemedApp, inherit_bindings=False):
    """The app over a client service that its maker opened, and closes.

    Args:
        service: the streams, events and logs.
        setup: what the command line found out.
    """

    CSS_PATH = STYLES
    TITLE = "sse-tui"
    BINDINGS = APP_BINDINGS
    COMMANDS: ClassVar = {AppCommands}
    COMMAND_PALETTE_BINDING = "ctrl+p"

    def __init__(self, service: EventService, *, setup: AppSetup) -> None:
        super().__init__()
        self.service, self.setup = service, setup
        self._unexpected = 0
        self._key_order = KeyOrder(self, super().on_event)
        self.main_screen = MainScreen(service, setup)
        self.set_keymap(setup.keymap)
        if setup.theme in self.available_themes:
            self.theme = setup.theme

    def get_default_screen(self) -> MainScreen:
        """The main screen."""
        return self.main_screen

    def on_mount(self) -> None:
        """Say what of the setup cannot be followed."""
        if self.setup.theme not in self.available_themes:
            names = ", ".join(sorted(self.available_themes))
            self._warn(f"There is no theme {self.setup.theme}", f"There are: {names}")
        for complaint in complaints(self.setup.keymap):
            self._warn(complaint, "It stands in the configuration; the help (?) shows all keys.")

    def _warn(self, title: str, words: str) -> None:
        self.notify(words, title=title, severity="warning", markup=False)

    def on_resize(self, event: events.Resize) -> None:
        """Below the least size there is one sentence, on top of whatever was open."""
        if is_too_small(event.size):
            if not isinstance(self.screen, TooSmallScreen):
                self.push_screen(TooSmallScreen())
        elif isinstance(self.screen, TooSmallScreen):
            self.pop_screen()

    # -- keys

    async def on_event(self, event: events.Event) -> None:
        """Keys that arrive together have their effects one after the other."""
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            await self._key_order.take(event)
        else:
            await super().on_event(event)

    @work(group="quit", exclusive=True)
    async def action_quit(self) -> None:  # type: ignore[override] # a worker, because it may ask
        """Quit; ask first when that would lose something."""
        reasons = self.main_screen.would_be_lost()
        if reasons and not await self.push_screen_wait(
            ConfirmScreen("Quit?", "\n".join(reasons), yes="quit", no="stay")
        ):
            return
        self.exit()

    def action_explain_quit(self) -> None:
        """^c had nothing to copy: say how to quit."""
        keys = {b.binding.action: k for k, b in self.screen.active_bindings.items()}
        key = keys.get("quit", "ctrl+q")
        words = f"{key_label(key)} quits, also {key_label('ctrl+q')} from within a field."
        self.notify(words, markup=False)

    def action_help(self) -> None:
        """Show what all the keys do."""
        self.push_screen(HelpScreen(self.setup.keymap))

    def action_command_palette(self) -> None:
        """Open the palette."""
        if not isinstance(self.screen, CommandPalette):
            self.push_screen(CommandPalette(id="--command-palette", placeholder="what to do"))

    # -- errors

    def _handle_exception(self, error: Exception) -> None:
        """Textual's hook for what nobody caught: into a file and a dialog, never a traceback.

        The app ends only when its first frame failed, or when errors keep coming.
        """
        cause = error.error if isinstance(error, WorkerFailed) else error
        if self._exception is None:  # what `run_test` raises in a test's face
            self._exception = error
            self._exception_event.set()
        self._unexpected += 1
        log_file = write_report(cause, self.setup.log_file)
        if not self.main_screen.is_up or self._unexpected > MOST_UNEXPECTED:
            self._end_on(cause, log_file)
        elif not any(isinstance(screen, UnexpectedErrorScreen) for screen in self.screen_stack):
            self.call_later(self.push_screen, UnexpectedErrorScreen(cause, log_file))

    def _end_on(self, error: BaseException, log_file: Path | None) -> None:
        place = f"The details are in {log_file}" if log_file else "No file could be written."
        words = f"sse-tui: Something unexpected happened: {type(error).__name__}: {error}"
        if not self._exit_renderables:
            self._exit_renderables.append(Text(f"{words}\n  {place}"))
        self._return_code = 1
        self._close_messages_no_wait()
