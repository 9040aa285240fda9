"""The tabs above the log: one per topic, and "All", with counts of what was not yet seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.content import Content
from textual.widget import Widget

from sse_tui.events.format import escape
from sse_tui.tui.messages import TopicActivated
from sse_tui.tui.sturdy import Sturdy
from sse_tui.tui.widgets.text_line import compact

ALL = "All"
LONGEST_NAME = 28


@dataclass(frozen=True)
class LogTab:
    """One tab.

    Attributes:
        topic: what it shows; None is all topics.
        unread: events that arrived since it was last in sight.
        paused: its view is paused.
    """

    topic: str | None
    unread: int = 0
    paused: bool = False


class LogTabs(Sturdy, Widget):
    """One line of tabs; those that do not fit are behind the arrows at its ends.

    Posts `TopicActivated`.
    """

    ALLOW_SELECT = False
    DEFAULT_CSS = "LogTabs { height: 1; background: $background; color: $muted; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - the name of Textual's widgets
        super().__init__(id=id)
        self._tabs: tuple[LogTab, ...] = ()
        self._active: str | None = None
        self._first = 0

    def show(self, tabs: Sequence[LogTab], active: str | None) -> None:
        """Show `tabs`; the one of the topic `active` (None: all) is the open one."""
        if (tuple(tabs), active) != (self._tabs, self._active):
            self._tabs, self._active = tuple(tabs), active
            self.refresh()

    @property
    def topics(self) -> list[str | None]:
        """The topics in the order of their tabs."""
        return [tab.topic for tab in self._tabs]

    def neighbour(self, step: int) -> str | None:
        """The topic of the tab `step` places from the open one, round the ends."""
        topics = self.topics
        if not topics:
            return self._active
        at = topics.index(self._active) if self._active in topics else 0
        return topics[(at + step) % len(topics)]

    def render(self) -> Content:
        """The line."""
        parts = [self._label(tab) for tab in self._tabs]
        self._first = self._first_shown([part.cell_length for part in parts])
        shown = Content(" ").join(parts[self._first :])
        width = self.size.width
        if self._first:
            shown = Content.assemble(("‹", "$focus"), shown[1:])  # noqa: RUF001 - the arrow meant
        if shown.cell_length > width:
            shown = Content.assemble(shown.truncate(width - 1), ("›", "$focus"))  # noqa: RUF001
        return shown

    def on_click(self, event: events.Click) -> None:
        """Open the tab under the mouse, or the next one behind an arrow."""
        if event.x == 0 and self._first:
            self.post_message(TopicActivated(self._tabs[self._first - 1].topic))
            return
        left = 0
        for tab in self._tabs[self._first :]:
            left += self._label(tab).cell_length
            if event.x < left:
                self.post_message(TopicActivated(tab.topic))
                return
            left += 1

    def _label(self, tab: LogTab) -> Content:
        active = tab.topic == self._active
        ground = self._open_ground if active else ""
        name = ALL if tab.topic is None else escape(tab.topic)
        label = Content.styled(name, f"bold $foreground {ground}" if active else "$muted")
        parts = [label.truncate(LONGEST_NAME, ellipsis=True)]
        if tab.paused:
            parts.append(Content.styled(" paused", f"$stopped {ground}"))
        if tab.unread and not active:
            parts.append(Content.styled(f" {compact(tab.unread)}", "$focus"))
        edge = Content.styled(" ", ground)
        return Content("").join([edge, *parts, edge])

    @property
    def _open_ground(self) -> str:
        """What marks the open tab; a terminal's own colours have no ground for it."""
        return "reverse" if self.app.current_theme.ansi else "on $selection"

    def _first_shown(self, widths: list[int]) -> int:
        """The first tab to draw, so that the open one is whole."""
        topics = self.topics
        active = topics.index(self._active) if self._active in topics else 0
        first = 0
        while (
            first < active and sum(widths[first : active + 1]) + active - first >= self.size.width
        ):
            first += 1
        return first
