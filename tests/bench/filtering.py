"""How long a keystroke in the filter bar holds the screen up, over large logs.

    python tests/bench/filtering.py

One log of 100,000 rows, then four of them merged: a filter is typed key by key, and between the
keys the longest time is measured in which nothing else could happen; then the time until all rows
are looked through.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.pilot import Pilot
from textual.widgets import Input

from sse_tui.events.log import EventLog
from sse_tui.events.model import EventFrame
from sse_tui.tui.screens.log_pane import LogPane
from sse_tui.tui.themes import ThemedApp
from sse_tui.tui.widgets.log_canvas import now_utc

if TYPE_CHECKING:
    from sse_tui.client.service import EventService

ROWS = 100_000
PROBE_S = 0.001
TYPED = "data.latency > 200"
TOPICS = ("user_events", "system_events", "data_events", "orders")


@dataclass
class Kept:
    """What the pane asks a service for: rows that are there already."""

    logs: dict[str, EventLog]
    subscriptions: dict[str, object] = field(default_factory=dict)


class PaneApp(ThemedApp):
    """The middle of the main screen, alone."""

    def __init__(self, logs: dict[str, EventLog]) -> None:
        super().__init__()
        self.pane = LogPane(cast("EventService", Kept(logs)), lambda topic: {}, now_utc)

    def compose(self) -> ComposeResult:
        """The pane."""
        yield self.pane

    def on_mount(self) -> None:
        """Tick as the main screen does."""
        self.set_interval(1 / 20, self.pane.tick)


def filled(topics: Sequence[str], rows: int) -> dict[str, EventLog]:
    """Logs whose rows came by turns."""
    logs = {topic: EventLog(topic, max_rows=rows) for topic in topics}
    frames: list[EventFrame] = [
        ("login", json.dumps({"user": f"user{n}", "latency": n % 300}), f"7f3c-{n}", True, None)
        for n in range(1000)
    ]
    for part in range(0, rows, 10):
        for at, log in enumerate(logs.values()):
            start = part % 1000
            log.extend(frames[start : start + 10], (part * len(logs) + at) * 10_000_000)
    return logs


async def probe(late: list[float]) -> None:
    """Note by how much, in ms, the event loop is late."""
    while True:
        asleep = time.perf_counter()
        await asyncio.sleep(PROBE_S)
        late.append((time.perf_counter() - asleep - PROBE_S) * 1000)


async def measure(topics: Sequence[str]) -> None:
    """Type the filter, and print what it cost."""
    app = PaneApp(filled(topics, ROWS))
    late: list[float] = []
    async with app.run_test(size=(120, 40)) as pilot:
        app.pane.open(topics[0] if len(topics) == 1 else None)
        app.pane.filter_bar.open()
        await pilot.pause()
        task = asyncio.create_task(probe(late))
        worst = [await keystroke(pilot, app, TYPED[: end + 1], late) for end in range(len(TYPED))]
        began, start = time.perf_counter(), len(late)
        view = app.pane.views.view(app.pane.views.active)
        while view.searching:  # noqa: ASYNC110 - the probe beside it must not be held up
            await asyncio.sleep(PROBE_S)
        took = time.perf_counter() - began
        task.cancel()
        after = max(late[start:], default=0.0)
    print(
        f"{len(topics)} x {ROWS:,} rows  keystroke: longest {max(worst):6.1f} ms, the filter's last"
        f" {worst[-1]:6.1f} ms  then {took:5.2f} s more, longest {after:6.1f} ms"
        f"  {len(view):,} of {view.total:,}"
    )


async def keystroke(pilot: Pilot[None], app: PaneApp, text: str, late: list[float]) -> float:
    """One key more in the bar: the longest delay until it has been dealt with."""
    start = len(late)
    app.pane.filter_bar.query_one(Input).value = text
    await pilot.pause()
    await asyncio.sleep(0.15)
    return max(late[start:], default=0.0)


def main() -> None:
    """One topic, then all of four."""
    for count in (1, len(TOPICS)):
        asyncio.run(measure(TOPICS[:count]))


if __name__ == "__main__":
    main()
