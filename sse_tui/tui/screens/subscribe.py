"""The dialog that names a new topic or URL to watch."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from textual import events, on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from sse_tui.errors import SseTuiError
from sse_tui.events.format import escape
from sse_tui.tui.glyphs import FAILED
from sse_tui.tui.screens.dialog import Dialog
from sse_tui.tui.widgets.text_line import compact, spread

HINT = "a topic, a pattern such as orders.* or logs.>, or the whole URL of an event stream"


Subscribe = Callable[[str], Awaitable[str]]
"""Subscribes to a topic or URL, and says under which name it is watched; raises `SseTuiError`."""


class SubscribeScreen(Dialog[str | None]):
    """Name what to watch; closes with the name of what is watched, or None.

    Args:
        subscribe: called with what was named; what it raises is shown and the dialog stays.
        known: topics that the server has and that are not watched yet, with their event counts.
    """

    heading = "Subscribe"

    def __init__(self, subscribe: Subscribe, known: Iterable[tuple[str, int]] = ()) -> None:
        super().__init__()
        self._subscribe = subscribe
        self._known = list(known)

    def compose_content(self) -> ComposeResult:
        """The field, and the server's topics below it."""
        yield Input(id="target", placeholder="topic or URL")
        yield Static(HINT, id="verdict", classes="hint")
        yield OptionList(id="known")

    def on_mount(self) -> None:
        """Show the known topics, and take the keys."""
        self._list_known()
        self.query_one("#target").focus()

    def offer(self, known: Iterable[tuple[str, int]]) -> None:
        """Show these topics: the server's answer may come after the dialog."""
        self._known = list(known)
        self._list_known()

    @on(Input.Changed)
    def _list_known(self) -> None:
        typed = self.query_one(Input).value.strip().casefold()
        options = self.query_one(OptionList)
        options.clear_options()
        width = max(options.content_size.width, 40) - 2
        for name, count in self._known:
            if typed in name.casefold():
                events_text = Content.styled(f"{compact(count)} events", "$muted")
                line = spread(Content(escape(name)), events_text, width)
                options.add_option(Option(line, id=name))
        options.display = options.option_count > 0

    @on(Input.Submitted)
    def _take_typed(self) -> None:
        target = self.query_one(Input).value.strip()
        options = self.query_one(OptionList)
        if not target and options.option_count:
            self._go_to_list()
        elif target:
            self._take(target)

    def _go_to_list(self) -> None:
        options = self.query_one(OptionList)
        options.focus()
        options.highlighted = 0

    @on(OptionList.OptionSelected)
    def _take_known(self, event: OptionList.OptionSelected) -> None:
        if event.option.id is not None:
            self._take(event.option.id)

    @work(exclusive=True, group="subscribe")
    async def _take(self, target: str) -> None:
        try:
            watched = await self._subscribe(target)
        except SseTuiError as error:
            fault = Content.styled(escape(f"{FAILED} {error}"), "$failed")
            self.query_one("#verdict", Static).update(fault)
        else:
            self.dismiss(watched)

    def on_key(self, event: events.Key) -> None:
        """Down goes from the field to the list."""
        if event.key == "down" and self.query_one(Input).has_focus:
            event.stop()
            self._go_to_list()
