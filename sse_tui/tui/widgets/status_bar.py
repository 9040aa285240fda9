"""The line at the top: where we are connected, how the streams are, how much comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from textual.app import RenderResult
from textual.content import Content
from textual.widget import Widget

from sse_tui.tui.glyphs import FAILED, OPEN, WAITING
from sse_tui.tui.widgets.sparkline import bars
from sse_tui.tui.widgets.text_line import rate_text, spread

GAP = 3
SPARKLINE_WIDTH = 10


@dataclass(frozen=True)
class StatusFacts:
    """What the status bar shows.

    Attributes:
        profile: name of the profile; may be empty.
        url: the server's address; empty while none is known.
        open, waiting, failed: streams in these states (connecting counts as waiting).
        rate: events per second, all streams together.
        counts: events in each of the last seconds, oldest first.
        kept: rows in memory.
        hub: "embedded hub", "joined hub", "hub down ..." or "".
        hub_role: colour role of `hub`: "muted", "waiting" or "failed".
        clock: the time of day.
    """

    profile: str = ""
    url: str = ""
    open: int = 0
    waiting: int = 0
    failed: int = 0
    rate: float = 0.0
    counts: Sequence[int] = field(default_factory=tuple)
    kept: int = 0
    hub: str = ""
    hub_role: str = "muted"
    clock: str = ""


class StatusBar(Widget):
    """The status line; what does not fit is left out, the least needed first."""

    DEFAULT_CSS = """
    StatusBar { height: 1; background: $bar; color: $foreground; padding: 0 1; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._facts = StatusFacts()

    def show(self, facts: StatusFacts) -> None:
        """Show `facts` from now on."""
        if facts != self._facts:
            self._facts = facts
            self.refresh()

    def render(self) -> RenderResult:
        """The line, in the width that there is."""
        width = self.content_size.width
        clock = Content.styled(self._facts.clock, "$muted")
        parts = self._parts()
        room = width - clock.cell_length
        shown: set[int] = set()
        for spare, content in sorted(parts, key=lambda part: part[0]):
            if (taken := content.cell_length + GAP) <= room:
                room -= taken
                shown.add(spare)
        line = Content(" " * GAP).join([content for spare, content in parts if spare in shown])
        return spread(line, clock, width)

    def _parts(self) -> list[tuple[int, Content]]:
        """The parts from left to right, each with how easily it can be spared."""
        facts = self._facts
        parts = [
            (0, Content.styled("sse-tui", "bold $focus")),
            (4, Content(facts.profile)),
            (6, Content.styled(facts.url, "$muted")),
            (1, self._states()),
            (2, Content(rate_text(facts.rate) or "0/s")),
            (5, Content.styled(bars(facts.counts, SPARKLINE_WIDTH), "$focus")),
            (7, Content.styled(f"{facts.kept:,} kept", "$muted")),
            (3, Content.styled(facts.hub, f"${facts.hub_role}")),
        ]
        return [(spare, content) for spare, content in parts if content]

    def _states(self) -> Content:
        facts = self._facts
        states = [Content.styled(f"{OPEN} {facts.open} open", "$open" if facts.open else "$muted")]
        if facts.waiting:
            states.append(Content.styled(f"{WAITING} {facts.waiting}", "$waiting"))
        if facts.failed:
            states.append(Content.styled(f"{FAILED} {facts.failed}", "$failed"))
        return Content("  ").join(states)
