"""The main screen: topics, log and agent side by side, over one client service."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.screen import Screen
from textual.widget import Widget

from sse_tui.errors import SseTuiError
from sse_tui.events.format import escape
from sse_tui.tui.error_toast import tell_error
from sse_tui.tui.keymap import MAIN_BINDINGS, MAIN_KEY_BAR, MAIN_KEY_BAR_SPARE
from sse_tui.tui.messages import (
    CitationOpened,
    CopyRequested,
    PaneLeft,
    SubscribeRequested,
    TopicActivated,
    TopicEntered,
)
from sse_tui.tui.screens.agent_pane import AgentPane
from sse_tui.tui.screens.exports import export_row, export_view
from sse_tui.tui.screens.facts import stream_facts
from sse_tui.tui.screens.gauges import Gauges
from sse_tui.tui.screens.log_forwarding import FORWARDED
from sse_tui.tui.screens.log_pane import LogPane
from sse_tui.tui.screens.panes import Panes
from sse_tui.tui.screens.startup import Startup
from sse_tui.tui.screens.stream_actions import StreamActions
from sse_tui.tui.setup import AppSetup
from sse_tui.tui.sturdy import Sturdy
from sse_tui.tui.widgets.key_bar import KeyBar
from sse_tui.tui.widgets.status_bar import StatusBar
from sse_tui.tui.widgets.topic_sidebar import TopicSidebar

if TYPE_CHECKING:
    from sse_tui.client.service import EventService

ROWS_EVERY_S = 1 / 20
FACTS_EVERY_S = 1 / 4
WIDTHS = [(0, "-narrow"), (140, "-wide"), (190, "-vast")]
"""Style classes by columns: what stands beside the log is as wide as there is room."""


class MainScreen(Sturdy, Screen[None]):
    """Everything at a glance; owns the workers between the service and the widgets.

    Args:
        service: the streams, events and logs.
        setup: what the command line found out.
    """

    BINDINGS = MAIN_BINDINGS + FORWARDED
    HORIZONTAL_BREAKPOINTS = WIDTHS

    def __init__(self, service: EventService, setup: AppSetup) -> None:
        super().__init__()
        self.service, self.setup = service, setup
        self.is_up = False
        self.panes = Panes()
        self.actions = StreamActions(self, service)
        self.startup = Startup(
            service, setup, subscribe=self.actions.subscribe_softly, changed=self._show_progress
        )
        self.status_bar = StatusBar(id="status-bar")
        self.sidebar = TopicSidebar(id="topics")
        self.log_pane = LogPane(service, partial(stream_facts, service), setup.now)
        self.chat = AgentPane(setup.model_label, id="agent", clock=setup.monotonic)
        self.gauges = Gauges(self, self.startup.progress)

    def compose(self) -> ComposeResult:
        """Lay out the panes."""
        yield self.status_bar
        with Horizontal(id="panes"):
            yield self.sidebar
            yield self.log_pane
            yield self.chat
        yield KeyBar(MAIN_KEY_BAR, MAIN_KEY_BAR_SPARE)

    def on_mount(self) -> None:
        """Begin to show; everything slow begins after the first frame."""
        self.log_pane.log_view.focus()
        self.gauges.show()
        self.set_interval(ROWS_EVERY_S, self.log_pane.tick)
        self.set_interval(FACTS_EVERY_S, self.gauges.show)
        self._watch_batches()
        self.call_after_refresh(self._start_up)
        for note in self.setup.notes:
            self.notify(note, severity="warning", markup=False)
        self.is_up = True

    async def on_unmount(self) -> None:
        """End what the screen started."""
        await self.startup.stop()

    def on_resize(self, event: events.Resize) -> None:
        """Fit the panes to the room."""
        self.panes.resize(event.size.width)
        self._show_panes()

    def would_be_lost(self) -> list[str]:
        """What quitting now would lose, a sentence each."""
        reasons = []
        if self.actions.draft.is_worth_keeping:
            reasons.append("An event that you wrote has not been sent.")
        if self.chat.is_running:
            reasons.append("The agent is at work on an answer.")
        return reasons

    # -- from the service to the widgets

    @work(group="batches")
    async def _watch_batches(self) -> None:
        async for batch in self.service.batches():
            self.log_pane.take(batch)

    @work(group="startup")
    async def _start_up(self) -> None:
        await self.startup.run()

    async def _show_progress(self) -> None:
        """A step of the start is done, or failed."""
        progress = self.startup.progress
        if progress.conversation is not None and self.chat.conversation is None:
            self.chat.connect(progress.conversation)
        elif progress.agent_error is not None:
            await self.chat.fail(progress.agent_error)
        elif progress.done:
            self.chat.stay_alone()
        if self.log_pane.views.active is None and self.service.logs:
            self._open(next(iter(self.service.logs)))
        self.gauges.show()

    # -- panes

    def _show_panes(self) -> None:
        for pane in (self.sidebar, self.chat):
            name = str(pane.id)
            pane.display = self.panes.is_shown(name)
            pane.set_class(name in self.panes.overlay, "-overlay")
        if self.focused is None or not self.focused.display:
            self.log_pane.log_view.focus()

    def _toggle_pane(self, pane: Widget, target: Widget) -> None:
        """Go to the pane, which brings it in sight; from within it, put it out of sight."""
        leave = pane.has_focus_within and self.panes.is_shown(str(pane.id))
        self.panes.set_shown(str(pane.id), not leave)
        self._show_panes()
        (self.log_pane.log_view if leave else target).focus()

    def action_toggle_topics(self) -> None:
        """Go to the topics, or hide them."""
        self._toggle_pane(self.sidebar, self.sidebar)

    def action_toggle_agent(self) -> None:
        """Go to the agent, or hide it."""
        self._toggle_pane(self.chat, self.chat.input)

    def action_go_to_approval(self) -> None:
        """Go to the card that waits for an answer."""
        card = self.chat.card
        if card is None:
            self.notify("Nothing waits for your answer.")
            return
        if not self.panes.is_shown("agent"):
            self.panes.set_shown("agent", True)
            self._show_panes()
        card.focus()

    def action_zoom(self) -> None:
        """The log alone, or all panes."""
        self.panes.zoomed = not self.panes.zoomed
        self._show_panes()

    @on(PaneLeft)
    def action_back(self) -> None:
        """Escape: close what lies over the log, then the detail, then the filter."""
        if self.panes.close_overlays():
            self._show_panes()
            self.log_pane.log_view.focus()
        elif self.focused is not self.log_pane.log_view:
            self.log_pane.log_view.focus()
        else:
            self.log_pane.dismiss_extras()

    # -- topics

    def _open(self, topic: str | None) -> None:
        self.log_pane.open(topic)
        self.log_pane.views.see()
        self.gauges.show()

    @on(TopicActivated)
    def _activate(self, event: TopicActivated) -> None:
        self._open(event.topic)

    @on(TopicEntered)
    def _enter(self) -> None:
        if self.panes.close_overlays():
            self._show_panes()
        self.log_pane.log_view.focus()

    def action_next_tab(self) -> None:
        """Open the next tab."""
        self._open(self.log_pane.tabs.neighbour(1))

    def action_previous_tab(self) -> None:
        """Open the previous tab."""
        self._open(self.log_pane.tabs.neighbour(-1))

    def action_tab(self, place: int) -> None:
        """Open the tab at a place, from 1."""
        topics = self.log_pane.tabs.topics
        if place <= len(topics):
            self._open(topics[place - 1])

    async def action_in_log(self, action: str) -> None:
        """Do what one of the log's keys does."""
        await self.app.run_action(action, self.log_pane.log_view)

    def action_filter(self) -> None:
        """Open the filter."""
        self.log_pane.filter_bar.open()

    @on(SubscribeRequested)
    @work(group="dialog", exclusive=True)
    async def action_subscribe(self) -> None:
        """Name a new topic or URL."""
        target = await self.actions.subscribe()
        if target is not None:
            self._open(target)

    @work(group="dialog", exclusive=True)
    async def action_unsubscribe(self) -> None:
        """Leave the topic in sight."""
        topic = self.log_pane.views.active
        if topic is None:
            self.notify("Choose a topic first: this is the view of all.")
        elif await self.actions.unsubscribe(topic):
            self.log_pane.forget(topic)
            self.gauges.show()

    @work(group="dialog", exclusive=True)
    async def action_reconnect(self) -> None:
        """Connect the topic in sight anew; in the view of all, every topic that waits."""
        topic = self.log_pane.views.active
        for name in [topic] if topic is not None else list(self.service.subscriptions):
            await self.actions.reconnect(name)

    @work(group="dialog", exclusive=True)
    async def action_compose(self) -> None:
        """Write an event."""
        await self.actions.send(self.log_pane.views.active)

    @work(group="export")
    async def action_export_event(self) -> None:
        """Write the chosen event to a file."""
        row = self.log_pane.chosen_row
        if row is None:
            self.notify("There is no row to write yet.")
            return
        try:
            path = export_row(row, Path(), self.setup.now().astimezone())
        except SseTuiError as error:
            tell_error(self.app, error)
        else:
            self.notify(escape(str(path.absolute())), title="Event written", markup=False)

    @work(group="export")
    async def action_export_view(self) -> None:
        """Write all rows of the view to a file."""
        topic = self.log_pane.views.active
        view = self.log_pane.views.view(topic)
        try:
            path, count = await export_view(view, topic, Path(), self.setup.now().astimezone())
        except SseTuiError as error:
            tell_error(self.app, error)
        else:
            self.notify(escape(str(path.absolute())), title=f"{count:,} rows written", markup=False)

    # -- what the log and the agent ask for

    @on(CopyRequested)
    def _copy(self, event: CopyRequested) -> None:
        self.app.copy_to_clipboard(event.text)
        self.notify(f"Copied: {escape(event.what)}", markup=False)

    @on(CitationOpened)
    def _open_citation(self, event: CitationOpened) -> None:
        if not self.log_pane.go_to(event.topic, event.number):
            self.notify(f"Row {event.number} is not here any more.")
