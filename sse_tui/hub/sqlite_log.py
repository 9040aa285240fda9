"""The hub's log in SQLite: one thread writes in groups, another reads, the loop only waits."""

from __future__ import annotations

import asyncio
import logging
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import ParamSpec, TypeAlias, TypeVar

from sse_tui.hub.engine import (
    KEEP_BY_DEFAULT,
    LogFailure,
    NewEvents,
    Page,
    Receipt,
    Retention,
    Seek,
    TopicStats,
)
from sse_tui.hub.frames import Frame
from sse_tui.hub.refusal import Refused
from sse_tui.hub.sqlite_file import connect, open_database
from sse_tui.hub.sqlite_reader import SqliteReader
from sse_tui.hub.sqlite_store import SqliteWriter, Written
from sse_tui.hub.sqlite_trim import STEP, Trimmer
from sse_tui.hub.topics import TopicPattern

logger = logging.getLogger(__name__)

GROUP_EVENTS = 2_000
GROUP_BYTES = 4 * 2**20
"""Requests waiting together are kept in one transaction, up to these sizes."""

IDLE_TRIM_S = 60.0
"""How often age is looked at while nothing is written."""

Answer: TypeAlias = "asyncio.Future[Receipt]"
Waiting: TypeAlias = tuple[NewEvents, Answer]
Params = ParamSpec("Params")
Result = TypeVar("Result")


class SqliteLog:
    """A `LogEngine` on one file, `hub.db`.

    Args:
        path: the file; created where there is none.
        keep: what is kept.

    Raises:
        HubError: the file is damaged.
        HubUnavailableError: the file may not be used.
    """

    def __init__(self, path: Path, keep: Retention = KEEP_BY_DEFAULT) -> None:
        connection = open_database(path)
        self._connection = connection
        self._writer = SqliteWriter(connection)
        self._trimmer = Trimmer(connection, self._writer, keep)
        self._reader = SqliteReader(connect(path), self._writer.epoch)
        self.epoch = self._writer.epoch
        self.head = self._writer.head
        self.problem: str | None = None
        self._path = path
        self._queue: queue.SimpleQueue[Waiting | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="hub-writer", daemon=True)
        self._read_thread = ThreadPoolExecutor(1, thread_name_prefix="hub-reader")
        self._on_commit: Callable[[Sequence[Frame]], None]
        self._loop: asyncio.AbstractEventLoop

    def start(self, on_commit: Callable[[Sequence[Frame]], None]) -> None:
        """See `LogEngine.start`."""
        self._on_commit = on_commit
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    async def append(self, new: NewEvents) -> Receipt:
        """See `LogEngine.append`."""
        answer: Answer = self._loop.create_future()
        self._queue.put((new, answer))
        return await answer

    async def page(self, pattern: TopicPattern, after: int, upto: int) -> Page:
        """See `LogEngine.page`."""
        return await self._read(self._reader.page, pattern, after, upto)

    async def seek(self, pattern: TopicPattern, time_ms: int) -> Seek:
        """See `LogEngine.seek`."""
        return await self._read(self._reader.seek, pattern, time_ms)

    async def oldest(self, pattern: TopicPattern) -> int | None:
        """See `LogEngine.oldest`."""
        return await self._read(self._reader.oldest, pattern)

    async def start_of_log(self) -> int:
        """See `LogEngine.start_of_log`."""
        return await self._read(self._reader.start_of_log)

    async def topics(self) -> list[TopicStats]:
        """See `LogEngine.topics`."""
        return await self._read(self._reader.topics)

    async def close(self) -> None:
        """See `LogEngine.close`."""
        if self._thread.is_alive():
            self._queue.put(None)
            await asyncio.to_thread(self._thread.join)
        self._read_thread.shutdown()
        self._reader.close()
        self._connection.close()

    async def _read(
        self, read: Callable[Params, Result], *args: Params.args, **_: Params.kwargs
    ) -> Result:
        try:
            return await self._loop.run_in_executor(self._read_thread, read, *args)
        except sqlite3.Error as error:
            logger.error("reading %s: %s", self._path, error)
            raise LogFailure(
                "The event log cannot be read",
                f"{self._path}: {error}",
                "Look at the disk; a damaged file can be moved away while the hub is stopped.",
            ) from error

    def _run(self) -> None:
        """The writer thread."""
        running = True
        while running:
            group, running = self._next_group()
            if group:
                self._write(group)
            self._trim(2 * sum(len(new.payloads) for new, _ in group))

    def _next_group(self) -> tuple[list[Waiting], bool]:
        """Wait for requests; all that wait now, and whether to go on after them."""
        group: list[Waiting] = []
        events = size = 0
        try:
            item = self._queue.get(timeout=IDLE_TRIM_S)
            while item is not None:
                group.append(item)
                events += len(item[0].payloads)
                size += sum(map(len, item[0].payloads))
                if events >= GROUP_EVENTS or size >= GROUP_BYTES:
                    return group, True
                item = self._queue.get_nowait()
        except queue.Empty:
            return group, True
        return group, False

    def _write(self, group: list[Waiting]) -> None:
        outcome: Written | LogFailure
        try:
            outcome = self._writer.write([new for new, _ in group], _now_ms())
            self.problem = None
        except Exception as error:  # whatever it is: the thread must live, the requests be answered
            outcome = _write_failure(self._path, error)
            self.problem = str(outcome)
            logger.exception("writing %s", self._path)
        self._loop.call_soon_threadsafe(self._settle, [answer for _, answer in group], outcome)

    def _settle(self, answers: list[Answer], outcome: Written | LogFailure) -> None:
        """On the loop: hand out what is durable, then answer the requests."""
        if isinstance(outcome, Written):
            self._on_commit(outcome.frames)
            results: Sequence[Receipt | Refused | LogFailure] = outcome.answers
        else:
            results = [outcome] * len(answers)
        for answer, result in zip(answers, results, strict=True):
            if answer.done():  # the request was cancelled meanwhile
                continue
            if isinstance(result, Receipt):
                answer.set_result(result)
            else:
                answer.set_exception(result)

    def _trim(self, step: int) -> None:
        try:
            while self._trimmer.trim(_now_ms(), max(STEP, step)) and self._queue.empty():
                pass
        except sqlite3.Error as error:
            logger.error("trimming %s: %s", self._path, error)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _write_failure(path: Path, error: Exception) -> LogFailure:
    full = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL
    return LogFailure(
        "The disk is full" if full else "The event log cannot be written",
        f"{path}: {error}",
        "Nothing of this request was kept; make room and send it again."
        if full
        else "Nothing of this request was kept; look at the disk, then send it again.",
        full=full,
    )
