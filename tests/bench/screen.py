"""How many arrivals a second a log widget holds before the event loop stalls.

    python -m tests.bench.screen [--seconds 4] [--size 120x40]

Each widget runs in an app that draws for real, into a driver that throws the bytes away. Events
arrive 20 times a second; beside them a probe measures by how much the event loop wakes it late.
The peers are Textual's `RichLog` (coloured like ours) and `Log` (plain text).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections.abc import Callable, Iterator, Sequence

from rich.text import Text
from textual.app import ComposeResult
from textual.drivers.headless_driver import HeadlessDriver
from textual.widget import Widget
from textual.widgets import Log, RichLog

from sse_tui.events.log import EventLog
from sse_tui.events.model import Batch, EventFrame
from sse_tui.events.view import RowView
from sse_tui.tui.themes import ThemedApp
from sse_tui.tui.widgets.log_view import EventLogView

TICKS_PER_SECOND = 20
PROBE_S = 0.005
TOLERABLE_MS = 50.0
KEPT = 100_000
RATES = (100, 1_000, 10_000, 30_000, 100_000, 200_000, 400_000)


class SinkDriver(HeadlessDriver):
    """A terminal that is written to, and shows nothing."""

    written = 0

    @property
    def is_headless(self) -> bool:
        """Draw for real."""
        return False

    def write(self, data: str) -> None:
        """Count what a terminal would have got."""
        SinkDriver.written += len(data)


Feed = Callable[[Sequence[EventFrame]], None]


def feed_view(widget: EventLogView) -> Feed:
    """Our own widget, over a real log and view."""
    log = EventLog("bench", max_rows=KEPT)
    view = RowView({"bench": log}, ("bench",))
    widget.show(view)

    def feed(frames: Sequence[EventFrame]) -> None:
        first = log.extend(frames, time.time_ns())
        view.add(Batch("bench", first, len(frames)))
        widget.rows_arrived()

    return feed


def feed_rich_log(widget: RichLog) -> Feed:
    """A coloured line for each event."""

    def feed(frames: Sequence[EventFrame]) -> None:
        for frame in frames:
            widget.write(Text.assemble((frame[0], "bold cyan"), "  ", frame[1]))

    return feed


def feed_log(widget: Log) -> Feed:
    """A plain line for each event."""

    def feed(frames: Sequence[EventFrame]) -> None:
        widget.write_lines([f"{frame[0]}  {frame[1]}" for frame in frames])

    return feed


class BenchApp(ThemedApp):
    """One widget on the whole screen, fed at a given rate."""

    def __init__(self, widget: Widget, rate: int, seconds: float) -> None:
        super().__init__()
        self.driver_class = SinkDriver
        self.widget = widget
        self.rate = rate
        self.seconds = seconds
        self.late: list[float] = []
        self.arrived = 0
        self.took = 1.0

    def compose(self) -> ComposeResult:
        """The widget."""
        yield self.widget

    def on_ready(self) -> None:
        """Begin when the first frame is there."""
        self.run_worker(self._measure())

    async def _measure(self) -> None:
        feed = self._feed()
        probe = asyncio.create_task(self._probe())
        events = frames()
        per_tick = max(1, self.rate // TICKS_PER_SECOND)
        pause = per_tick / self.rate
        start = due = time.perf_counter()
        while (now := time.perf_counter()) - start < self.seconds:
            feed([next(events) for _ in range(per_tick)])
            self.arrived += per_tick
            due = max(due + pause, now)
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
        self.took = time.perf_counter() - start
        probe.cancel()
        self.exit()

    def _feed(self) -> Feed:
        match self.widget:
            case EventLogView():
                return feed_view(self.widget)
            case RichLog():
                return feed_rich_log(self.widget)
            case Log():
                return feed_log(self.widget)
        raise TypeError(self.widget)

    async def _probe(self) -> None:
        while True:
            asleep = time.perf_counter()
            await asyncio.sleep(PROBE_S)
            self.late.append((time.perf_counter() - asleep - PROBE_S) * 1000)


def frames() -> Iterator[EventFrame]:
    """Events like those of a busy service, without end, made ahead of the measurement."""
    kinds = ("login", "logout", "update", "startup")
    ready: list[EventFrame] = []
    for number in range(5000):
        data = {"user_id": f"user{number}", "action": "logged_in", "latency": number % 300}
        text = json.dumps(data, separators=(",", ":"))
        ready.append((kinds[number % 4], text, f"7f3c-{number}", True, None))
    while True:
        yield from ready


WIDGETS: dict[str, Callable[[], Widget]] = {
    "EventLogView": EventLogView,
    "Log": lambda: Log(max_lines=KEPT),
    "RichLog": lambda: RichLog(max_lines=KEPT),
}


def measure(name: str, rate: int, seconds: float, size: tuple[int, int]) -> bool:
    """Whether the event loop stays alive at `rate`, and the events do arrive at it."""
    SinkDriver.written = 0
    app = BenchApp(WIDGETS[name](), rate, seconds)
    app.run(size=size)
    late = sorted(app.late) or [float("inf")]
    p99 = late[min(len(late) - 1, int(len(late) * 0.99))]
    reached, drawn = app.arrived / app.took, SinkDriver.written / app.took / 1024
    print(
        f"  {name:<14}{rate:>9,}/s  reached {reached:>9,.0f}/s  drawn {drawn:6,.0f} KiB/s"
        f"  lag p50 {late[len(late) // 2]:6.1f}  p99 {p99:7.1f}  max {late[-1]:7.1f} ms"
    )
    return p99 < TOLERABLE_MS and reached > 0.9 * rate


def main() -> None:
    """Raise the rate for each widget until its lag is intolerable."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--size", default="120x40")
    options = parser.parse_args()
    width, height = map(int, options.size.split("x"))
    held = dict.fromkeys(WIDGETS, 0)
    for name in WIDGETS:
        for rate in RATES:
            if not measure(name, rate, options.seconds, (width, height)):
                break
            held[name] = rate
    ours = held["EventLogView"]
    for name, rate in held.items():
        ratio = f"{ours / rate:.0f} times ours" if rate else "less than the lowest rate tried"
        print(f"{name:<14} holds {rate:>9,}/s at p99 < {TOLERABLE_MS:.0f} ms   {ratio}")


if __name__ == "__main__":
    main()
