"""What the parts of a matched phrase mean: makes the wish of it, or None when they mean nothing."""

from __future__ import annotations

import re
from collections.abc import Callable

from sse_tui.agent.offline.lessons import lesson_about
from sse_tui.agent.offline.phrases import duration_word, number, take_start, take_window, topics_in
from sse_tui.agent.offline.wishes import (
    Describe,
    Failures,
    Lesson,
    Read,
    Search,
    Stats,
    Subscribe,
    Topics,
    Wish,
)
from sse_tui.errors import QueryError
from sse_tui.events.query import parse_query

Make = Callable[[re.Match[str]], Wish | None]

ON = r"(?:in|on|of|for|from|at|with|to|about|over|inside|across)"
"""The words that lead to a topic."""

MAX_EVENTS = 200
SOME_EVENTS = 10

_STRAIGHT = str.maketrans("“”", '""')
_WHEN = r"(?:recently|lately|so far|today)"


def about(make: Callable[[Topics], Wish]) -> Make:
    """A wish about the topics that were named, in whichever group `topics...` of the phrase."""

    def made(match: re.Match[str]) -> Wish | None:
        topics = _topics(match)
        return None if topics is None else make(topics)

    return made


def subscribe(match: re.Match[str]) -> Wish | None:
    """Subscribe, with what was said of the past."""
    text, seconds = take_window(match["topics"])
    text, from_start = take_start(text)
    topics = topics_in(text)
    if topics is None:
        return None
    replay = "earliest" if from_start else duration_word(seconds) if seconds else None
    return Subscribe(topics, replay)


def read(match: re.Match[str]) -> Wish | None:
    """What happened, where and since when."""
    text, seconds = take_window(match["rest"] or "")
    topics = _trailing_topics(text)
    return None if topics is None else Read(topics, None, seconds)


def failures(match: re.Match[str]) -> Wish | None:
    """What failed, where."""
    text, _ = take_window(match["rest"] or "")
    topics = _trailing_topics(text)
    return None if topics is None else Failures(topics)


def newest(match: re.Match[str]) -> Wish | None:
    """The last so many events; "the last event" is one."""
    one = match["noun"].lower() in ("event", "message", "one")
    return _counted(match, 1 if one else SOME_EVENTS)


def some(match: re.Match[str]) -> Wish | None:
    """Some events, where nothing was said of the last ones."""
    return _counted(match, SOME_EVENTS)


def search(match: re.Match[str]) -> Wish | None:
    """Find events."""
    topics = _topics(match)
    query = match["query"].translate(_STRAIGHT).strip().strip("`'").strip()
    if topics is None or not query or topics_in(query) == ():
        return None
    return Search(_as_query(query), topics)


def count(match: re.Match[str]) -> Wish | None:
    """How many; without a query, all that arrived."""
    topics = _topics(match)
    if topics is None:
        return None
    query = re.sub(r"(?<=\w\w[^siu])s$", "", (match["query"] or "").strip())  # logins: login
    return Search(_as_query(query), topics, counting=True) if query else Stats(topics)


def lesson(match: re.Match[str]) -> Wish | None:
    """Something about SSE."""
    name = lesson_about(match["what"])
    return None if name is None else Lesson(name)


def lesson_or_stream(match: re.Match[str]) -> Wish | None:
    """Something about SSE, or else what a stream carries."""
    words = next((words for words in match.groupdict().values() if words), "")
    name = lesson_about(words)
    if name is not None:
        return Lesson(name)
    topics = topics_in(words)
    return Describe(topics) if topics else None


def _as_query(words: str) -> str:
    """Words as a filter: as they are where that is one, else as a quoted text."""
    try:
        parse_query(words)
    except QueryError:
        escaped = words.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return words


def _topics(match: re.Match[str]) -> Topics | None:
    found = (
        text
        for name, text in match.groupdict().items()
        if name.startswith("topics") and text is not None
    )
    text = next(found, None)
    return () if text is None else topics_in(text)


def _trailing_topics(text: str) -> Topics | None:
    text = re.sub(rf"^\s*(?:{ON}\s+)?|\s*\b{_WHEN}$", "", text.strip(), flags=re.IGNORECASE)
    return topics_in(text) if text else ()


def _counted(match: re.Match[str], default: int) -> Wish | None:
    topics = _topics(match)
    if topics is None:
        return None
    return Read(topics, min(number(match["n"]), MAX_EVENTS) if match["n"] else default)
