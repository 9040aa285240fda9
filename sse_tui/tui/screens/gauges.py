"""Keeps the status bar, the sidebar, the tabs and the words of an empty log up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sse_tui.errors import SseTuiError
from sse_tui.events.model import StreamState
from sse_tui.tui.error_toast import tell_error
from sse_tui.tui.screens.facts import status_facts, topic_facts
from sse_tui.tui.screens.startup import Progress

if TYPE_CHECKING:
    from sse_tui.tui.screens.log_pane import LogPane
    from sse_tui.tui.screens.main import MainScreen

_HUB_ROLES = {"start": "waiting", "down": "failed"}
"""Words in a hub's status that call for another colour: starting, restarting; hub down."""


class Gauges:
    """Reads the service a few times a second and shows what it reads.

    Args:
        screen: has the widgets, the service and the setup.
        progress: how the start stands.
    """

    def __init__(self, screen: MainScreen, progress: Progress) -> None:
        self._screen, self._progress = screen, progress
        self._service, self._setup = screen.service, screen.setup
        self._told: set[SseTuiError] = set()

    def show(self) -> None:
        """Bring everything up to date."""
        now_s = self._setup.monotonic()
        pane = self._screen.log_pane
        hub, hub_role = self._hub_words()
        clock = self._setup.now().astimezone().strftime("%H:%M:%S")
        self._screen.status_bar.show(
            status_facts(
                self._service,
                profile=self._setup.profile,
                hub=hub,
                hub_role=hub_role,
                clock=clock,
                now_s=now_s,
            )
        )
        facts = topic_facts(self._service, pane.views.unread(), pane.is_paused, now_s)
        self._screen.sidebar.show(facts, pane.views.active)
        pane.show_tabs()
        self._say_when_empty(pane)
        self._tell_failures()

    def _hub_words(self) -> tuple[str, str]:
        if self._progress.hub_error is not None:
            return "no hub", "failed"
        hub = self._setup.hub
        if hub is None:
            return "", "muted"
        status = hub.status or "starting the hub"
        role = next((role for word, role in _HUB_ROLES.items() if word in status), "muted")
        return status, role

    def _say_when_empty(self, pane: LogPane) -> None:
        topic = pane.views.active
        stream = self._service.subscriptions.get(topic) if topic is not None else None
        error = stream.error if stream is not None else self._progress.hub_error
        say = pane.log_view.say_when_empty
        if error is not None:
            say(f"{error.title}: {error.detail}" if error.detail else error.title, error.hint)
        elif stream is not None:
            say(f"{stream.state} · no events yet", "s sends one.")
        elif self._service.subscriptions:
            say("No events yet", "s sends one.")
        else:
            say("Nothing is watched yet", "a subscribes to a topic or a URL, s sends an event.")

    def _tell_failures(self) -> None:
        """One toast for each thing that has failed for good."""
        self._tell_once(self._progress.hub_error)
        for topic, stream in self._service.subscriptions.items():
            if stream.state is StreamState.FAILED:
                self._tell_once(stream.error, topic)

    def _tell_once(self, error: SseTuiError | None, where: str = "") -> None:
        if error is not None and error not in self._told:
            self._told.add(error)
            tell_error(self._screen.app, error, where)
