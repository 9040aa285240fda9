"""The life of one stream: connect, resume, back off, stop."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from sse_tui.client.connection import Connection, Progress, StreamPlan, Surroundings
from sse_tui.client.handlers import HandlerTask
from sse_tui.client.policy import End, EndKind, not_again
from sse_tui.client.signal import Signal
from sse_tui.errors import ConnectError, SseTuiError, StreamEndedError, StreamError
from sse_tui.events.log import EventLog
from sse_tui.events.model import UNNUMBERED, Gap, Note, StateChange, StreamState
from sse_tui.events.rates import Rates

if TYPE_CHECKING:
    from sse_tui.events.llm import Answer

_logger = logging.getLogger(__name__)


class Subscription:
    """One stream and its present state; made by `EventService.subscribe`.

    Attributes:
        target: what was subscribed to, as given; the topic of its rows.
        url: where it is asked for, without credentials.
        log: its rows.
        rates: its events per second, by the clock's monotonic seconds.
        state: where the stream is in its life; `state_detail` says why, in a few words.
        status: HTTP status of the last answer.
        attempt: connection attempts since the stream was last open.
        retry_at: when the next attempt is due, monotonic seconds; None unless waiting.
        error: why it failed, or what it waits after; None while all is well.
        owners: who holds the subscription.
    """

    def __init__(self, plan: StreamPlan, log: EventLog, around: Surroundings) -> None:
        self.target = plan.target
        self.url = plan.request.url
        self.log = log
        self.rates = Rates()
        self.state = StreamState.CONNECTING
        self.state_detail = ""
        self.status: int | None = None
        self.attempt = 0
        self.retry_at: float | None = None
        self.error: StreamError | None = None
        self.owners: frozenset[str] = frozenset()
        self._plan = plan
        self._around = around
        self._clock = around.clock
        self._backoff = around.backoff()
        self._progress = Progress(plan.options.last_event_id or "", log.next_number)
        self._handlers: list[HandlerTask] = []
        self._task: asyncio.Task[None] | None = None
        self._connection: Connection | None = None
        self._wake = Signal()
        self._settled = Signal()  # was open once, or is over
        self._over = Signal()
        self._was_open = False

    @property
    def last_event_id(self) -> str:
        """The stream's last event ID, sent with the next request."""
        return self._progress.last_event_id

    @property
    def last_byte_at(self) -> float | None:
        """When the last byte came (comments count), monotonic seconds."""
        return self._progress.last_byte_at

    @property
    def replay_done(self) -> Signal:
        """Set when the server has said that its replay is over, or when the stream is over."""
        return self._progress.replay_done

    @property
    def duplicates(self) -> int:
        """Events dropped because they came a second time; counted when a connection ends."""
        return self._progress.duplicates

    @property
    def lost(self) -> int:
        """Events that the server said are gone; counted when a connection ends."""
        return self._progress.lost

    @property
    def reconnects(self) -> bool:
        """Whether the stream is asked for again when it ends."""
        return self._plan.options.reconnects

    @property
    def is_over(self) -> bool:
        """Stopped or failed for good, until it is asked for again."""
        return self._over.is_set()

    def answer(self) -> Answer:
        """A language model's answer, made from the rows that are kept: text, pace, usage, end."""
        from sse_tui.events.llm import Answer

        answer = Answer()
        log = self.log
        answer.take(log.read(log.first_number, log.next_number - log.first_number))
        return answer

    async def opened(self, timeout: float | None = None) -> None:  # noqa: ASYNC109 - public API
        """Return once the server has answered with an event stream.

        Args:
            timeout: seconds to wait; None is for as long as it takes.

        Raises:
            ConnectError: it did not open in time; the stream goes on trying.
            StreamError: it failed for good, or was over before it began.
        """
        try:
            async with asyncio.timeout(timeout):
                await self._settled.wait()
        except TimeoutError:
            why = self.error or StreamError(self.state_detail or "no answer yet")
            raise ConnectError(
                f"{self.target} did not open within {timeout:g} s",
                f"{why.title}: {why.detail}" if why.detail else why.title,
                why.hint or "It goes on trying; give it more time or check the server.",
                status=self.status,
            ) from self.error
        if not self._was_open:
            raise self.error or StreamEndedError(
                f"{self.target} is over", self.state_detail, status=self.status
            )

    async def ended(self) -> None:
        """Return once the stream has stopped or failed for good and its handlers had all of it."""
        await self._over.wait()
        for handler in tuple(self._handlers):
            await handler.caught_up()

    def reconnect(self) -> None:
        """Ask for the stream anew: at once when it waits or is over, else after the usual time."""
        if self.is_over:
            self.start()
        elif self._connection is not None:
            self._connection.interrupt()
        else:
            self._wake.set()

    def start(self) -> None:
        """Begin the stream's life, or begin it again after its end."""
        self._over.clear()
        if not self._was_open:
            self._settled.clear()
        self.error = None
        self.attempt = 0
        self._task = asyncio.create_task(self._live(), name=f"stream {self.target}")

    def add_handler(self, handler: HandlerTask) -> None:
        """Have a handler told of new rows from now on."""
        self._handlers.append(handler)

    async def close(self) -> None:
        """End the stream now: its connection is closed, nothing more is delivered."""
        tasks = self.cancel()
        if tasks:
            await asyncio.wait(tasks)
        if self.state not in (StreamState.STOPPED, StreamState.FAILED):
            self._enter(StreamState.STOPPED, "unsubscribed")

    def cancel(self) -> set[asyncio.Task[None]]:
        """Begin to close; the tasks returned must be waited for."""
        if self._task is not None:
            self._task.cancel()
        tasks = {self._task, *(handler.stop() for handler in self._handlers)}
        return {task for task in tasks if task is not None and not task.done()}

    async def _live(self) -> None:
        try:
            delay: float | None = 0.0
            while delay is not None:
                end = await self._connect()
                delay = self._after(end)
                if delay is not None:
                    await self._wait(delay, end)
        except Exception as error:
            _logger.exception("The stream %s ended on an unexpected error", self.target)
            self._fail(StreamError("Something unexpected happened", repr(error)))
        finally:
            self.retry_at = None
            self._over.set()
            self._settled.set()
            self.replay_done.set()

    async def _connect(self) -> End:
        self.attempt += 1
        with suppress(SseTuiError):  # the connection will tell of it
            # The first one takes 100 ms, which are none of the server's.
            await self._around.transport()
        self._enter(StreamState.CONNECTING)
        self._connection = connection = Connection(
            self._plan,
            self._around,
            self.log,
            self.rates,
            self._progress,
            opened=self._opened,
            rows_arrived=self._rows_arrived,
        )
        try:
            return await connection.run()
        finally:
            self._connection = None
            self._backoff.was_open(connection.open_s)
            if connection.retry_ms is not None:
                self._backoff.retry_ms = connection.retry_ms

    def _opened(self, status: int, gap: Gap | None) -> int:
        self.status = status
        self.error = None
        self._was_open = True
        first = self._enter(StreamState.OPEN, status=status, gap=gap)
        self.attempt = 0
        self._settled.set()
        return first

    def _after(self, end: End) -> float | None:
        """Seconds until the next attempt; None when the stream is over."""
        self.status = end.status
        match end.kind:
            case EndKind.RESTARTED:
                return self._backoff.after_end()
            case EndKind.CLEAN if self.reconnects:
                return self._backoff.after_end()
            case EndKind.BROKEN if self.reconnects:
                return self._backoff.after_failure(end.retry_after)
            case EndKind.OVER | EndKind.CLEAN:
                self._enter(StreamState.STOPPED, end.detail, status=end.status)
            case EndKind.REFUSED if end.error is not None:
                self._fail(end.error)
            case _:
                self._fail(not_again(end, asked_not_to=self._plan.options.reconnect is False))
        return None

    async def _wait(self, seconds: float, end: End) -> None:
        self.error = end.error
        self.retry_at = self._clock.now() + seconds
        self._wake.clear()
        detail = end.error.title if end.error is not None else end.detail
        self._enter(
            StreamState.WAITING, detail, status=end.status, retry_in_ms=round(seconds * 1000)
        )
        await self._clock.wait(self._wake, seconds)
        self.retry_at = None

    def _fail(self, error: StreamError) -> None:
        self.error = error
        self._enter(StreamState.FAILED, str(error), status=error.status)

    def _enter(
        self,
        state: StreamState,
        detail: str = "",
        *,
        status: int | None = None,
        retry_in_ms: int | None = None,
        gap: Gap | None = None,
    ) -> int:
        """Change the state and write its row, after the gap that it ends.

        Returns:
            The number of the first row written.
        """
        self.state = state
        self.state_detail = detail
        row = StateChange(*UNNUMBERED, state, detail, status, self.attempt, retry_in_ms)
        rows: list[Note] = [row] if gap is None else [gap, row]
        first = self.log.extend(rows, self._clock.wall_ns())
        self._rows_arrived(first)
        return first

    def _rows_arrived(self, first: int) -> None:
        for handler in self._handlers:
            handler.rows_arrived()
        self._around.rows_arrived(self.log, first)
