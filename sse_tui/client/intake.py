"""From the bytes of one connection to the rows of its stream's log: the hot path."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from sse_tui.client.clock import Clock
from sse_tui.client.gaps import Resumption
from sse_tui.events.decoder import Decoded, Decoder
from sse_tui.events.event_run import DONE, GAP_TYPE, EventRun, one_by_one
from sse_tui.events.log import EventLog
from sse_tui.events.model import EventFrame, Note
from sse_tui.events.rates import Rates

if TYPE_CHECKING:
    from sse_tui.events.ndjson import NdjsonDecoder


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
        rows = self._decoder.feed_runs(chunk)
        if not rows:
            return False
        done = False
        if self._resumption.active or not _only_plain_events(rows):
            single = one_by_one(rows)
            if self._done and (end := _after_done(single)) is not None:
                done = True
                single = single[:end]
            self._keep(self._resumption.sift(single), now)
        else:
            self._keep(rows, now)
        return done

    def finish(self, now: float) -> None:
        """The connection has ended: an unfinished event becomes a row of its own."""
        self._keep(self._decoder.finish(), now)

    def _keep(self, rows: Sequence[Decoded], now: float) -> None:
        if not rows:
            return
        log = self._log
        before = log.events
        first = log.extend(rows, self._clock.wall_ns())
        self._rates.add(log.events - before, now)
        self._rows_arrived(first)


def _only_plain_events(rows: Sequence[Decoded]) -> bool:
    """Whether all are events, none of which says something about the stream itself."""
    for row in rows:
        if type(row) is tuple:
            if row[1] == DONE or row[0] == GAP_TYPE:
                return False
        elif type(row) is not EventRun:  # no event of a run does
            return False
    return True


def _after_done(rows: Sequence[EventFrame | Note]) -> int | None:
    """The index after the event whose whole data is `[DONE]`; None where there is none."""
    for index, row in enumerate(rows):
        if isinstance(row, tuple) and row[1] == DONE:
            return index + 1
    return None
