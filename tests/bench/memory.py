"""Memory and pauses of one million rows in one log: `python tests/bench/memory.py`."""

from __future__ import annotations

import gc
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from sse_tui.events.decoder import Decoded, Decoder
from sse_tui.events.log import EventLog
from sse_tui.events.model import EventFrame

ROWS = 1_000_000
DATA = 150
LIMIT_MIB = 230
LIMIT_MS = 20


def resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20


def frames(first: int, count: int) -> list[EventFrame]:
    return [
        ("login", f'{{"n":{n},"pad":"'.ljust(DATA - 2, "x") + '"}', f"1-{n}", True, None)
        for n in range(first, first + count)
    ]


def wire(first: int, count: int) -> list[Decoded]:
    """The same rows as one chunk of an event stream."""
    blocks = [f"id: {r[2]}\nevent: {r[0]}\ndata: {r[1]}\n\n" for r in frames(first, count)]
    return Decoder().feed_runs("".join(blocks).encode())


def fill(batch: int, make: Callable[[int, int], Sequence[Decoded]], *, look: bool) -> None:
    gc.collect()
    empty = resident_mib()
    log = EventLog("bench", max_rows=ROWS, max_bytes=2**30)
    longest = spent = 0.0
    collected = gc.get_stats()[2]["collections"]
    for first in range(0, ROWS, batch):
        rows = make(first, min(batch, ROWS - first))
        began = time.perf_counter()
        log.extend(rows, time.time_ns())
        took = time.perf_counter() - began
        longest, spent = max(longest, took), spent + took
    assert len(log) == ROWS
    if look:
        for _ in log.segments(1, ROWS):
            pass
    began = time.perf_counter()
    gc.collect()
    collecting = time.perf_counter() - began
    used = resident_mib() - empty
    full = gc.get_stats()[2]["collections"] - collected - 1
    looked_at = ", all looked at" if look else ""
    verdict = "ok" if used <= LIMIT_MIB and longest * 1000 <= LIMIT_MS else "OVER"
    print(
        f"{batch:5} {make.__name__} at once{looked_at}: {used:5.0f} MiB, "
        f"{spent / ROWS * 1e6:.2f} us per row, longest append "
        f"{longest * 1000:.1f} ms, {full} full collections (one takes {collecting * 1000:.0f} ms)"
        f"  limits {LIMIT_MIB} MiB, {LIMIT_MS} ms: {verdict}"
    )


def main() -> None:
    if len(sys.argv) > 1:
        batch, make, look = sys.argv[1:]
        fill(int(batch), wire if make == "wire" else frames, look=look == "look")
        return
    print(f"{ROWS:,} rows with {DATA} bytes of data in one log, over the process before it")
    for case in (
        "1 frames -",
        "50 frames -",
        "1000 frames -",
        "50 wire look",
        "340 wire -",
        "340 wire look",
    ):
        subprocess.run([sys.executable, __file__, *case.split()], check=True)


if __name__ == "__main__":
    main()
