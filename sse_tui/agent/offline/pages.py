"""Reads the newest events of topics, subscribing first to what nobody has subscribed yet."""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any

from sse_tui.agent.offline.markdown import code, failed, names
from sse_tui.agent.offline.script import Call, Result

REPLAY = "1h"
"""What a new subscription is given of the past, when the user asked what happened."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A topic that can be read now, or cannot.

    Attributes:
        topic: its true name.
        note: what had to be done first, as Markdown; may be empty.
        problem: why it cannot be read, as Markdown; empty where it can.
    """

    topic: str
    note: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Events of one topic.

    Attributes:
        topic: its true name.
        data: the answer of `get_event_stream`; empty where it could not be read.
        note, problem: as in `Ready`.
    """

    topic: str
    data: dict[str, Any]
    note: str = ""
    problem: str = ""


def read_pages(
    topics: Sequence[str], limit: int
) -> Generator[list[Call], list[Result], list[Page]]:
    """One page per topic, the newest `limit` events of it."""
    ready = yield from make_ready(topics)
    readable = [each.topic for each in ready if not each.problem]
    calls = [Call("get_event_stream", {"topic": topic, "limit": limit}) for topic in readable]
    results = dict(zip(readable, (yield calls) if calls else (), strict=True))
    return [_page(each, results.get(each.topic)) for each in ready]


def make_ready(topics: Sequence[str]) -> Generator[list[Call], list[Result], list[Ready]]:
    """Find the true names of topics, and subscribe to those of which nothing is kept."""
    (known,) = yield [Call("list_topics", {})]
    names = [find_topic(topic, known.data) for topic in topics]
    kept = {entry["name"] for entry in known.data.get("topics", ()) if entry["kept_here"]}
    missing = [name for name in dict.fromkeys(names) if name is not None and name not in kept]
    calls = [Call("subscribe", {"topic": name, "replay": REPLAY}) for name in missing]
    opened = dict(zip(missing, (yield calls) if calls else (), strict=True))
    return [
        Ready(topic, problem=no_such_topic(topic, known.data))
        if name is None
        else _opened(name, opened.get(name))
        for topic, name in zip(topics, names, strict=True)
    ]


def _opened(topic: str, opened: Result | None) -> Ready:
    if opened is None:
        return Ready(topic)
    if opened.failed:
        return Ready(topic, problem=failed(f"I could not subscribe to {code(topic)}", opened))
    return Ready(topic, f"{code(topic)} was not subscribed yet; I subscribed, from an hour ago on.")


def _page(ready: Ready, result: Result | None) -> Page:
    if result is None:
        return Page(ready.topic, {}, problem=ready.problem)
    problem = failed(f"I could not read {code(ready.topic)}", result) if result.failed else ""
    return Page(ready.topic, result.data, ready.note, problem)


def find_topic(named: str, known: dict[str, Any]) -> str | None:
    """The topic that a user means: itself, one that is written a little differently, or None.

    Args:
        named: as the user wrote it.
        known: the answer of `list_topics`; empty where it failed.
    """
    there: list[str] = [entry["name"] for entry in known.get("topics", ())]
    if named in there or "://" in named or re.search(r"[*>]", named):
        return named
    alike = [name for name in there if _plain(name) == _plain(named)]
    within = [name for name in there if _plain(named) in _plain(name)]
    for found in (alike, within):
        if len(found) == 1:
            return found[0]
    # Without the server's own list nobody can say that there is no such topic.
    return named if not known or known["server_error"] else None


def no_such_topic(named: str, known: dict[str, Any]) -> str:
    """What to say of a topic that does not exist."""
    there = [entry["name"] for entry in known.get("topics", ())]
    others = f"There are {names(there)}." if there else "The server has no topics yet."
    return f"There is no topic {code(named)}. {others} To wait for it: *subscribe to {named}*."


def _plain(name: str) -> str:
    return "".join(part.removesuffix("s") for part in re.split(r"[\W_]+", name.lower()))
