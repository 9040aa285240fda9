"""Where in the log a stream is asked to begin: ids, times and durations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

_ID = re.compile(r"(?P<epoch>[0-9a-z]{1,32})-(?P<seq>[0-9]{1,18})")
_DURATION = re.compile(r"(?P<count>[0-9]{1,9})(?P<unit>[smhd])")
_UNIT_MS = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
# RFC 3339, section 5.6; a blank instead of the plus is what an unescaped query makes of it.
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+ -]\d\d:\d\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class AfterId:
    """After the event with this id; `requested` is the id as received."""

    requested: str
    epoch: str
    seq: int


@dataclass(frozen=True, slots=True)
class SinceTime:
    """From this time on, in milliseconds since 1970 (UTC)."""

    requested: str
    time_ms: int


@dataclass(frozen=True, slots=True)
class Earliest:
    """Everything that is kept."""


@dataclass(frozen=True, slots=True)
class Malformed:
    """Something that names no place."""

    requested: str


Position: TypeAlias = AfterId | SinceTime | Earliest | Malformed


def parse_position(
    last_event_id: bytes | None, query: Mapping[str, str], now_ms: int
) -> Position | None:
    """What a request asks for: the header, else `last_event_id=`, else `since=`.

    Args:
        last_event_id: the value of the header Last-Event-ID; an empty one asks for nothing.
        query: the query's parameters.
        now_ms: what a duration counts back from.

    Returns:
        None where the request asks for new events only.
    """
    text = (last_event_id or b"").decode("utf-8", "replace") or query.get("last_event_id", "")
    if text:
        match = _ID.fullmatch(text)
        return AfterId(text, match["epoch"], int(match["seq"])) if match else Malformed(text)
    since = query.get("since", "")
    return _parse_since(since, now_ms) if since else None


def _parse_since(text: str, now_ms: int) -> Position:
    if text == "earliest":
        return Earliest()
    if match := _DURATION.fullmatch(text):
        back = int(match["count"]) * _UNIT_MS[match["unit"]]
        return SinceTime(text, max(0, now_ms - back))
    if _RFC_3339.fullmatch(text):
        spelled = text[:19] + text[19:].replace(" ", "+")
        try:
            return SinceTime(text, int(datetime.fromisoformat(spelled.upper()).timestamp() * 1000))
        except ValueError:  # the 30th of February
            return Malformed(text)
    return Malformed(text)
