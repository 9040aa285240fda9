"""From the bytes of one connection to the rows of its stream's log: the hot path."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from sse_tui.client.clock import Clock
from sse_tui.client.gaps import GAP_TYPE, Resumption
from sse_tui.events.decoder import Decoder
from sse_tui.events.log import EventLog
from sse_tui.events.model import EventFrame, Note
from sse_tui.events.rates import Rates

if TYPE_CHECKING:
    from sse_tui.events.ndjson import NdjsonDecoder

DONE = "[DONE]"


class Intake:
    """Takes one connection's chunks; all work is per chunk, none per event.

    Args:
        rows_arrived: called with the number of the first new row, once per chunk that has any.
        done: whether an event whose whole data is `[DONE]` ends the stream.
    """

    __slots__ = (
        "_clock",
        "_decoder",
        "_done",
        "_log",
        "_rates",
        "_resumption",
        "_rows_arrived",
    )

    def __init__(
        self,
        decoder: Decoder | NdjsonDecoder,
        log: EventLog,
        rates: Rates,
        resumption: Resumption,
        *,
        clock: Clock,
        rows_arrived: Callable[[int], None],
        done: bool,
    ) -> None:
        self._decoder = decoder
        self._log = log
        self._rates = rates
        self._resumption = resumption
        self._clock = clock
        self._rows_arrived = rows_arrived
        self._done = done

    def take(self, chunk: bytes, now: float) -> bool:
        """Decode a chunk that arrived `now` (monotonic seconds) and keep its rows.

        Returns:
            True when the stream is done: nothing after that event is kept.
        """
        rows: Sequence[EventFrame | Note] = self._decoder.feed(chunk)
        if not rows:
            return False
        done = False
        if self._resumption.active or not _only_plain_events(rows):
            if self._done and (end := _after_done(rows)) is not None:
                done = True
                rows = rows[:end]
            rows = self._resumption.sift(rows)
        self._keep(rows, now)
        return done

    def finish(self, now: float) -> None:
        """The connection has ended: an unfinished event becomes a row of its own."""
        self._keep(self._decoder.finish(), now)

    def _keep(self, rows: Sequence[EventFrame | Note], now: float) -> None:
        if not rows:
            return
        log = self._log
        before = log.events
        first = log.extend(rows, self._clock.wall_ns())
        self._rates.add(log.events - before, now)
        self._rows_arrived(first)


def _only_plain_events(rows: Sequence[EventFrame | Note]) -> bool:
    """Whether all are events, none of which says something about the stream itself."""
    try:
        return DONE not in [row[1] for row in rows] and GAP_TYPE not in [row[0] for row in rows]  # type: ignore[index]
    except TypeError:  # only events can be indexed: asking each first would cost more
        return False


def _after_done(rows: Sequence[EventFrame | Note]) -> int | None:
    """The index after the event whose whole data is `[DONE]`; None where there is none."""
    for index, row in enumerate(rows):
        if isinstance(row, tuple) and row[1] == DONE:
            return index + 1
    return None
