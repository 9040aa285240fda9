"""What a reconnect left open: the gap's rows, and events that come a second time."""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sse_tui.events.event_run import GAP_TYPE
from sse_tui.events.log import EventLog
from sse_tui.events.model import (
    UNNUMBERED,
    Certainty,
    Comment,
    Event,
    EventFrame,
    Gap,
    Note,
)

DUPLICATE_WINDOW = 1_000
"""Events kept before a reconnect that may come again after it."""

_PAGE_ROWS = 1_000
_MAX_ROWS_SEARCHED = 10_000

_Key = tuple[str, str, str]


class DuplicateFilter:
    """Drops events after a reconnect that equal, in id, type and data, one of the last kept.

    Only an event with an `id` field of its own is dropped. The work ends with the replay: once so
    many events were kept or dropped that none from before the reconnect can come again, `active`
    is False.

    Args:
        recent: the events kept before the reconnect, oldest first, at most `DUPLICATE_WINDOW`.
    """

    def __init__(self, recent: Iterable[_Key]) -> None:
        self._window = deque(recent, maxlen=DUPLICATE_WINDOW)
        self._known = Counter(self._window)
        self._kept_left = DUPLICATE_WINDOW
        self._dropped_left = len(self._window)

    @property
    def active(self) -> bool:
        """Whether an event could still be a duplicate."""
        return self._kept_left > 0 and self._dropped_left > 0

    def is_duplicate(self, frame: EventFrame) -> bool:
        """Whether this event is to be dropped; if it is not, it counts as kept."""
        type_, data, id_, own_id, _ = frame
        key = (id_, type_, data)
        if own_id and self._known[key] > 0 and self.active:
            self._dropped_left -= 1
            return True
        if len(self._window) == DUPLICATE_WINDOW:
            self._known[self._window[0]] -= 1
        self._window.append(key)
        self._known[key] += 1
        self._kept_left -= 1
        return False


class Resumption:
    """Watches the beginning of one connection: marks, gap notices, duplicates, the replay's end.

    Args:
        log: the stream's log, for the events kept before.
        gap: the gap that this connection ends, as written; None on a first connection.
        gap_number: the number of its row.
        marks_live: the server ends a replay with the comment `live`.

    Attributes:
        replayed: events of the replay, duplicates among them.
        duplicates: events dropped.
        lost: events that the server says are gone.
        live: the end of the replay has been seen.
    """

    __slots__ = (
        "_filter",
        "_gap",
        "_gap_number",
        "_log",
        "_marks_live",
        "_told",
        "duplicates",
        "live",
        "lost",
        "replayed",
    )

    def __init__(
        self,
        log: EventLog,
        gap: Gap | None,
        gap_number: int | None,
        *,
        marks_live: bool,
    ) -> None:
        self.replayed = 0
        self.duplicates = 0
        self.lost = 0
        self.live = False
        self._log = log
        self._gap = gap
        self._gap_number = gap_number
        self._marks_live = marks_live
        self._told = False  # by the server, whose word stands over our guess
        self._filter: DuplicateFilter | None = None

    @property
    def active(self) -> bool:
        """Whether all further rows must be sifted, or only a notice of the hub."""
        if self._marks_live:
            return not self.live
        if self._filter is None:
            return self._gap is not None and self.replayed < DUPLICATE_WINDOW
        return self._filter.active

    def sift(self, frames: Sequence[EventFrame | Note]) -> list[EventFrame | Note]:
        """The rows to keep, in order, with gap rows where they belong."""
        rows: list[EventFrame | Note] = []
        for frame in frames:
            if isinstance(frame, tuple):
                row = self._event(frame, self._log.next_number + len(rows))
                if row is not None:
                    rows.append(row)
            else:
                rows.append(frame)
                if self._marks_live and isinstance(frame, Comment) and frame.text == "live":
                    rows += self._end_replay()
        return rows

    def _event(self, frame: EventFrame, number: int) -> EventFrame | Gap | None:
        """What an event becomes: itself, a gap row with this number, or nothing."""
        notice = _gap_notice(frame)
        if notice is not None:
            self._marks_live = True  # only the hub says so
            return self._told_gap(notice, number)
        if not self.live:
            self.replayed += 1
        if self._gap is not None and not self.live:
            if self._filter is None and frame[3]:
                self._filter = DuplicateFilter(_recent_events(self._log))
            if self._filter is not None and self._filter.is_duplicate(frame):
                self.duplicates += 1
                return None
        return frame

    def _end_replay(self) -> list[Gap]:
        """The row that completes the gap, now that the replay is over."""
        if self.live:
            return []
        self.live = True
        if self._gap is None:
            return []
        known: dict[str, Any] = {"replayed": self.replayed, "duplicates": self.duplicates}
        if not self._told and self._gap.resumed_after is not None:
            known.update(lost=0, certainty=Certainty.NONE_LOST)
        return [self._complete(known)]

    def _told_gap(self, notice: dict[str, Any], number: int) -> Gap:
        """The gap row for what the server says it cannot give any more."""
        lost = notice["lost"] if isinstance(notice["lost"], int) else None
        certainty = Certainty.LOST if notice["reason"] == "trimmed" else Certainty.UNKNOWN
        if lost is not None:
            certainty = Certainty.LOST if lost else Certainty.NONE_LOST
            self.lost += lost
        if self.live:  # not a resumption: the hub trimmed what a slow reader had yet to read
            return Gap(*UNNUMBERED, 0.0, str(notice["requested"]), lost=lost, certainty=certainty)
        self._told = True
        if self._gap is None:
            self._gap = Gap(*UNNUMBERED, 0.0, str(notice["requested"]))
        row = self._complete({"lost": lost, "certainty": certainty})
        if self._gap_number is None:
            self._gap_number = number
        return row

    def _complete(self, known: dict[str, Any]) -> Gap:
        assert self._gap is not None
        self._gap = replace(self._gap, completes=self._gap_number, **known)
        return self._gap


def _gap_notice(frame: EventFrame) -> dict[str, Any] | None:
    """The facts of a `hub.gap` event; None for any other event."""
    if frame[0] != GAP_TYPE:
        return None
    try:
        facts = json.loads(frame[1])
    except ValueError:
        return None
    if isinstance(facts, dict) and {"requested", "reason", "lost"} <= facts.keys():
        return facts
    return None


def _recent_events(log: EventLog) -> list[_Key]:
    """The last events kept, oldest first; comments and the like in between are passed over."""
    keys: list[_Key] = []
    after = log.next_number
    lowest = max(log.first_number, after - _MAX_ROWS_SEARCHED)
    while after > lowest and len(keys) < DUPLICATE_WINDOW:
        first = max(lowest, after - _PAGE_ROWS)
        page = log.read(first, after - first)
        keys += [(row.id, row.type, row.data) for row in reversed(page) if isinstance(row, Event)]
        after = first
    return keys[:DUPLICATE_WINDOW][::-1]
