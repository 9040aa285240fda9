"""Pieces of the offline assistant's answers: payloads, times, counts, citations."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sse_tui.agent.offline.script import Result
from sse_tui.events.format import escape

MAX_DATA = 100
MAX_NAMES = 12


def code(text: str, limit: int = MAX_DATA) -> str:
    """A text as inline code: nothing in it acts as markup or on the terminal."""
    text = escape(text if len(text) <= limit else f"{text[: limit - 1]}…")
    longest = max((len(ticks) for ticks in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if text.startswith("`") or text.endswith("`") or not text.strip() else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def cite(event: dict[str, Any]) -> str:
    """A row's citation, `[topic#number]`."""
    return f"[{event['name']}]"


def local_time(utc: str) -> str:
    """A UTC time of a tool as the local clock, HH:MM:SS."""
    return datetime.fromisoformat(utc).astimezone().strftime("%H:%M:%S")


def event_line(event: dict[str, Any]) -> str:
    """One event as a list item."""
    source = f" on {code(event['source'])}" if event.get("source") else ""
    return (
        f"- {local_time(event['received_at'])} **{plain(event['type'])}**{source} {cite(event)}\n"
        f"  {code(event['data'])}"
    )


def event_lines(events: Iterable[dict[str, Any]]) -> str:
    """Events as a list, in the order given."""
    return "\n".join(event_line(event) for event in events)


def type_counts(events: Iterable[dict[str, Any]]) -> str:
    """How often each event type occurs, most first: "12 login, 3 logout"."""
    counts = Counter(event["type"] for event in events)
    most = [f"{count} {plain(name)}" for name, count in counts.most_common(MAX_NAMES)]
    return ", ".join(most + (["…"] if len(counts) > MAX_NAMES else []))


def plain(text: str) -> str:
    """Words of a stranger (a type, a topic) inside a sentence: without markup."""
    safe = escape(text if len(text) <= MAX_DATA else f"{text[: MAX_DATA - 1]}…")
    return re.sub(r"([\\`*\[\]<>#|~])|(?<!\w)_|_(?!\w)", lambda m: f"\\{m[0]}", safe)


def names(topics: Sequence[str]) -> str:
    """Topic names for a sentence: "`a`, `b` and `c`"."""
    shown = [code(topic) for topic in topics[:MAX_NAMES]]
    if len(topics) > MAX_NAMES:
        return f"{', '.join(shown)} and {len(topics) - MAX_NAMES} more"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def plural(count: int, noun: str) -> str:
    """A count with its noun: "1 event", "12,408 events"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def failed(what: str, result: Result) -> str:
    """A call that failed or was denied, as a sentence."""
    return f"{what}: {'you denied it.' if result.denied else plain(result.error)}"
