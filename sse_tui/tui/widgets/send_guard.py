"""Fields in which ^j sends when it is typed, and is a line feed when a paste brings it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from textual import events
from textual.timer import Timer
from textual.widgets import Input

from sse_tui.tui.send_key import SendKey

if TYPE_CHECKING:
    from textual.widget import Widget
else:
    # Textual takes styles and component classes from the first widget among the bases only.
    Widget = object

KEY = "ctrl+j"


class SendGuard(Widget):
    """Stands before a widget that takes text: lets the binding of ^j act only when it was typed."""

    _pending: Timer | None = None

    @cached_property
    def send_key(self) -> SendKey:
        """Tells the key from a pasted line feed."""
        return SendKey()

    def take_line_feed(self) -> None:
        """A pasted line feed has come."""
        raise NotImplementedError

    async def _on_key(self, event: events.Key) -> None:
        # Textual calls this method of every base class in turn, until the default is prevented.
        if event.key == KEY and KEY in self.screen.active_bindings:
            event.stop()
            event.prevent_default()
            await self._take_send_key(event)
            return
        self.send_key.saw(event)
        self._give_up_sending()

    async def _take_send_key(self, event: events.Key) -> None:
        pasted = self.send_key.is_pasted(event)
        if self._give_up_sending() or pasted:
            self.take_line_feed()
        elif self.send_key.is_certain(event):
            await self._act()
        else:
            self._pending = self.set_timer(self.send_key.quiet_s, self._act)

    def _give_up_sending(self) -> bool:
        """What looked like ^j was the first character of a paste; True if there was one."""
        if self._pending is None:
            return False
        self._pending.stop()
        self._pending = None
        self.take_line_feed()
        return True

    async def _act(self) -> None:
        self._pending = None
        active = self.screen.active_bindings.get(KEY)
        if active is not None:
            await self.app.run_action(active.binding.action, active.node)


class GuardedInput(SendGuard, Input):
    """A one-line input: a pasted line feed goes on to the next field, as Enter does."""

    def take_line_feed(self) -> None:
        """Go on to the next field."""
        self.screen.focus_next()
