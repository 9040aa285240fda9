"""Scripts of requests that only read: topics, events, figures."""

from __future__ import annotations

from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from typing import Any

from sse_tui.agent.offline import answers
from sse_tui.agent.offline.markdown import failed
from sse_tui.agent.offline.pages import read_pages
from sse_tui.agent.offline.script import Call, Result, Script
from sse_tui.agent.offline.wishes import (
    Describe,
    Failures,
    ListTopics,
    Read,
    Search,
    Stats,
    Topics,
    WaitFor,
)

OVERVIEW_EVENTS = 50
WINDOW_EVENTS = 200
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
    limit = wish.count or (WINDOW_EVENTS if wish.seconds else OVERVIEW_EVENTS)
    if wish.topics:
        pages = yield from read_pages(wish.topics, limit)
        return "\n\n".join(answers.page(page, wish.count, _since(wish.seconds)) for page in pages)
    (found,) = yield [Call("search_events", {"query": "", "limit": limit})]
    if found.data.get("topics"):
        return answers.newest(found, wish.count, _since(wish.seconds))
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
    if not wish.topics:
        (found,) = yield [Call("topic_stats", {})]
        return answers.stats(found)
    topics, problem = yield from _readable(wish.topics)
    if problem:
        return problem
    (found,) = yield [Call("topic_stats", {"topics": topics})]
    return answers.stats(found)


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
    """What matches; or, as an answer, why it could not be searched for."""
    arguments: dict[str, Any] = {"query": query, "limit": limit}
    if topics:
        names, problem = yield from _readable(topics)
        if problem:
            return problem
        arguments["topics"] = names
    (found,) = yield [Call("search_events", arguments)]
    return failed("I could not search", found) if found.failed else found


def _readable(topics: Topics) -> Generator[list[Call], list[Result], tuple[list[str], str]]:
    """The true names of topics that can be read now; or, as an answer, why one cannot."""
    pages = yield from read_pages(topics, 1)
    return [page.topic for page in pages], "\n\n".join(
        page.problem for page in pages if page.problem
    )


def _since(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.now(UTC) - timedelta(seconds=seconds)
