"""Reads stretches of the log in SQLite for streams that are behind, one call at a time."""

from __future__ import annotations

import json
import sqlite3

from sse_tui.hub.engine import Page, Seek, TopicStats
from sse_tui.hub.frames import encode_event
from sse_tui.hub.topics import TopicPattern

PAGE_BYTES = 64 * 2**10
"""A page ends with the event that reaches this size."""

PAGE_SPAN = 20_000
"""Numbers that one page looks at, at most: a rare topic in a long log must not hold up others."""

_ROWS = "SELECT seq, name, type, data FROM events CROSS JOIN topics ON topics.id = topic_id"
_RANGE = "seq > ? AND seq <= ? ORDER BY seq"


class SqliteReader:
    """Reads beside the writer, in snapshots.

    Args:
        connection: its own; used by one thread.
        epoch: of the ids that it writes.
    """

    def __init__(self, connection: sqlite3.Connection, epoch: str) -> None:
        connection.execute("PRAGMA query_only = ON")
        self._db = connection
        self._epoch = epoch

    def page(self, pattern: TopicPattern, after: int, upto: int) -> Page:
        """See `LogEngine.page`."""
        with self._db:
            self._db.execute("BEGIN")
            trimmed, _ = self._trimmed(pattern)
            oldest = self.oldest(pattern) if trimmed > after else None
            after = max(after, min(trimmed, upto))  # nothing there: not worth a look
            end = min(upto, after + PAGE_SPAN)
            if pattern.is_wildcard:
                chunk, reached = self._read(*self._wildcard(pattern, after, end), pattern)
            else:
                query = f"{_ROWS} WHERE topic_id = (SELECT id FROM topics WHERE name = ?) AND"
                end = upto  # the index leads straight to the topic's own events
                values = (pattern.text, after, end)
                chunk, reached = self._read(f"{query} {_RANGE}", values, pattern)
        return Page(chunk, reached or end, trimmed, oldest)

    def seek(self, pattern: TopicPattern, time_ms: int) -> Seek:
        """See `LogEngine.seek`."""
        low, high = self.start_of_log(), self._head()
        while low < high:
            middle = (low + high) // 2
            row = self._db.execute(
                "SELECT time FROM events WHERE seq > ? ORDER BY seq LIMIT 1", (middle,)
            ).fetchone()
            if row is None or row[0] >= time_ms:
                high = middle
            else:
                low = middle + 1
        _, trimmed_time = self._trimmed(pattern)
        return Seek(low, trimmed=time_ms <= trimmed_time)

    def oldest(self, pattern: TopicPattern) -> int | None:
        """See `LogEngine.oldest`."""
        row = self._db.execute(
            "SELECT min((SELECT min(seq) FROM events WHERE topic_id = topics.id)) FROM topics"
            " WHERE name IN (SELECT value FROM json_each(?))",
            (json.dumps(self._names(pattern)),),
        ).fetchone()
        return None if row[0] is None else int(row[0])

    def start_of_log(self) -> int:
        """See `LogEngine.start_of_log`."""
        row = self._db.execute("SELECT min(seq) - 1 FROM events").fetchone()
        return row[0] if row[0] is not None else self._head()

    def topics(self) -> list[TopicStats]:
        """See `LogEngine.topics`."""
        rows = self._db.execute(
            "SELECT name, events, last_seq, last_time FROM topics ORDER BY name"
        )
        return [TopicStats(*row) for row in rows]

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

    def _head(self) -> int:
        row = self._db.execute(
            "SELECT max((SELECT coalesce(max(seq), 0) FROM events),"
            " (SELECT value FROM meta WHERE key = 'trimmed_seq'))"
        ).fetchone()
        return int(row[0])

    def _read(
        self, query: str, values: tuple[object, ...], pattern: TopicPattern
    ) -> tuple[bytes, int | None]:
        """Encode rows until the page is full; the last number if it is, None if all were read."""
        frames: list[bytes] = []
        size = 0
        for seq, name, type_, data in self._db.execute(query, values):
            frame = encode_event(self._epoch, seq, name, type_, data).encode(pattern.is_wildcard)
            frames.append(frame)
            size += len(frame)
            if size >= PAGE_BYTES:
                return b"".join(frames), seq
        return b"".join(frames), None

    def _wildcard(
        self, pattern: TopicPattern, after: int, end: int
    ) -> tuple[str, tuple[object, ...]]:
        if pattern.is_everything:
            return f"{_ROWS} WHERE {_RANGE}", (after, end)
        # CROSS JOIN keeps SQLite in the order of numbers; topic by topic it would have to sort.
        return (
            f"{_ROWS} WHERE name IN (SELECT value FROM json_each(?)) AND {_RANGE}",
            (json.dumps(self._names(pattern)), after, end),
        )

    def _names(self, pattern: TopicPattern) -> list[str]:
        if not pattern.is_wildcard:
            return [pattern.text]
        return [
            name for (name,) in self._db.execute("SELECT name FROM topics") if pattern.matches(name)
        ]

    def _trimmed(self, pattern: TopicPattern) -> tuple[int, int]:
        """Number and time of the last matching event that is gone; zeros where none is."""
        meta = dict(self._db.execute("SELECT key, value FROM meta").fetchall())
        if pattern.is_everything:
            row = self._db.execute("SELECT max(trimmed_time) FROM topics").fetchone()
            return meta["trimmed_seq"], max(meta["forgotten_time"], row[0] or 0)
        rows = self._db.execute(
            "SELECT max(trimmed_seq), max(trimmed_time) FROM topics"
            " WHERE name IN (SELECT value FROM json_each(?))",
            (json.dumps(self._names(pattern)),),
        ).fetchone()
        known = rows[0] is not None and not pattern.is_wildcard
        forgotten = (0, 0) if known else (meta["forgotten_seq"], meta["forgotten_time"])
        return max(rows[0] or 0, forgotten[0]), max(rows[1] or 0, forgotten[1])
