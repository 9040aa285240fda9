"""One connection of a stream, from the request to the end of its body."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sse_tui.client.backoff import Backoff
from sse_tui.client.clock import Clock
from sse_tui.client.dialects.dialect import Dialect, Watch
from sse_tui.client.gaps import Resumption
from sse_tui.client.intake import Intake
from sse_tui.client.options import StreamOptions
from sse_tui.client.policy import End, EndKind, content_type, refusal
from sse_tui.client.reasons import CertificateError, HeaderCommandError, ProxyRefusedError
from sse_tui.client.request import HttpRequest
from sse_tui.client.signal import Signal
from sse_tui.errors import (
    ContentTypeError,
    SseTuiError,
    StatusError,
    StreamEndedError,
    StreamError,
)
from sse_tui.events.decoder import Decoder
from sse_tui.events.log import EventLog
from sse_tui.events.model import UNNUMBERED, Certainty, Gap
from sse_tui.events.rates import Rates

if TYPE_CHECKING:
    # httpx and aiohttp take 100 ms to import: not before the first frame.
    from sse_tui.client.transport import HttpStream, Transport
    from sse_tui.events.ndjson import NdjsonDecoder


@dataclass(frozen=True, slots=True)
class StreamPlan:
    """How a stream is asked for, fixed when it is subscribed to."""

    target: str
    request: HttpRequest
    dialect: Dialect
    options: StreamOptions


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a stream needs of the service that it belongs to.

    Attributes:
        transport: gives the transport, built at its first use.
        rows_arrived: told of new rows: (log, number of the first).
        clock: the time to go by.
        backoff: makes the delays of one stream.
    """

    transport: Callable[[], Awaitable[Transport]]
    rows_arrived: Callable[[EventLog, int], None]
    clock: Clock
    backoff: Callable[[], Backoff] = Backoff


@dataclass(slots=True)
class Progress:
    """How far a stream has come, over all its connections.

    Attributes:
        last_event_id: sent with the next request.
        first_number: the first row of this subscription; the log may hold older ones.
        last_byte_at: when the last byte came, monotonic seconds.
        lost_at: when the last open connection ended, monotonic seconds; None before.
        replay_done: the server has said that its replay is over.
        duplicates: events dropped because they came a second time.
        lost: events that the server said are gone.
        history_gone: the next connection begins anew: what came in between is lost.
    """

    last_event_id: str
    first_number: int
    last_byte_at: float | None = None
    lost_at: float | None = None
    replay_done: Signal = field(default_factory=Signal)
    duplicates: int = 0
    lost: int = 0
    history_gone: bool = False

    def forget_place(self, log: EventLog, now: float) -> None:
        """The server knows no more of the place in the stream: rows so far give none."""
        self.last_event_id = ""
        self.first_number = log.next_number
        self.history_gone = True
        if self.lost_at is None:
            self.lost_at = now


