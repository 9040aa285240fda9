"""The MCP tools that only read: what is there, what came, what matches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mcp.server.mcpserver.exceptions import ToolError

from sse_tui.errors import SseTuiError
from sse_tui.events.log import EventLog
from sse_tui.mcp_server import arguments as args
from sse_tui.mcp_server.answers import EventPage, SearchAnswer, TopicList, TopicOut
from sse_tui.mcp_server.lookup import log_of, may_get_more, state_of
from sse_tui.mcp_server.pages import Bounds, Page, has_event, read_from, read_newest
from sse_tui.mcp_server.search import search_logs

if TYPE_CHECKING:
    from sse_tui.client.service import EventService
    from sse_tui.mcp_server.arrivals import Arrivals

TOPICS_AT_MOST = 200


class ReadingTools:
    """Tools that change nothing.

    Args:
        service: the client service, shared with the user.
        arrivals: wakes the calls that wait for an event.
    """

    def __init__(self, service: EventService, arrivals: Arrivals) -> None:
        self._service = service
        self._arrivals = arrivals

    async def list_topics(self) -> TopicList:
        """The topics of the server, and the subscriptions."""
        service = self._service
        found: dict[str, TopicOut] = {name: self._topic(name) for name in service.logs}
        error = ""
        try:
            for info in await service.list_topics() if service.url else ():
                topic = found.setdefault(info.name, self._topic(info.name))
                topic.on_server = info.events
                topic.last_time = info.last_time
        except SseTuiError as cause:
            error = str(cause)
        topics = list(found.values())
        more = len(topics) - TOPICS_AT_MOST
        return TopicList(
            server=service.url,
            topics=topics[:TOPICS_AT_MOST],
            server_error=error,
            hint=f"{more} more topics are not listed." if more > 0 else "",
        )

    async def get_event_stream(
        self,
        topic: args.Topic,
        since: args.Since = None,
        limit: args.Limit = 50,
        wait_seconds: args.Wait = 0,
        max_bytes_per_event: args.EventBytes = 2000,
    ) -> EventPage:
        """The events of one topic since a row, or the newest ones."""
        log = log_of(self._service, topic)
        if since is not None and since > log.next_number:
            raise ToolError(
                f"since={since} is beyond the newest row of {topic!r} ({topic}#"
                f"{log.next_number - 1}): row numbers start again with the program; omit since."
            )
        if wait_seconds:
            await self._wait_for_event(log, since or log.first_number, wait_seconds)
        bounds = Bounds(limit, max_bytes_per_event)
        page = read_newest(log, bounds) if since is None else read_from(log, since, bounds)
        state, detail = state_of(self._service, topic)
        return EventPage(
            topic=topic,
            state=state,
            state_detail=detail,
            events=page.events,
            notes=page.notes,
            next=page.next,
            dropped=max(0, log.first_number - since) if since else 0,
            hint=_page_hint(log, page, newest=since is None),
        )

    async def search_events(
        self,
        query: args.QueryText,
        topics: args.Topics = None,
        limit: args.Limit = 20,
        before: args.Before = None,
        max_bytes_per_event: args.EventBytes = 2000,
    ) -> SearchAnswer:
        """The newest events that match a query."""
        names = list(self._service.logs) if topics is None else list(dict.fromkeys(topics))
        logs = [log_of(self._service, name) for name in names]
        found = await search_logs(
            logs, query, before=before, bounds=Bounds(limit, max_bytes_per_event)
        )
        left_out = found.matches - len(found.events)
        return SearchAnswer(
            query=found.query,
            topics=names,
            events=found.events,
            matches=found.matches,
            searched=found.searched,
            hint=(
                f"{left_out} older matches are not listed: narrow the query, or call again with "
                f"before={found.events[0].name!r}."
                if left_out and found.events
                else ""
            ),
        )

    async def _wait_for_event(self, log: EventLog, number: int, seconds: float) -> None:
        """Return when there is an event from row `number` on, or when none can come in time."""

        def is_over() -> bool:
            nonlocal number
            found = has_event(log, number)
            number = log.next_number
            return found or not may_get_more(self._service, log.topic)

        await self._arrivals.wait_until(is_over, log.topic, seconds=seconds)

    def _topic(self, name: str) -> TopicOut:
        log = self._service.logs.get(name)
        state, _ = state_of(self._service, name)
        return TopicOut(
            name=name,
            subscribed=may_get_more(self._service, name),
            state=state,
            kept_here=len(log) if log is not None else 0,
        )


def _page_hint(log: EventLog, page: Page, *, newest: bool) -> str:
    hints = []
    newer = log.next_number - page.next
    if newer:
        hints.append(f"{newer} newer rows are here already: call again with since={page.next}.")
    older = page.first - log.first_number
    if newest and older > 0:
        hints.append(f"{older} older rows are kept: since={log.first_number} reads from there.")
    if any(event.bytes_left_out for event in page.events):
        hints.append("Some data was cut: raise max_bytes_per_event to see it whole.")
    return " ".join(hints)
