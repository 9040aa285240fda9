"""The offline assistant's answers, as Markdown, from what the tools brought."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sse_tui.agent.offline.markdown import (
    cite,
    code,
    event_lines,
    failed,
    local_time,
    names,
    plain,
    plural,
    type_counts,
)
from sse_tui.agent.offline.pages import Page
from sse_tui.agent.offline.script import Result
from sse_tui.agent.offline.wishes import Read

LISTED = 5
MAX_LISTED = 50


def topics(known: Result) -> str:
    """Which topics there are."""
    if known.failed:
        return failed("I could not list the topics", known)
    entries = known.data["topics"]
    trouble = known.data["server_error"]
    note = f"\n\nThe server did not list its topics: {plain(trouble)}" if trouble else ""
    if not entries:
        return (
            f"There are no topics yet. One begins with its first event: *send {{…}} to NAME*.{note}"
        )
    lines = [_topic_line(entry) for entry in entries]
    return f"{plural(len(entries), 'topic')}:\n\n" + "\n".join(lines) + note


def subscribed(known: Result) -> list[str]:
    """The topics of a list that are subscribed here."""
    return [entry["name"] for entry in known.data.get("topics", ()) if entry["subscribed"]]


def not_subscribed(known: Result) -> list[str]:
    """The topics of a list that are not subscribed here."""
    return [entry["name"] for entry in known.data.get("topics", ()) if not entry["subscribed"]]


def nothing_subscribed(known: Result) -> str:
    """Nothing to read, and what could be subscribed."""
    there = not_subscribed(known)
    if not there:
        return "Nothing is subscribed, and the server has no topics yet."
    return (
        f"Nothing is subscribed yet, so I have no events to look at. There are {names(there)}. "
        f"Say for example: *subscribe to {there[0]}*."
    )


def nothing_to_subscribe(known: Result) -> str:
    """All topics are subscribed, or there are none."""
    here = subscribed(known)
    if known.failed or not here:
        return topics(known)
    return f"All topics are subscribed already: {names(here)}."


def page(read: Page, wish: Read) -> str:
    """What happened on one topic."""
    if read.problem:
        return read.problem
    data = read.data
    before = f"{read.note}\n\n" if read.note else ""
    state = "" if data["state"] == "open" else f" The stream is **{data['state']}**."
    told = _told(f"on {code(read.topic)}", data["events"], wish, state)
    notes = "".join(f"\n- {plain(note)}" for note in data["notes"])
    return before + told + (f"\n\nGaps and broken events:\n{notes}" if notes else "")


def newest(found: Result, wish: Read) -> str:
    """What happened on all subscribed topics."""
    return _told(f"on {names(found.data['topics'])}", found.data["events"], wish)


def waited(asked: Sequence[str], came: Sequence[Result], seconds: int) -> str:
    """What came while waiting."""
    events = [event for result in came for event in result.data.get("events", ())]
    if not events:
        return f"Nothing arrived on {names(asked)} within {seconds} seconds."
    return f"{plural(len(events), 'event')} arrived:\n\n{event_lines(events[:MAX_LISTED])}"


def found(query: str, result: Result) -> str:
    """What a search found."""
    data = result.data
    if not data["topics"]:
        return "Nothing is subscribed, so there is nothing to search."
    where = f"in {plural(data['searched'], 'row')} of {names(data['topics'])}"
    if not data["matches"]:
        return f"Nothing matches {code(query)} {where}."
    shown = data["events"]
    newest_of = "" if len(shown) == data["matches"] else f" The newest {len(shown)}:"
    verb = "matches" if data["matches"] == 1 else "match"
    head = f"**{plural(data['matches'], 'event')}** {verb} {code(query)}, {where}.{newest_of}"
    return f"{head}\n\n{event_lines(shown)}"


def counted(query: str, result: Result) -> str:
    """How many events match."""
    if not result.data["matches"]:
        return found(query, result)
    data = result.data
    last = data["events"][-1]
    verb = "matches" if data["matches"] == 1 else "match"
    return (
        f"**{plural(data['matches'], 'event')}** {verb} {code(query)} among "
        f"{plural(data['searched'], 'row')} of {names(data['topics'])}; the newest at "
        f"{local_time(last['received_at'])} {cite(last)}."
    )


def failures(result: Result) -> str:
    """What looks like a failure."""
    data = result.data
    if not data["topics"]:
        return "Nothing is subscribed, so there is nothing to search."
    if not data["matches"]:
        return (
            f"Nothing looks like a failure in {plural(data['searched'], 'row')} of "
            f"{names(data['topics'])}. I looked for words such as *error*, *failed*, *denied*."
        )
    shown = data["events"]
    looks = "looks like a failure" if data["matches"] == 1 else "look like failures"
    newest_of = "" if len(shown) == data["matches"] else f" The newest {len(shown)}:"
    return (
        f"**{plural(data['matches'], 'event')}** {looks}: {type_counts(shown)}.{newest_of}\n\n"
        f"{event_lines(shown)}\n\nI went by words such as *error*, *failed*, *denied*; I cannot "
        "judge what they mean."
    )


def stats(result: Result) -> str:
    """Figures of streams."""
    entries = result.data["topics"]
    if not entries:
        return "Nothing is subscribed, so there are no figures."
    return "\n".join(_stats_line(entry) for entry in entries)


def described(read: Page) -> str:
    """What a stream carries: its types and the fields of their payloads."""
    if read.problem or not read.data["events"]:
        return page(read, Read())
    events = read.data["events"]
    lines = []
    for name in dict.fromkeys(event["type"] for event in events):
        alike = [event for event in events if event["type"] == name]
        lines.append(
            f"- **{plain(name)}**, {len(alike)} of them, {_shape(alike)} {cite(alike[-1])}"
        )
    ids = sum(1 for event in events if event["id"])
    resumes = "They carry ids, so a client can resume." if ids else "They carry no ids."
    before = f"{read.note}\n\n" if read.note else ""
    return (
        f"{before}The newest {plural(len(events), 'event')} on {code(read.topic)}:\n\n"
        + "\n".join(lines)
        + f"\n\n{resumes}"
    )


def _told(where: str, kept: list[dict[str, Any]], wish: Read, state: str = "") -> str:
    events = _within(kept, wish.seconds)
    if not events:
        return f"Nothing has arrived {where} {'in that time' if wish.seconds else 'yet'}.{state}"
    count = plural(len(events), "event")
    # The page is full: there are older ones that it does not hold.
    newest_of = "the newest " if len(events) == wish.limit else ""
    if wish.count is not None:
        head = f"{newest_of.capitalize() or 'All there is, '}**{count}** {where}:{state}"
        return f"{head}\n\n{event_lines(events[-MAX_LISTED:])}"
    head = f"{newest_of.capitalize()}**{count}** {where}, {_span(events)}: {type_counts(events)}."
    more = "The last of them:\n\n" if len(events) > LISTED else ""
    return f"{head}{state}\n\n{more}{event_lines(events[-LISTED:])}"


def _span(events: list[dict[str, Any]]) -> str:
    first, last = (local_time(event["received_at"]) for event in (events[0], events[-1]))
    return f"at {last}" if first == last else f"{first} to {last}"


def _within(events: list[dict[str, Any]], seconds: float | None) -> list[dict[str, Any]]:
    if seconds is None:
        return events
    since = datetime.now(UTC) - timedelta(seconds=seconds)
    return [event for event in events if datetime.fromisoformat(event["received_at"]) >= since]


def _topic_line(entry: dict[str, Any]) -> str:
    here = f"**{entry['state']}**" if entry["subscribed"] else "not subscribed"
    counts = []
    if entry["on_server"] is not None:
        counts.append(f"{plural(entry['on_server'], 'event')} on the server")
    if entry["kept_here"]:
        counts.append(f"{plural(entry['kept_here'], 'row')} here")
    return f"- {code(entry['name'])} {here}" + (f", {', '.join(counts)}" if counts else "")


def _stats_line(entry: dict[str, Any]) -> str:
    kinds = ", ".join(f"{kind['count']} {plain(kind['type'])}" for kind in entry["types"][:LISTED])
    parts = [
        f"{plural(entry['events_received'], 'event')} received",
        f"{entry['per_second']:g}/s",
        f"{plural(entry['rows_kept'], 'row')} kept",
    ]
    parts += [
        f"{entry[name]:,} {name}" for name in ("dropped", "duplicates", "lost") if entry[name]
    ]
    if entry["last_received_at"]:
        parts.append(f"newest at {local_time(entry['last_received_at'])}")
    detail = f" ({plain(entry['state_detail'])})" if entry["state_detail"] else ""
    head = f"- {code(entry['topic'])} **{entry['state']}**{detail}: {', '.join(parts)}"
    return f"{head}\n  {kinds}" if kinds else head


def _shape(events: list[dict[str, Any]]) -> str:
    """The fields of JSON objects with the kinds of their values, or what else the data is."""
    fields: dict[str, set[str]] = {}
    for event in events:
        try:
            value = json.loads(event["data"])
        except ValueError:
            return "text" if event["data"] else "no data"
        if not isinstance(value, dict):
            return f"JSON {_kind(value)}"
        for name, item in value.items():
            fields.setdefault(name, set()).add(_kind(item))
    shown = [f"{code(name)} {' or '.join(sorted(kinds))}" for name, kinds in fields.items()]
    return "JSON with " + (", ".join(shown[:12]) or "no fields")


def _kind(value: Any) -> str:  # noqa: ANN401 - any JSON value
    if isinstance(value, bool):
        return "boolean"
    kinds = {str: "text", int: "number", float: "number", list: "list", dict: "object"}
    return kinds.get(type(value), "null")
