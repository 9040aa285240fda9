"""The dialog that sends an event: topic, event type, JSON body."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.suggester import SuggestFromList
from textual.widgets import Button, Input, Label, Static
from textual.worker import Worker

from sse_tui.errors import SseTuiError
from sse_tui.events.format import escape
from sse_tui.tui.drafts import Draft
from sse_tui.tui.glyphs import DONE, FAILED
from sse_tui.tui.keymap import COMPOSE_BINDINGS
from sse_tui.tui.screens.dialog import Dialog
from sse_tui.tui.widgets.json_editor import JsonEditor
from sse_tui.tui.widgets.send_guard import GuardedInput

Send = Callable[[Draft], Awaitable[str]]
"""Sends the draft and returns the new event's id; raises `SseTuiError`."""

HEIGHTS = [(0, "-low"), (22, "-high")]
"""Style classes by lines: where there are few, the blank ones go first."""


class ComposeScreen(Dialog[str | None]):
    """Write an event and send it; closes with the new event's id, or None.

    The draft is kept up to date with every key, so closing loses nothing.

    Args:
        draft: what to begin with; changed in place.
        send: sends it.
        topics: known topics, the likeliest first.
    """

    BINDINGS = COMPOSE_BINDINGS
    VERTICAL_BREAKPOINTS = HEIGHTS
    heading = "Send an event"

    def __init__(self, draft: Draft, send: Send, topics: Iterable[str]) -> None:
        super().__init__()
        self.draft = draft
        self._send = send
        self._topics = list(topics)
        self._delivery: Worker[None] | None = None

    def compose_content(self) -> ComposeResult:
        """Two fields, the editor, and what is to be said about it."""
        with Horizontal(classes="row"):
            yield Label("topic")
            yield GuardedInput(
                self.draft.topic,
                id="topic",
                placeholder="user_events",
                suggester=SuggestFromList(self._topics),
                select_on_focus=False,
            )
        with Horizontal(classes="row"):
            yield Label("type")
            yield GuardedInput(
                self.draft.event, id="event", placeholder="message", select_on_focus=False
            )
        yield JsonEditor(self.draft.body, id="body", placeholder='{"action": "logged_in"}')
        yield Static(id="verdict")
        with Horizontal(id="buttons"):
            yield from self._buttons()

    def _buttons(self) -> Iterator[Button]:
        # They take no focus: what is pasted while one has it would press it.
        for label, name in (("^l clear", "clear"), ("esc close", "close"), ("^j send", "send")):
            button = Button(label, id=name, compact=True)
            button.can_focus = False
            yield button

    def on_mount(self) -> None:
        """Begin where something is missing."""
        self.query_one("#body" if self.draft.topic else "#topic").focus()
        self._judge()

    @on(Input.Changed)
    @on(JsonEditor.Changed)
    def _keep(self) -> None:
        draft = self.draft
        draft.topic = self.query_one("#topic", Input).value.strip()
        draft.event = self.query_one("#event", Input).value.strip()
        draft.body = self.query_one(JsonEditor).text
        self._judge()

    def _judge(self) -> None:
        fault = self.query_one(JsonEditor).fault if self.draft.body.strip() else None
        if not self.draft.body.strip():
            self._say("the body is JSON: an object, a list, a text, a number", "muted")
        elif fault is None:
            self._say(f"{DONE} valid JSON", "open")
        else:
            self._say(str(fault), "muted")

    def _say(self, text: str, role: str) -> None:
        self.query_one("#verdict", Static).update(Content.styled(text, f"${role}"))

    @on(Input.Submitted)
    def _next_field(self) -> None:
        self.focus_next()

    @on(Button.Pressed, "#close")
    def _close(self) -> None:
        self.action_close()

    @on(Button.Pressed, "#clear")
    def action_clear(self) -> None:
        """Empty the body."""
        self.query_one(JsonEditor).clear()
        self.query_one(JsonEditor).focus()

    @on(Button.Pressed, "#send")
    def action_send(self) -> None:
        """Send the draft, unless something in it is at fault."""
        if self._is_sending:
            return
        editor = self.query_one(JsonEditor)
        fault = editor.fault
        if not self.draft.topic:
            self._say(f"{FAILED} name a topic first", "failed")
            self.query_one("#topic").focus()
        elif fault is not None:
            editor.mark(fault)
            self._say(f"{FAILED} nothing sent: {fault}", "failed")
        else:
            self._delivery = self._deliver()

    @property
    def _is_sending(self) -> bool:
        return self._delivery is not None and self._delivery.is_running

    @work(group="send")
    async def _deliver(self) -> None:
        self._say("sending ...", "waiting")
        try:
            sent_id = await self._send(self.draft)
        except SseTuiError as error:
            words = [f"{FAILED} {error.title}", error.detail, error.hint]
            self._say(escape(". ".join(word.rstrip(".") for word in words if word)), "failed")
            return
        self.draft.sent()
        self.dismiss(sent_id)

    def action_close(self) -> None:
        """Close, or first stop waiting for the server."""
        if self._delivery is not None and self._delivery.is_running:
            self._delivery.cancel()
            self._say("stopped waiting: the server may have taken the event or not", "waiting")
        else:
            self.dismiss(None)
