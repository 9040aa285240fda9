"""What the user does to streams: subscribe, leave, reconnect, send."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.app import App
from textual.screen import Screen

from sse_tui.client.dialects.requests import without_credentials
from sse_tui.errors import SseTuiError
from sse_tui.events.format import escape
from sse_tui.tui.drafts import Draft
from sse_tui.tui.error_toast import tell_error
from sse_tui.tui.screens.compose import ComposeScreen
from sse_tui.tui.screens.confirm import ConfirmScreen
from sse_tui.tui.screens.subscribe import SubscribeScreen

if TYPE_CHECKING:
    from sse_tui.client.options import StreamOptions
    from sse_tui.client.service import EventService


class StreamActions:
    """The dialogs and calls behind the keys; run its methods in workers.

    Args:
        screen: whose app shows the dialogs and toasts.
        service: acts.
    """

    def __init__(self, screen: Screen[None], service: EventService) -> None:
        self._screen, self._service = screen, service
        self.draft = Draft()
        self._options: dict[str, StreamOptions] = {}

    @property
    def _app(self) -> App[Any]:
        return self._screen.app

    async def send(self, topic: str | None) -> None:
        """Let the user write an event, first of all for `topic`."""
        takes = self._takes_events
        if topic is not None and not self.draft.is_worth_keeping and takes(topic):
            self.draft.topic = topic
        known = [name for name in self._service.subscriptions if takes(name)]
        sent_id = await self._app.push_screen_wait(ComposeScreen(self.draft, self._deliver, known))
        if sent_id is None:
            return
        watched = self._is_watched(self.draft.topic)
        hint = "" if watched else "\nIt is not watched here: a subscribes to it."
        self._app.notify(
            f"{escape(self.draft.topic)} {escape(sent_id)}{hint}", title="Sent", markup=False
        )

    def _takes_events(self, topic: str) -> bool:
        """Whether an event can be sent there: to no URL, and to no pattern of topics."""
        return not self._service.is_url(topic) and not _is_pattern(topic)

    async def _deliver(self, draft: Draft) -> str:
        sent = await self._service.send_event(
            draft.topic, draft.body, event=draft.event or None, raw=True
        )
        return sent.id or ""

    def _is_watched(self, topic: str) -> bool:
        watched = self._service.subscriptions
        return topic in watched or any(map(_is_pattern, watched))

    async def subscribe(self) -> str | None:
        """Let the user name a topic or URL; returns what is watched now."""
        dialog = SubscribeScreen(self._watch)
        self._app.run_worker(self._offer_topics(dialog), group="known-topics", exclusive=True)
        return await self._app.push_screen_wait(dialog)

    async def _offer_topics(self, dialog: SubscribeScreen) -> None:
        try:
            topics = await self._service.list_topics()
        except SseTuiError:
            return  # the list is a convenience: without it one types the name
        watched = self._service.subscriptions
        known = [(topic.name, topic.events) for topic in topics if topic.name not in watched]
        dialog.offer(known)

    async def subscribe_softly(self, target: str) -> None:
        """Subscribe at the start: an error becomes a toast."""
        try:
            await self._watch(target)
        except SseTuiError as error:
            tell_error(self._app, error, target)

    async def _watch(self, target: str) -> str:
        """Subscribe; a URL's user and password stay out of its name, which everybody sees."""
        if not self._service.is_url(target):
            await self._service.subscribe(target)
            return target
        known = self._options.get(target, self._service.options.stream)
        name, options = without_credentials(target, known)
        self._options[name] = options
        await self._service.subscribe(name, options=options)
        return name

    async def unsubscribe(self, topic: str) -> bool:
        """Leave a stream, or drop the rows of one that was left; True if its rows are gone."""
        stream = self._service.subscriptions.get(topic)
        if stream is None:
            return await self._forget(topic)
        others = stream.owners - {"user"}
        if others and not await self._confirm(
            f"Leave {topic}?",
            "The agent, or another MCP client, reads this stream too. Leaving it closes the"
            " stream for all of them.",
            "leave",
        ):
            return False
        for owner in stream.owners:
            await self._service.unsubscribe(topic, owner=owner)
        self._app.notify(f"Left {escape(topic)}; x drops its rows.", markup=False)
        return False

    async def _forget(self, topic: str) -> bool:
        log = self._service.logs[topic]
        rows = f"{len(log):,} rows of {topic} are kept in memory only."
        if not await self._confirm(f"Drop {topic}?", rows, "drop"):
            return False
        self._service.forget(topic)
        return True

    async def reconnect(self, topic: str) -> None:
        """Connect anew, now; a stream that was left is subscribed to again."""
        stream = self._service.subscriptions.get(topic)
        if stream is None:
            await self.subscribe_softly(topic)
        else:
            stream.reconnect()

    async def _confirm(self, heading: str, text: str, yes: str) -> bool:
        dialog = ConfirmScreen(escape(heading), escape(text), yes=yes, no="keep")
        return await self._app.push_screen_wait(dialog)


def _is_pattern(topic: str) -> bool:
    return "*" in topic or ">" in topic
