"""Memory and pauses of one million rows in one log: `python tests/bench/memory.py`."""

from __future__ import annotations

import gc
import subprocess
import sys
import time
from pathlib import Path

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


def fill(batch: int) -> None:
    gc.collect()
    empty = resident_mib()
    log = EventLog("bench", max_rows=ROWS, max_bytes=2**30)
    longest = spent = 0.0
    collected = gc.get_stats()[2]["collections"]
    for first in range(0, ROWS, batch):
        rows = frames(first, batch)
        began = time.perf_counter()
        log.extend(rows, time.time_ns())
        took = time.perf_counter() - began
        longest, spent = max(longest, took), spent + took
    began = time.perf_counter()
    gc.collect()
    collecting = time.perf_counter() - began
    used = resident_mib() - empty
    full = gc.get_stats()[2]["collections"] - collected - 1
    verdict = "ok" if used <= LIMIT_MIB and longest * 1000 <= LIMIT_MS else "OVER"
    print(
        f"{batch:5} at once: {used:5.0f} MiB, {spent / ROWS * 1e6:.2f} us per row, longest append "
        f"{longest * 1000:.1f} ms, {full} full collections (one takes {collecting * 1000:.0f} ms)"
        f"  limits {LIMIT_MIB} MiB, {LIMIT_MS} ms: {verdict}"
    )


def main() -> None:
    if len(sys.argv) > 1:
        fill(int(sys.argv[1]))
        return
    print(f"{ROWS:,} rows with {DATA} bytes of data in one log, over the process before it")
    for batch in (1, 50, 1000):
        subprocess.run([sys.executable, __file__, str(batch)], check=True)


if __name__ == "__main__":
    main()
