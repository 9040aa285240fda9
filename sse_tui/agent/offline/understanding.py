"""Turns a request in plain English into wishes; nothing here does anything."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from sse_tui.agent.offline.phrases import HERE, clean, quoted_spans, topics_in
from sse_tui.agent.offline.rules import RULES
from sse_tui.agent.offline.sending import send_wish
from sse_tui.agent.offline.wishes import (
    Describe,
    Failures,
    Read,
    Search,
    Send,
    Stats,
    Subscribe,
    Topics,
    Unclear,
    Unsubscribe,
    WaitFor,
    Wish,
)

REPLAY = "1h"

_JOINT = re.compile(
    r"\s*,?\s+(?:and|then|after that|afterwards)\b(?:\s+(?:then|also|after that))*\s+"
    r"|\s*;\s*|\.\s+|\n+",
    re.IGNORECASE,
)
_TOPIC_FIRST = re.compile(
    r"(?:in|on|for|from|at)\s+(?:the\s+)?(?P<topic>\S+?)[,:]?\s+(?P<rest>.+)", re.I | re.S
)
_ONE_WORD = re.compile(r"summari[sz]e|recap|stats|statistics", re.IGNORECASE)
_ABOUT_TOPICS = (Read, WaitFor, Search, Failures, Stats, Describe, Subscribe, Unsubscribe)


def understand(text: str, before: Topics = ()) -> list[Wish]:
    """The wishes in a request, in their order; what is not understood is `Unclear`.

    Args:
        text: the user's words.
        before: the topics that earlier requests spoke of, which "there" and "it" mean.
    """
    wishes: list[Wish] = []
    rest = text
    while rest.strip():
        clause, rest = _first_clause(rest)
        wish = _with_topics(_one(clause) or Unclear(clause), before, follows=bool(wishes))
        wishes.append(wish)
        before = topics_of(wish) or before
    return _replaying(wishes) or [Unclear("")]


def topics_of(wish: Wish) -> Topics:
    """The topics that a wish speaks of."""
    if isinstance(wish, Send):
        return (wish.topic,) if wish.topic else ()
    return wish.topics if isinstance(wish, _ABOUT_TOPICS) else ()


def spoken_of(requests: Sequence[str]) -> Topics:
    """The topics that earlier requests (oldest first) spoke of last."""
    topics: Topics = ()
    for request in requests:
        for wish in understand(request, topics):
            topics = topics_of(wish) or topics
    return topics


def _first_clause(text: str) -> tuple[str, str]:
    """The first request of several, and the rest; both sides of a cut must be understood."""
    kept = quoted_spans(text)
    for joint in _JOINT.finditer(text):
        if any(start < joint.end() and joint.start() < end for start, end in kept):
            continue
        left, right = text[: joint.start()], text[joint.end() :]
        if _one(left) is not None and _begins_request(right):
            return left, right
    return text, ""


def _begins_request(text: str) -> bool:
    if len(text.split()) == 1 and not _ONE_WORD.match(text.strip()):
        return False  # "orders and errors": a second name, not a second request
    joint = _JOINT.search(text)
    return _one(text) is not None or (joint is not None and _one(text[: joint.start()]) is not None)


def _one(text: str) -> Wish | None:
    cleaned = clean(text)
    sent = send_wish(cleaned)
    if sent is not None:
        return sent
    for pattern, make in RULES:
        match = pattern.fullmatch(cleaned)
        if match is not None:
            wish = make(match)
            if wish is not None:
                return wish
    return _topic_first(cleaned)


def _topic_first(text: str) -> Wish | None:
    """A request that begins with its topic, such as "in orders, what happened?"."""
    match = _TOPIC_FIRST.fullmatch(text)
    topics = topics_in(match["topic"]) if match else None
    wish = _one(match["rest"]) if match and topics else None
    if isinstance(wish, _ABOUT_TOPICS) and not wish.topics and topics:
        return replace(wish, topics=topics)
    return None


def _replaying(wishes: list[Wish]) -> list[Wish]:
    """Who subscribes in order to read wants to see something: replay the last hour for it."""
    readers = [wish for wish in wishes if isinstance(wish, Read | Search | Failures | Describe)]
    return [
        replace(wish, replay=REPLAY)
        if readers and isinstance(wish, Subscribe) and wish.replay is None
        else wish
        for wish in wishes
    ]


def _with_topics(wish: Wish, before: Topics, *, follows: bool) -> Wish:
    """The wish with "there" replaced; a second wish without topics means those of the first."""
    if not isinstance(wish, _ABOUT_TOPICS):
        return wish
    if wish.topics == (HERE,):
        return replace(wish, topics=before)
    if follows and not wish.topics and not isinstance(wish, Subscribe | Unsubscribe):
        return replace(wish, topics=before)
    return wish
