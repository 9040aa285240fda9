"""Drops the oldest events of the log when there are too many, or they are too old or too large."""

from __future__ import annotations

import sqlite3

from sse_tui.hub.engine import Retention
from sse_tui.hub.sqlite_store import KEY_LIFETIME_MS, SqliteWriter

STEP = 2_000
"""Events dropped in one transaction at least, so that no request waits for a long one."""


class Trimmer:
    """Applies a `Retention`, in steps between the writer's transactions.

    Args:
        connection: the writer's.
        writer: whose log it is.
        keep: the limits.
    """

    def __init__(
        self, connection: sqlite3.Connection, writer: SqliteWriter, keep: Retention
    ) -> None:
        self._db = connection
        self._writer = writer
        self._keep = keep
        row = connection.execute("SELECT min(seq) FROM events").fetchone()
        self._before_first: int = row[0] - 1 if row[0] is not None else writer.head

    def trim(self, now_ms: int, step: int = STEP) -> bool:
        """Drop up to `step` events.

        Returns:
            Whether there is more to drop.

        Raises:
            sqlite3.Error: nothing was dropped.
        """
        upto = max(self._over_count(), self._over_size(), self._over_age(now_ms, step))
        upto = min(upto, self._writer.head)
        if upto <= self._before_first:
            return False
        end = min(upto, self._before_first + step)
        with self._writer.transaction():
            self._drop(end)
            self._db.execute("DELETE FROM requests WHERE time < ?", (now_ms - KEY_LIFETIME_MS,))
        self._before_first = end
        self._writer.forget_topics()
        return end < upto

    def _over_count(self) -> int:
        # Some slack: a full log would otherwise pay a second transaction for each request.
        count = self._writer.head - self._before_first
        if count <= self._keep.events + self._keep.events // 1_000:
            return 0
        return self._writer.head - self._keep.events

    def _over_size(self) -> int:
        (page_size,), (pages,), (unused,) = (
            self._db.execute(f"PRAGMA {name}").fetchone()
            for name in ("page_size", "page_count", "freelist_count")
        )
        used = (pages - unused) * page_size
        count = self._writer.head - self._before_first
        if used <= self._keep.bytes or count <= 1:  # the newest event always stays
            return 0
        share = (used - self._keep.bytes) / used + 0.01
        return min(self._before_first + max(1, int(count * share)), self._writer.head - 1)

    def _over_age(self, now_ms: int, step: int) -> int:
        oldest_kept = now_ms - int(self._keep.days * 86_400_000)
        first = self._db.execute("SELECT time FROM events ORDER BY seq LIMIT 1").fetchone()
        if first is None or first[0] >= oldest_kept:
            return 0
        row = self._db.execute(
            "SELECT max(seq) FROM (SELECT seq, time FROM events ORDER BY seq LIMIT ?)"
            " WHERE time < ?",
            (step + 1, oldest_kept),
        ).fetchone()
        return row[0] or 0

    def _drop(self, end: int) -> None:
        dropped = self._db.execute(
            "SELECT topic_id, count(*), max(seq), max(time) FROM events WHERE seq <= ?"
            " GROUP BY topic_id",
            (end,),
        ).fetchall()
        self._db.executemany(
            "UPDATE topics SET events = events - ?, trimmed_seq = ?, trimmed_time = ? WHERE id = ?",
            [(count, seq, time_ms, topic_id) for topic_id, count, seq, time_ms in dropped],
        )
        self._db.execute("DELETE FROM events WHERE seq <= ?", (end,))
        self._forget_empty_topics()
        self._db.execute("UPDATE meta SET value = ? WHERE key = 'trimmed_seq'", (end,))

    def _forget_empty_topics(self) -> None:
        for column in ("seq", "time"):
            self._db.execute(
                f"UPDATE meta SET value = max(value, coalesce((SELECT max(trimmed_{column})"
                f" FROM topics WHERE events = 0), 0)) WHERE key = 'forgotten_{column}'"
            )
        self._db.execute("DELETE FROM topics WHERE events = 0")
