"""Reads and writes the log in SQLite, one call at a time; knows no loop and no threads."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from sse_tui.hub.engine import NewEvents, Receipt
from sse_tui.hub.frames import Frame, encode_event
from sse_tui.hub.refusal import Refused

KEY_LIFETIME_MS = 24 * 3_600_000
"""How long an Idempotency-Key is remembered."""


class Written(NamedTuple):
    """What one transaction did: an answer per request, and the frames of what is new."""

    answers: list[Receipt | Refused]
    frames: list[Frame]


class SqliteWriter:
    """The one writer of a log. Its numbers move only when a transaction is committed.

    Args:
        connection: from `open_database`; used by one thread.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection
        meta = dict(connection.execute("SELECT key, value FROM meta").fetchall())
        last = connection.execute("SELECT seq, time FROM events ORDER BY seq DESC LIMIT 1")
        seq, time_ms = last.fetchone() or (0, 0)
        self.epoch: str = meta["epoch"]
        self.head: int = max(seq, meta["trimmed_seq"])
        self.last_time: int = time_ms
        self._topic_ids: dict[str, int] = {}

    def write(self, batch: Sequence[NewEvents], now_ms: int) -> Written:
        """Keep all of a batch in one durable transaction, or nothing of it.

        Raises:
            sqlite3.Error: nothing was kept.
        """
        time_ms = max(now_ms, self.last_time)
        answers: list[Receipt | Refused] = []
        frames: list[Frame] = []
        try:
            with self.transaction():
                seq = self.head
                for new in batch:
                    answer = self._answer_again(new)
                    if answer is None:
                        answer = Receipt(seq + 1, seq + len(new.payloads))
                        frames += self._insert(new, answer, time_ms)
                        seq = answer.last
                    answers.append(answer)
        except BaseException:
            self._topic_ids.clear()
            raise
        self.head = seq
        self.last_time = time_ms if frames else self.last_time
        return Written(answers, frames)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what is done inside, or roll it back."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:  # SQLite has already rolled back on some errors
                self._db.execute("ROLLBACK")
            raise

    def forget_topics(self) -> None:
        """Drop what is known of the topics' ids: rows of theirs were removed."""
        self._topic_ids.clear()

    def _answer_again(self, new: NewEvents) -> Receipt | Refused | None:
        if new.key is None:
            return None
        row = self._db.execute(
            "SELECT digest, first_seq, last_seq FROM requests WHERE key = ?", (new.key,)
        ).fetchone()
        if row is None:
            return None
        digest, first, last = row
        if digest == new.digest:
            return Receipt(first, last)
        return Refused(
            422,
            "Idempotency-Key was used for another request",
            repr(new.key),
            "Use a new key for each new request; repeat it only with the same request.",
        )

    def _insert(self, new: NewEvents, place: Receipt, time_ms: int) -> Iterator[Frame]:
        topic_id = self._topic_id(new.topic)
        self._db.executemany(
            "INSERT INTO events VALUES (?, ?, ?, ?, ?)",
            (
                (seq, topic_id, time_ms, new.type, data)
                for seq, data in enumerate(new.payloads, place.first)
            ),
        )
        self._db.execute(
            "UPDATE topics SET events = events + ?, last_seq = ?, last_time = ? WHERE id = ?",
            (len(new.payloads), place.last, time_ms, topic_id),
        )
        if new.key is not None:
            self._db.execute(
                "INSERT INTO requests VALUES (?, ?, ?, ?, ?)",
                (new.key, new.digest, place.first, place.last, time_ms),
            )
        return (
            encode_event(self.epoch, seq, new.topic, new.type, data)
            for seq, data in enumerate(new.payloads, place.first)
        )

    def _topic_id(self, name: str) -> int:
        known = self._topic_ids.get(name)
        if known is not None:
            return known
        # A topic may have been here before and been forgotten: what it lost then still counts.
        self._db.execute(
            "INSERT OR IGNORE INTO topics SELECT NULL, ?, 0, 0, 0,"
            " (SELECT value FROM meta WHERE key = 'forgotten_seq'),"
            " (SELECT value FROM meta WHERE key = 'forgotten_time')",
            (name,),
        )
        row = self._db.execute("SELECT id FROM topics WHERE name = ?", (name,)).fetchone()
        self._topic_ids[name] = row[0]
        return int(row[0])
