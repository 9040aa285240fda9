"""The help: every key there is, as it is bound now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from sse_tui.tui.keymap import (
    APP_BINDINGS,
    COMPOSE_BINDINGS,
    MAIN_BINDINGS,
    bound_keys,
)
from sse_tui.tui.screens.dialog import Dialog
from sse_tui.tui.widgets.answer import Answer
from sse_tui.tui.widgets.approval_card import ApprovalCard
from sse_tui.tui.widgets.chat import ChatPane
from sse_tui.tui.widgets.event_detail import EventDetail
from sse_tui.tui.widgets.log_keys import LOG_BINDINGS
from sse_tui.tui.widgets.topic_sidebar import TopicSidebar

KEYS_WIDTH = 13
WORDS_WIDTH = 34
LEFT = 2
"""Sections in the left column, where there are two."""
WIDTHS = [(0, "-narrow"), (152, "-wide")]

SECTIONS: tuple[tuple[str, Iterable[BindingType]], ...] = (
    ("Everywhere", (*MAIN_BINDINGS, *APP_BINDINGS)),
    ("Log", LOG_BINDINGS),
    ("Detail", EventDetail.BINDINGS),
    ("Topics", TopicSidebar.BINDINGS),
    ("Send an event", COMPOSE_BINDINGS),
    ("Agent", ChatPane.BINDINGS),
    ("Citations of its answers", Answer.BINDINGS),
    ("Approval, while it has the focus", ApprovalCard.BINDINGS),
)
FILTER_HELP = (
    ("words", "rows that hold all of them", ""),
    ("/regex/", "rows that match", ""),
    ("!word", "rows without it", ""),
    ("event:user.*", "by event type; topic, id, kind too", ""),
    ("data.n > 200", "a field of JSON data: = != < >= ~", ""),
    ("in (a, b)", "one of several values", ""),
    ("and or ( )", "put together", ""),
)
STATES_HELP = (
    ("●", "open", ""),
    ("◐", "connecting, or waiting to try again", ""),
    ("○", "stopped", ""),
    ("×", "failed for good", ""),  # noqa: RUF001 - the sign that is shown
    ("┄", "a gap: what is known of the time without a connection", ""),
    ("·", "a comment of the server, a keep-alive mostly", ""),
)


class HelpScreen(Dialog[None]):
    """All sections, scrollable.

    Args:
        keymap: binding id -> keys, what the configuration remapped.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,f1,q", "close", "close", id="help.close", show=False)
    ]
    HORIZONTAL_BREAKPOINTS = WIDTHS
    heading = "Help"

    def __init__(self, keymap: Mapping[str, str]) -> None:
        super().__init__()
        self._keymap = keymap

    def compose_content(self) -> ComposeResult:
        """Keys by place, then the filter's language and the signs."""
        sections = [_section(name, bound_keys(keys, self._keymap)) for name, keys in SECTIONS]
        right = [*sections[LEFT:], _section("Filter", FILTER_HELP), _section("Signs", STATES_HELP)]
        with VerticalScroll(id="scroll"), Container(id="columns"):
            yield Static(Content("\n").join(sections[:LEFT]), classes="column")
            yield Static(Content("\n").join(right), classes="column")

    def on_mount(self) -> None:
        """Say how to leave, and what the ids are for."""
        frame = self.query_one("#frame")
        frame.border_subtitle = r"esc closes · on the right: ids for \[keymap] in the configuration"


def _section(title: str, lines: Iterable[tuple[str, str, str]]) -> Content:
    """A title and its lines: keys or sign, what it does, the id under which it is remapped."""
    rows = [Content.styled(title, "bold $foreground")]
    for keys, what, name in lines:
        rows.append(
            Content.assemble(
                (f"{keys:<{KEYS_WIDTH}} ", "$focus"),
                (f"{what:<{WORDS_WIDTH}} ", "$foreground"),
                (name, "$muted"),
            )
        )
    return Content("\n").join([*rows, Content("")])
