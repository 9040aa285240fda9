"""What the command palette offers: our keys by their names, topics, themes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

from textual.app import App
from textual.binding import ActiveBinding
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from sse_tui.tui.keymap import key_label
from sse_tui.tui.messages import TopicActivated
from sse_tui.tui.widgets.text_line import spread
from sse_tui.tui.widgets.topic_sidebar import TopicSidebar

WIDTH = 64
"""Cells of a command's line; fits an 80 column terminal."""

_TITLES = {
    "main.send": "Send an event",
    "main.subscribe": "Subscribe to a topic or URL",
    "main.unsubscribe": "Unsubscribe from this topic",
    "main.reconnect": "Reconnect",
    "main.filter": "Filter the log",
    "main.toggle-topics": "Go to the topics, or hide them",
    "main.toggle-agent": "Go to the agent, or hide it",
    "main.go-to-approval": "Answer what the agent asks for",
    "main.export-event": "Write the event to a file",
    "main.export-view": "Write all rows of the view to a file",
    "main.zoom": "Zoom the log, or show all panes",
    "log.toggle-follow": "Follow the newest event",
    "log.toggle-pause": "Pause or resume the view",
    "log.time-form": "Change how times are written",
    "log.toggle-wrap": "Wrap long rows",
    "log.toggle-pretty": "Colour payloads, or show them as they came",
    "log.clear": "Clear the view",
    "app.help": "Help: all keys",
    "app.quit": "Quit",
}


class _Command(NamedTuple):
    title: str
    key: str
    run: Callable[[], object]
    is_listed: bool = True

    def shown(self, title: Content) -> Content:
        """The title, and at the right the key that does the same."""
        return spread(title, Content.styled(self.key, "$muted"), WIDTH)


class AppCommands(Provider):
    """Every named action that a key could do here, then topics and themes."""

    async def discover(self) -> Hits:
        """What stands there before anything is typed."""
        for command in self._commands():
            if command.is_listed:
                yield DiscoveryHit(command.shown(Content(command.title)), command.run)

    async def search(self, query: str) -> Hits:
        """What matches."""
        matcher = self.matcher(query)
        for command in self._commands():
            if (score := matcher.match(command.title)) > 0:
                shown = command.shown(matcher.highlight(command.title))
                yield Hit(score, shown, command.run, text=command.title)

    def _commands(self) -> Iterator[_Command]:
        app, screen = self.app, self.screen
        bound: dict[str, ActiveBinding] = {}
        for active in screen.active_bindings.values():
            if active.binding.id in _TITLES and active.enabled:
                bound.setdefault(active.binding.id, active)
        for binding_id, title in _TITLES.items():
            if (known := bound.get(binding_id)) is not None:
                run = partial(app.run_action, known.binding.action, known.node)
                yield _Command(title, key_label(known.binding.key), run)
        for topic in self._topics():
            run_topic = partial(screen.post_message, TopicActivated(topic))
            yield _Command(f"Go to {topic}", "", run_topic, is_listed=False)
        for name in sorted(app.available_themes):
            yield _Command(f"Theme {name}", "", partial(_set_theme, app, name))

    def _topics(self) -> list[str]:
        return [name for sidebar in self.screen.query(TopicSidebar) for name in sidebar.topics]


def _set_theme(app: App[Any], name: str) -> None:
    app.theme = name