class Connection:
    """Connects once and keeps what arrives.

    Args:
        opened: called when the server has answered with a stream, with the HTTP status and the gap
            that this connection ends (None on a first one); returns the gap row's number.
        rows_arrived: called with the number of the first new row, once per chunk that has any.

    Attributes:
        retry_ms: the last `retry` of this connection, as received.
        open_s: how long it was open, in seconds.
    """

    __slots__ = (
        "_around",
        "_clock",
        "_gap",
        "_log",
        "_opened",
        "_plan",
        "_progress",
        "_rates",
        "_rows_arrived",
        "_scope",
        "open_s",
        "retry_ms",
    )

    def __init__(
        self,
        plan: StreamPlan,
        around: Surroundings,
        log: EventLog,
        rates: Rates,
        progress: Progress,
        *,
        opened: Callable[[int, Gap | None], int],
        rows_arrived: Callable[[int], None],
    ) -> None:
        self.retry_ms: int | None = None
        self.open_s = 0.0
        self._plan = plan
        self._around = around
        self._clock = around.clock
        self._log = log
        self._rates = rates
        self._progress = progress
        self._opened = opened
        self._rows_arrived = rows_arrived
        self._scope: asyncio.Timeout | None = None
        self._gap: Gap | None = None  # as written, while its loss is not known

    def interrupt(self) -> None:
        """End it now, for a new one to be made."""
        if self._scope is not None and not self._scope.expired():
            self._scope.reschedule(asyncio.get_running_loop().time())

    async def run(self) -> End:
        """From the request to the end; what happened is in the return value, never raised."""
        plan = self._plan
        request, sent_id = plan.dialect.resume(plan.request, self._position())
        try:
            transport = await self._around.transport()
            async with asyncio.timeout(None) as self._scope:
                idle_timeout = plan.options.idle_timeout
                async with await transport.open(request, idle_timeout=idle_timeout) as stream:
                    return await self._receive(stream, sent_id)
        except TimeoutError:
            return End(EndKind.RESTARTED, detail="connecting anew")
        except (CertificateError, ProxyRefusedError, StatusError, ContentTypeError) as error:
            return End(EndKind.REFUSED, error, status=error.status)
        except HeaderCommandError as error:
            # At first it is a mistake to be told at once; later, what it asks may be away.
            first = self._progress.lost_at is None
            return End(EndKind.REFUSED if first else EndKind.BROKEN, error)
        except StreamError as error:
            return End(EndKind.BROKEN, error)
        except SseTuiError as error:
            return End(EndKind.REFUSED, StreamError(error.title, error.detail, error.hint))
        finally:
            self._scope = None

    async def _receive(self, stream: HttpStream, sent_id: str | None) -> End:
        options, dialect = self._plan.options, self._plan.dialect
        refused = await refusal(
            stream,
            strict=options.strict,
            now=datetime.now(UTC),
            content_types=dialect.content_types,
        )
        if refused is not None:
            return self._ended(dialect.refused(refused))
        opened_at = self._clock.now()
        resumption = self._resume(stream, sent_id, opened_at)
        decoder = dialect.decoder(
            content_type(stream.headers), options, self._progress.last_event_id
        )
        intake = Intake(
            decoder,
            self._log,
            self._rates,
            resumption,
            clock=self._clock,
            rows_arrived=self._rows_arrived,
            done=options.done,
        )
        watch = dialect.watch()
        try:
            end = await self._read(stream, decoder, intake, resumption, watch)
        finally:
            self._progress.lost_at = self._clock.now()
            last = self._log.next_number
            intake.finish(self._progress.lost_at)
            self.open_s = self._progress.lost_at - opened_at
            self.retry_ms = decoder.retry_ms
            self._progress.duplicates += resumption.duplicates
            self._progress.lost += resumption.lost
        if watch is not None:
            end = self._seen(watch, last) or watch.at_end(end)
        return self._ended(end)

    def _seen(self, watch: Watch, first: int) -> End | None:
        """The end that the rows from `first` on tell of, if they do."""
        return watch.take(self._log.read(first, self._log.next_number - first))

    def _complete_gap(self) -> None:
        """What has come proves that the server went on where it was asked to."""
        gap, self._gap = self._gap, None
        if gap is not None:
            row = replace(gap, lost=0, certainty=Certainty.NONE_LOST)
            self._rows_arrived(self._log.extend([row], self._clock.wall_ns()))

    def _ended(self, end: End) -> End:
        if end.history_gone:
            self._progress.forget_place(self._log, self._clock.now())
        return end

    async def _read(
        self,
        stream: HttpStream,
        decoder: Decoder | NdjsonDecoder,
        intake: Intake,
        resumption: Resumption,
        watch: Watch | None,
    ) -> End:
        progress = self._progress
        try:
            while chunk := await stream.read():
                progress.last_byte_at = now = self._clock.now()
                first = self._log.next_number
                done = intake.take(chunk, now)
                progress.last_event_id = decoder.last_event_id
                if resumption.live:
                    progress.replay_done.set()
                if watch is not None and (end := self._seen(watch, first)) is not None:
                    return end
                if watch is not None and watch.resumed:
                    self._complete_gap()
                if done:
                    return End(EndKind.OVER, detail="the server sent [DONE]", status=stream.status)
        except StreamEndedError as error:
            return End(EndKind.BROKEN, error, status=stream.status)
        return End(EndKind.CLEAN, detail="the server ended the stream", status=stream.status)

    def _position(self) -> str:
        progress = self._progress
        return self._plan.dialect.position(self._log, progress.first_number, progress.last_event_id)

    def _resume(self, stream: HttpStream, sent_id: str | None, now: float) -> Resumption:
        """Say that the stream is open; a reconnect writes down the gap before it."""
        gap = None
        if self._progress.lost_at is not None:
            gap = Gap(*UNNUMBERED, round(now - self._progress.lost_at, 3), sent_id)
            if self._progress.history_gone:
                self._progress.history_gone = False
                gap = replace(gap, certainty=Certainty.LOST)
            elif sent_id and self._plan.dialect.lost_nothing(stream.headers, sent_id):
                gap = replace(gap, lost=0, certainty=Certainty.NONE_LOST)
        self._progress.last_byte_at = now
        number = self._opened(stream.status, gap)
        if gap is not None and sent_id and gap.certainty is Certainty.UNKNOWN:
            self._gap = replace(gap, completes=number)
        return Resumption(
            self._log,
            gap,
            number if gap is not None else None,
            marks_live=self._plan.dialect.marks_live or _is_hub(stream.headers),
        )


def _is_hub(headers: Mapping[str, str]) -> bool:
    """Whether a plain URL turns out to be the hub's."""
    return headers.get("server", "").startswith("sse-tui")
