"""Scripts of requests that act: subscribe, unsubscribe, send."""

from __future__ import annotations

from sse_tui.agent.offline import answers, outcomes
from sse_tui.agent.offline.pages import find_topic
from sse_tui.agent.offline.script import Call, Script
from sse_tui.agent.offline.wishes import Send, Subscribe, Unsubscribe

MAX_AT_ONCE = 20


def subscribe(wish: Subscribe) -> Script:
    """Subscribe to some topics, or to all that the server has."""
    topics = list(wish.topics)
    if not topics:
        (known,) = yield [Call("list_topics", {})]
        topics = answers.not_subscribed(known)[:MAX_AT_ONCE]
        if not topics:
            return answers.nothing_to_subscribe(known)
    replay = {"replay": wish.replay} if wish.replay else {}
    results = yield [Call("subscribe", {"topic": topic, **replay}) for topic in topics]
    return outcomes.subscribed_to(topics, results, wish.replay)


def unsubscribe(wish: Unsubscribe) -> Script:
    """Give up some subscriptions, or all."""
    (known,) = yield [Call("list_topics", {})]
    here = answers.subscribed(known)
    topics = [find_topic(topic, known.data) or topic for topic in wish.topics] or here
    if not topics:
        return "Nothing is subscribed, so there is nothing to give up."
    results = yield [Call("unsubscribe", {"topic": topic}) for topic in topics[:MAX_AT_ONCE]]
    return outcomes.unsubscribed(topics[:MAX_AT_ONCE], results)


def send(wish: Send) -> Script:
    """Send one event."""
    if not wish.topic:
        return "To which topic? Say for example: *send {…} to user_events*."
    arguments = {"topic": wish.topic, "data": wish.data}
    if wish.event_type:
        arguments["event_type"] = wish.event_type
    (sent,) = yield [Call("send_event", arguments)]
    return outcomes.sent(wish, sent)
