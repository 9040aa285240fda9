"""The views of the log: one per topic and one of all, what was seen of them, which one is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sse_tui.events.log import EventLog
from sse_tui.events.model import Batch
from sse_tui.events.view import RowView

if TYPE_CHECKING:
    from sse_tui.client.service import EventService


class Views:
    """Keeps one `RowView` per topic that was ever opened, and counts what is unread.

    Args:
        service: whose logs are viewed.
    """

    def __init__(self, service: EventService) -> None:
        self._service = service
        self._views: dict[str | None, tuple[EventLog | None, RowView]] = {}
        self._seen: dict[str, int] = {}
        self._topics: tuple[str, ...] = ()
        self.active: str | None = None

    @property
    def topics(self) -> tuple[str, ...]:
        """Subscribed topics in their order, then those left whose rows are kept."""
        subscribed = self._service.subscriptions
        return (*subscribed, *(t for t in self._service.logs if t not in subscribed))

    def view(self, topic: str | None) -> RowView:
        """The view of a topic, or of all (None); made when first asked for."""
        log = self._service.logs.get(topic) if topic is not None else None
        known = self._views.get(topic)
        if known is None or known[0] is not log:
            view = RowView(self._service.logs, None if topic is None else (topic,))
            self._views[topic] = (log, view)
            return view
        return known[1]

    def forget(self, topic: str | None) -> RowView | None:
        """Drop the view of a topic, and return it."""
        known = self._views.pop(topic, None)
        return known[1] if known else None

    def add(self, batch: Batch) -> None:
        """Rows have arrived."""
        for _, view in self._views.values():
            view.add(batch)

    def see(self) -> None:
        """What the open view shows has been seen."""
        for topic, log in self._service.logs.items():
            if self.active in (None, topic):
                self._seen[topic] = log.events

    def unread(self) -> dict[str, int]:
        """Events per topic that arrived since it was last in sight."""
        logs = self._service.logs.items()
        return {topic: max(log.events - self._seen.get(topic, 0), 0) for topic, log in logs}
