"""The card on which the user allows, edits or denies a call of the agent."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any, ClassVar, Literal

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from sse_tui.events.format import escape
from sse_tui.tui.glyphs import FAILED
from sse_tui.tui.keymap import key_label
from sse_tui.tui.messages import ApprovalDecided, CardLeft
from sse_tui.tui.sturdy import Sturdy
from sse_tui.tui.widgets.json_editor import JsonEditor
from sse_tui.tui.widgets.json_text import json_content

DEAF_S = 0.5
"""A card ignores keys for so long: they were meant for what stood there before."""

_TARGET, _BODY = "topic", "data"


class ApprovalCard(Sturdy, Vertical, can_focus=True):
    """One call that waits for the user; its keys act only while it has the focus.

    Args:
        call_id: names the call.
        name: the tool.
        arguments: everything that the call would be made with; all of it is shown.
        clock: monotonic seconds.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "decide('once')", "once", id="approval.once"),
        Binding("s", "decide('session')", "session", id="approval.session"),
        Binding("e", "edit", "edit", id="approval.edit"),
        Binding("d", "decide('deny')", "deny", id="approval.deny"),
        Binding("ctrl+j", "keep_edit", "keep the edit", id="approval.keep-edit", show=False),
        Binding("escape", "leave", "back", id="approval.leave", show=False),
        Binding("up,k", "scroll_body(-1)", "scroll up", id="approval.up", show=False),
        Binding("down,j", "scroll_body(1)", "scroll down", id="approval.down", show=False),
        Binding("pageup", "scroll_body(-8)", "page up", id="approval.page-up", show=False),
        Binding("pagedown", "scroll_body(8)", "page down", id="approval.page-down", show=False),
    ]
    DEFAULT_CSS = """
    ApprovalCard {
        height: auto;
        border: round $waiting;
        border-subtitle-color: $muted;
        padding: 0 0 0 1;
    }
    ApprovalCard VerticalScroll { height: auto; scrollbar-size-vertical: 1; }
    ApprovalCard JsonEditor { height: 8; }
    ApprovalCard > Static { height: auto; }
    """

    def __init__(
        self,
        call_id: str,
        name: str,
        arguments: dict[str, Any],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self.call_id = call_id
        self._tool = name
        self._arguments = arguments
        self._edited = False
        self._refusal = ""
        self._clock = clock
        self._shown_at = clock()

    def compose(self) -> ComposeResult:
        """What would be done, to what, with what; and the keys."""
        yield Static(id="head")
        with VerticalScroll(can_focus=False):
            yield Static(id="body")
        yield Static(id="keys")

    def on_mount(self) -> None:
        """Show the call."""
        self._show_call()
        self._show_keys()

    @on(events.Resize)
    @on(events.DescendantFocus)
    @on(events.DescendantBlur)
    @on(events.Focus)
    @on(events.Blur)
    def _follow_focus(self) -> None:
        self.call_after_refresh(self._show_keys)

    def _show_call(self) -> None:
        target = str(self._arguments.get(_TARGET) or "")
        head = Content.assemble((escape(self._tool), "bold $waiting"))
        if target:
            head += Content.assemble(" to " if self._tool == "send_event" else " ", escape(target))
        if self._edited:
            head += Content.styled(" edited", "$muted")
        self.query_one("#head", Static).update(head)
        self.query_one("#body", Static).update(Content("\n").join(self._details()))

    def _details(self) -> list[Content]:
        details = []
        for name, value in self._arguments.items():
            if name in (_TARGET, _BODY) or value is None:
                continue
            details.append(Content.assemble((f"{escape(name)} ", "$muted"), escape(str(value))))
        if _BODY in self._arguments:
            body = self._arguments[_BODY]
            text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
            details.append(json_content(text))
        return details

    def _show_keys(self) -> None:
        self.border_subtitle = "" if self.has_focus_within else "[bold $focus]^y[/] to answer"
        keys = next(iter(self.query("#keys").results(Static)), None)
        if keys is None:  # the card is on its way out; the focus has left it for the last time
            return
        if self._refusal:
            keys.update(Content.styled(f"{FAILED} {self._refusal}", "$failed"))
            return
        if self._editor is not None:
            words = [("^j", "keep edit"), ("esc", "undo")]
        else:
            bound = {a.binding.id: a.binding.key for a in self.screen.active_bindings.values()}
            bindings = [b for b in self.BINDINGS if isinstance(b, Binding) and b.show]
            words = [(key_label(bound.get(b.id, b.key)), b.description) for b in bindings]
        parts = [
            Content.assemble((f"{key}\N{NO-BREAK SPACE}", "bold $focus"), word)
            for key, word in words
        ]
        line = Content("  ").join(parts)
        keys.update(line if line.cell_length <= keys.size.width else Content(" ").join(parts))

    @property
    def _editor(self) -> JsonEditor | None:
        return next(iter(self.query(JsonEditor)), None)

    @property
    def _is_deaf(self) -> bool:
        return self._clock() - self._shown_at < DEAF_S

    def action_decide(self, decision: Literal["once", "session", "deny"]) -> None:
        """Answer the call."""
        if self._is_deaf or self._editor is not None:
            return
        changed = self._arguments if self._edited and decision != "deny" else None
        self.post_message(ApprovalDecided(self.call_id, decision, changed))

    async def action_edit(self) -> None:
        """Open the arguments in an editor."""
        if self._is_deaf or self._editor is not None:
            return
        text = json.dumps(self._arguments, indent=2, ensure_ascii=False)
        editor = JsonEditor(text, id="edit")
        self.query_one(VerticalScroll).display = False
        await self.mount(editor, before="#keys")
        editor.focus()

    def action_keep_edit(self) -> None:
        """Take the edited arguments over; the call still waits for an answer."""
        editor = self._editor
        if editor is None:
            return
        fault = editor.fault
        arguments = None if fault else json.loads(editor.text)
        if fault is not None:
            editor.mark(fault)
            self._refuse_edit(str(fault))
        elif not isinstance(arguments, dict):
            self._refuse_edit("the arguments are an object: { ... }")
        else:
            self._edited = self._edited or arguments != self._arguments
            self._arguments = arguments
            self._close_editor()

    def _refuse_edit(self, reason: str) -> None:
        self._refusal = reason
        self._show_keys()

    @on(JsonEditor.Changed)
    def _show_keys_again(self, event: JsonEditor.Changed) -> None:
        event.stop()
        self._refusal = ""
        self._show_keys()

    def _close_editor(self) -> None:
        self._refusal = ""
        if self._editor is not None:
            self._editor.remove()
        self.query_one(VerticalScroll).display = True
        self.focus()
        self._show_call()
        self.call_after_refresh(self._show_keys)

    def action_leave(self) -> None:
        """Undo the edit, or leave the card unanswered."""
        if self._editor is not None:
            self._close_editor()
        else:
            self.post_message(CardLeft())

    def action_scroll_body(self, lines: int) -> None:
        """Scroll the body."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

    def limit_height(self, lines: int) -> None:
        """Leave the card `lines` lines in all: what is longer scrolls inside it."""
        self.query_one(VerticalScroll).styles.max_height = max(lines - 5, 2)
