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
class Page:
    """Events of one topic.

    Attributes:
        topic: the topic's true name.
        data: the answer of `get_event_stream`; empty where it could not be read.
        note: what had to be done first, as Markdown; may be empty.
        problem: why it could not be read, as Markdown; empty where it could.
    """

    topic: str
    data: dict[str, Any]
    note: str = ""
    problem: str = ""


def read_pages(
    topics: Sequence[str], limit: int
) -> Generator[list[Call], list[Result], list[Page]]:
    """One page per topic, the newest `limit` events of it."""
    results = yield [_read(topic, limit) for topic in topics]
    pages = [_page(topic, result) for topic, result in zip(topics, results, strict=True)]
    missing = [index for index, page in enumerate(pages) if page.problem]
    if not missing:
        return pages
    (known,) = yield [Call("list_topics", {})]
    for index in missing:
        pages[index] = yield from _open(pages[index].topic, known.data, limit)
    return pages


def _open(
    named: str, known: dict[str, Any], limit: int
) -> Generator[list[Call], list[Result], Page]:
    topic = find_topic(named, known)
    if topic is None:
        return Page(named, {}, problem=no_such_topic(named, known))
    note = ""
    if not any(entry["name"] == topic and entry["kept_here"] for entry in known.get("topics", ())):
        (opened,) = yield [Call("subscribe", {"topic": topic, "replay": REPLAY})]
        if opened.failed:
            return Page(
                topic, {}, problem=failed(f"I could not subscribe to {code(topic)}", opened)
            )
        note = f"{code(topic)} was not subscribed yet; I subscribed, from an hour ago on."
    (result,) = yield [_read(topic, limit)]
    return _page(topic, result, note)


def _page(topic: str, result: Result, note: str = "") -> Page:
    problem = failed(f"I could not read {code(topic)}", result) if result.failed else ""
    return Page(topic, result.data, note, problem)


def find_topic(named: str, known: dict[str, Any]) -> str | None:
    """The topic that a user means: itself, one that is written a little differently, or None.

    Args:
        named: as the user wrote it.
        known: the answer of `list_topics`.
    """
    there: list[str] = [entry["name"] for entry in known.get("topics", ())]
    if named in there or "://" in named or re.search(r"[*>]", named) or known.get("server_error"):
        return named
    alike = [name for name in there if _plain(name) == _plain(named)]
    within = [name for name in there if _plain(named) in _plain(name)]
    for found in (alike, within):
        if len(found) == 1:
            return found[0]
    return None


def no_such_topic(named: str, known: dict[str, Any]) -> str:
    """What to say of a topic that does not exist."""
    there = [entry["name"] for entry in known.get("topics", ())]
    others = f"There are {names(there)}." if there else "The server has no topics yet."
    return f"There is no topic {code(named)}. {others} To wait for it: *subscribe to {named}*."


def _read(topic: str, limit: int) -> Call:
    return Call("get_event_stream", {"topic": topic, "limit": limit})


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+|s\b", "", name.lower())
