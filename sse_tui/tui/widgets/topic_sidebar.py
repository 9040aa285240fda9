"""The list of topics: two lines each, with state, unread, rate and the last seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

from sse_tui.events.model import StreamState
from sse_tui.tui.glyphs import STATE_GLYPHS, STATE_ROLES
from sse_tui.tui.messages import (
    SubscribeRequested,
    TopicActivated,
    TopicEntered,
)
from sse_tui.tui.sturdy import Sturdy
from sse_tui.tui.widgets.sparkline import bars
from sse_tui.tui.widgets.text_line import compact, name_of, rate_text, spread

LINES = 2
SPARKLINE_LENGTH = 18


@dataclass(frozen=True)
class TopicFacts:
    """What the sidebar shows of one topic.

    Attributes:
        topic: the name under which the user subscribed.
        state: of its stream; None when the stream was left and only its rows remain.
        note: a word on the state ("retry 4s", "401"); empty while all is well.
        unread: events since the topic was last in sight.
        rate: events per second.
        counts: events in each of the last seconds, oldest first.
        paused: its view is paused.
    """

    topic: str
    state: StreamState | None
    note: str = ""
    unread: int = 0
    rate: float = 0.0
    counts: Sequence[int] = field(default_factory=tuple)
    paused: bool = False


class TopicSidebar(Sturdy, ScrollView, can_focus=True):
    """The topics in order of subscription; the cursor's topic is the one in the log."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "previous topic", id="topics.up", show=False),
        Binding("down,j", "move(1)", "next topic", id="topics.down", show=False),
        Binding("home,g", "move(-9999)", "first topic", id="topics.first", show=False),
        Binding("end,G", "move(9999)", "last topic", id="topics.last", show=False),
        Binding("enter", "enter", "read it", id="topics.enter", show=False),
    ]
    DEFAULT_CSS = """
    TopicSidebar {
        scrollbar-size-vertical: 1;
        overflow-x: hidden;
        background: $background;
        & > .topics--cursor { background: $selection; }
        &:ansi > .topics--cursor { background: ansi_default; text-style: reverse; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"topics--cursor"}

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._topics: Sequence[TopicFacts] = ()
        self._active: str | None = None
        self.border_title = "Topics"

    @property
    def topic(self) -> str | None:
        """The topic under the cursor; None when the log shows all of them, or none exists."""
        return self._active

    @property
    def topics(self) -> list[str]:
        """The topics, in order."""
        return [facts.topic for facts in self._topics]

    def show(self, topics: Sequence[TopicFacts], active: str | None) -> None:
        """Show `topics`; `active` is the one in the log (None: all)."""
        if topics == self._topics and active == self._active:
            return
        moved = active != self._active
        self._topics, self._active = topics, active
        if len(topics) * LINES + 2 != self.virtual_size.height:
            self.virtual_size = Size(self.size.width, len(topics) * LINES + 2)
        if moved:
            self._scroll_to_active()
        self.refresh()

    def on_resize(self) -> None:
        """Only the height can be scrolled."""
        self.virtual_size = Size(self.size.width, len(self._topics) * LINES + 2)

    def render_line(self, y: int) -> Strip:
        """One of the two lines of a topic, or the hint below them."""
        index, line = divmod(y + self.scroll_offset.y, LINES)
        width = self.scrollable_content_region.width
        style = self.visual_style
        content, active = Content(""), False
        if index < len(self._topics):
            facts = self._topics[index]
            active = facts.topic == self._active
            content = (self._status_line if line else self._name_line)(facts, active, width)
            if active:
                style += self.get_visual_style("topics--cursor")
        elif index == len(self._topics) and line == (1 if self._topics else 0):
            content = spread(
                Content.styled("   + subscribe", "$muted"),
                Content.styled("a ", "bold $focus"),
                width,
            )
        strip = Visual.to_strips(self, content, width, 1, style)[0]
        strip = strip.adjust_cell_length(width, style.rich_style)
        # A visual style has no reverse, which is what marks the cursor in a terminal's own colours;
        # the bars below the name would be turned upside down by it.
        reverse = (
            active and not line and self.get_component_styles("topics--cursor").text_style.reverse
        )
        return strip.apply_style(Style(reverse=True)) if reverse else strip

    def _name_line(self, facts: TopicFacts, active: bool, width: int) -> Content:
        glyph, role = "○", "faint"
        if facts.state is not None:
            glyph, role = STATE_GLYPHS[facts.state], STATE_ROLES[facts.state]
        unread = compact(facts.unread) if facts.unread else ""
        right = Content.assemble((unread, "$focus"), (f"{rate_text(facts.rate):>6} ", "$muted"))
        name = name_of(facts.topic, width - right.cell_length - 4).stylize("bold" if active else "")
        return spread(Content.assemble(" ", (glyph, f"${role}"), " ", name), right, width)

    def _status_line(self, facts: TopicFacts, active: bool, width: int) -> Content:
        note = "paused" if facts.paused and not facts.note else facts.note
        role = "stopped" if note == "paused" else "muted"
        room = min(SPARKLINE_LENGTH, width - 5 - len(note))
        graph = bars(facts.counts, room) if facts.counts else ""
        left = Content.assemble("   ", (graph, "$focus" if active else "$faint"))
        return spread(left, Content.styled(f"{note} ", f"${role}") if note else Content(""), width)

    def _scroll_to_active(self) -> None:
        for index, facts in enumerate(self._topics):
            if facts.topic == self._active:
                self.scroll_to_region(Region(0, index * LINES, 1, LINES), animate=False)

    def action_move(self, step: int) -> None:
        """Move the cursor by `step` topics and show that topic in the log."""
        names = [facts.topic for facts in self._topics]
        if not names:
            return
        at = names.index(self._active) + step if self._active in names else min(step, 0)
        self.post_message(TopicActivated(names[max(0, min(at, len(names) - 1))]))

    def action_enter(self) -> None:
        """Go from the topic to its log."""
        self.post_message(TopicEntered(self._active))

    def on_click(self, event: events.Click) -> None:
        """Choose the topic under the mouse, or ask for a new one."""
        index = (event.get_content_offset_capture(self).y + self.scroll_offset.y) // LINES
        if index < len(self._topics):
            self.post_message(TopicActivated(self._topics[index].topic))
        elif index == len(self._topics):
            self.post_message(SubscribeRequested())
