"""What the status bar and the sidebar show, read off the client service."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from sse_tui.events.model import StreamState
from sse_tui.tui.widgets.status_bar import SPARKLINE_WIDTH, StatusFacts
from sse_tui.tui.widgets.topic_sidebar import SPARKLINE_LENGTH, TopicFacts

if TYPE_CHECKING:
    from sse_tui.client.service import EventService
    from sse_tui.client.subscription import Subscription

_WAITING = (StreamState.CONNECTING, StreamState.WAITING)


def topic_facts(
    service: EventService, unread: Mapping[str, int], is_paused: Callable[[str], bool], now_s: float
) -> list[TopicFacts]:
    """The sidebar's lines: what is subscribed, then what was left but is still kept.

    Args:
        service: the streams.
        unread: events per topic that were not in sight yet.
        is_paused: whether the view of a topic is paused.
        now_s: monotonic seconds, of the clock that the rates go by.
    """
    facts = []
    for topic, stream in service.subscriptions.items():
        facts.append(
            TopicFacts(
                topic,
                stream.state,
                note=state_note(stream, now_s),
                unread=unread.get(topic, 0),
                rate=stream.rates.per_second(now_s),
                counts=tuple(stream.rates.buckets(now_s, SPARKLINE_LENGTH)),
                paused=is_paused(topic),
            )
        )
    for topic in service.logs:
        if topic not in service.subscriptions:
            facts.append(TopicFacts(topic, None, note="left", paused=is_paused(topic)))
    return facts


def state_note(stream: Subscription, now_s: float) -> str:
    """A word or two on a stream that is not simply open: `retry 4s`, `401`, `stopped`."""
    if stream.state is StreamState.WAITING and stream.retry_at is not None:
        return f"retry {max(math.ceil(stream.retry_at - now_s), 0)}s"
    if stream.state is StreamState.FAILED:
        return str(stream.status) if stream.status and stream.status != 200 else "failed"
    if stream.state is StreamState.OPEN:
        return ""
    return str(stream.state)


def status_facts(
    service: EventService, *, profile: str, hub: str, hub_role: str, clock: str, now_s: float
) -> StatusFacts:
    """The status bar's line."""
    streams = service.subscriptions.values()
    states = [stream.state for stream in streams]
    counts = [stream.rates.buckets(now_s, SPARKLINE_WIDTH) for stream in streams]
    return StatusFacts(
        profile=profile,
        url=service.url or "",
        open=states.count(StreamState.OPEN),
        waiting=sum(state in _WAITING for state in states),
        failed=states.count(StreamState.FAILED),
        rate=sum(stream.rates.per_second(now_s) for stream in streams),
        counts=tuple(map(sum, zip(*counts, strict=True))),
        kept=sum(log.next_number - log.first_number for log in service.logs.values()),
        hub=hub,
        hub_role=hub_role,
        clock=clock,
    )


def stream_facts(service: EventService, topic: str) -> dict[str, str]:
    """What is known of a topic's stream, for the detail pane: name -> value."""
    stream = service.subscriptions.get(topic)
    log = service.logs.get(topic)
    facts = {"topic": topic}
    if stream is not None:
        facts |= {"address": stream.url, "state": str(stream.state)}
        if stream.status is not None:
            facts["status"] = str(stream.status)
        if stream.last_event_id:
            facts["last event ID"] = stream.last_event_id
        if stream.duplicates or stream.lost:
            facts["duplicates dropped"] = f"{stream.duplicates:,}"
            facts["lost"] = f"{stream.lost:,}"
    if log is not None:
        facts |= {"events": f"{log.events:,}", "rows kept": f"{len(log):,}"}
        if log.dropped:
            facts["rows fallen out"] = f"{log.dropped:,}"
    return facts
