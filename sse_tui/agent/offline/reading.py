"""Scripts of requests that only read: topics, events, figures."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from sse_tui.agent.offline import answers
from sse_tui.agent.offline.markdown import failed
from sse_tui.agent.offline.pages import make_ready, read_pages
from sse_tui.agent.offline.script import Call, Result, Script
from sse_tui.agent.offline.wishes import (
    WINDOW_EVENTS,
    Describe,
    Failures,
    ListTopics,
    Read,
    Search,
    Stats,
    Topics,
    WaitFor,
)

FOUND_EVENTS = 20
MAX_WAITS = 5
WAIT_SECONDS = 10
FAILURE_QUERY = "/error|fail|fatal|critical|exception|denied|refused|time.?out|timed.out/"


def list_topics(_: ListTopics) -> Script:
    """Which topics there are."""
    (found,) = yield [Call("list_topics", {})]
    return answers.topics(found)


def read(wish: Read) -> Script:
    """What happened, or the newest events."""
    if wish.topics:
        pages = yield from read_pages(wish.topics, wish.limit)
        return "\n\n".join(answers.page(page, wish) for page in pages)
    (found,) = yield [Call("search_events", {"query": "", "limit": wish.limit})]
    if found.failed:
        return failed("I could not read the streams", found)
    if found.data["topics"]:
        return answers.newest(found, wish)
    (known,) = yield [Call("list_topics", {})]
    return answers.nothing_subscribed(known)


def wait_for(wish: WaitFor) -> Script:
    """Wait for the next event."""
    topics = list(wish.topics)
    if not topics:
        (known,) = yield [Call("list_topics", {})]
        topics = answers.subscribed(known)[:MAX_WAITS]
        if not topics:
            return answers.nothing_subscribed(known)
    pages = yield from read_pages(topics, 1)
    problems = [page.problem for page in pages if page.problem]
    if problems:
        return "\n\n".join(problems)
    came = yield [
        Call(
            "get_event_stream",
            {"topic": page.topic, "since": page.data["next"], "wait_seconds": WAIT_SECONDS},
        )
        for page in pages
    ]
    return answers.waited([page.topic for page in pages], came, WAIT_SECONDS)


def search(wish: Search) -> Script:
    """Find events, or count them."""
    found = yield from _search(wish.query, wish.topics, 1 if wish.counting else FOUND_EVENTS)
    if isinstance(found, str):
        return found
    return answers.counted(wish.query, found) if wish.counting else answers.found(wish.query, found)


def failures(wish: Failures) -> Script:
    """What failed."""
    found = yield from _search(FAILURE_QUERY, wish.topics, FOUND_EVENTS)
    return found if isinstance(found, str) else answers.failures(found)


def stats(wish: Stats) -> Script:
    """Figures of streams."""
    found = yield from _over("topic_stats", {}, wish.topics)
    return found if isinstance(found, str) else answers.stats(found)


def describe(wish: Describe) -> Script:
    """What a stream carries."""
    if not wish.topics:
        (known,) = yield [Call("list_topics", {})]
        return answers.topics(known)
    pages = yield from read_pages(wish.topics, WINDOW_EVENTS)
    return "\n\n".join(answers.described(page) for page in pages)


def _search(
    query: str, topics: Topics, limit: int
) -> Generator[list[Call], list[Result], Result | str]:
    return (yield from _over("search_events", {"query": query, "limit": limit}, topics))


def _over(
    tool: str, arguments: dict[str, Any], topics: Topics
) -> Generator[list[Call], list[Result], Result | str]:
    """What a tool says of topics (none: of all subscribed); or, as an answer, why it cannot."""
    if topics:
        ready = yield from make_ready(topics)
        problems = [each.problem for each in ready if each.problem]
        if problems:
            return "\n\n".join(problems)
        arguments = {**arguments, "topics": [each.topic for each in ready]}
    (found,) = yield [Call(tool, arguments)]
    return failed(f"{tool} failed", found) if found.failed else found
