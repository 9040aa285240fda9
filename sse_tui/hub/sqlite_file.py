"""Opens `hub.db`: its tables, its settings, and what to say when it is not usable."""

from __future__ import annotations

import secrets
import sqlite3
from pathlib import Path

from sse_tui.errors import HubError, HubUnavailableError

APPLICATION_ID = 0x73736574
"""Written into the file's header: "sset"."""

FORMAT = 1

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE topics (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    events INTEGER NOT NULL,         -- kept
    last_seq INTEGER NOT NULL,
    last_time INTEGER NOT NULL,
    trimmed_seq INTEGER NOT NULL,    -- the last one that is no longer kept, and its time
    trimmed_time INTEGER NOT NULL
);
CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    topic_id INTEGER NOT NULL,
    time INTEGER NOT NULL,           -- milliseconds since 1970, UTC, never falling
    type TEXT NOT NULL,
    data TEXT NOT NULL
);
CREATE INDEX events_of_topic ON events (topic_id, seq);
CREATE TABLE requests (
    key TEXT PRIMARY KEY,            -- Idempotency-Key
    digest BLOB NOT NULL,
    first_seq INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    time INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX requests_by_time ON requests (time);
"""


def open_database(path: Path) -> sqlite3.Connection:
    """Open or create the log's database for writing.

    Raises:
        HubError: the file is damaged, or is no hub's log; it is left as it is.
        HubUnavailableError: the file may not be read or written.
    """
    try:
        connection = connect(path)
        try:
            _prepare(connection, path)
        except BaseException:
            connection.close()
            raise
    except sqlite3.Error as error:
        raise _unusable(path, error) from error
    return connection


def connect(path: Path) -> sqlite3.Connection:
    """A connection that survives kill -9 and power loss with all that was committed."""
    connection = sqlite3.connect(path, timeout=5, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    # In WAL mode NORMAL would survive a killed process, but not a machine that loses power; one
    # fsync per group of requests is a fair price for "durable".
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA journal_size_limit = {64 * 2**20}")
    return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    application, version, tables = (
        connection.execute(query).fetchone()[0]
        for query in (
            "PRAGMA application_id",
            "PRAGMA user_version",
            "SELECT count(*) FROM sqlite_schema",
        )
    )
    if tables == 0:
        _create(connection)
    elif application != APPLICATION_ID:
        raise _move_away(path, "it is a database, but not one of a hub")
    elif version > FORMAT:
        raise HubError(
            "The event log is of a newer version",
            f"{path} has format {version}, this program knows {FORMAT}",
            "Update sse-tui, or name another folder with --data-dir.",
        )
    # The pages that every start reads: damage there shows now, not in the middle of a stream.
    connection.execute("SELECT max(seq), min(seq) FROM events").fetchone()
    connection.execute("SELECT count(*), max(last_seq) FROM topics").fetchone()


def _create(connection: sqlite3.Connection) -> None:
    connection.executescript(
        f"BEGIN IMMEDIATE; {_SCHEMA}"
        f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {FORMAT};"
        f"INSERT INTO meta VALUES ('epoch', '{secrets.token_hex(4)}'), ('trimmed_seq', 0),"
        " ('forgotten_seq', 0), ('forgotten_time', 0);"
        "COMMIT;"
    )


def _unusable(path: Path, error: sqlite3.Error) -> HubError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return _move_away(path, str(error))
    if code == sqlite3.SQLITE_FULL:
        return HubError("The disk is full", str(path), "Make room, or use another --data-dir.")
    return HubUnavailableError(
        "The event log cannot be opened",
        f"{path}: {error}",
        "Check that you may write there, or name another folder with --data-dir.",
    )


def _move_away(path: Path, why: str) -> HubError:
    return HubError(
        "The event log is damaged",
        f"{path}: {why}",
        f"Move {path} away (nothing was deleted), or name another folder with --data-dir.",
    )
