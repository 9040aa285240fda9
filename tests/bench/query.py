"""Times filters over a log of one million rows of 200 bytes: `python tests/bench/query.py`."""

from __future__ import annotations

import statistics
import time

from sse_tui.events.log import EventLog
from sse_tui.events.query import parse_query

ROWS = 1_000_000
ROUNDS = 5
# Filter and the seconds it may take; None: for information.
FILTERS: dict[str, float | None] = {
    "timeout": 0.3,
    "nowhere": 0.3,
    "Nowhere": 0.3,
    "level": None,
    "!level": None,
    "timeout payment": None,
    "/time.?out/": None,
    "event:order.*": None,
    "not kind:comment": None,
    "data.latency > 200 and error": 3.0,
    "data.latency > 200": None,
    "data.latency > 200 and level": None,
    "level in (warn, error)": None,
    "data.absent = 1": None,
}


def payload(number: int) -> str:
    level = ("info", "info", "warn", "error")[number % 4]
    message = "payment timeout" if number % 50 == 0 else "request served"
    text = (
        f'{{"level":"{level}","latency":{number % 400},"message":"{message}","user":"u{number}",'
        f'"path":"/api/v1/orders/{number}","region":"eu-west-1","pad":"'
    )
    return text + "x" * (198 - len(text)) + '"}'


def filled() -> EventLog:
    log = EventLog("bench", max_rows=ROWS, max_bytes=2**30)
    types = ("order.created", "order.paid", "message", "user.login")
    for start in range(0, ROWS, 1000):
        batch = [
            (types[n % 4], payload(n), f"1-{n}", True, None) for n in range(start, start + 1000)
        ]
        log.extend(batch, time.time_ns())
    return log


def main() -> None:
    log = filled()
    print(f"{ROWS:,} rows of {len(payload(0))} bytes, median of {ROUNDS} rounds")
    parse_query("load and (the or parser)")
    for text, limit in FILTERS.items():
        query = parse_query(text)
        spans = []
        found = 0
        for _ in range(ROUNDS):
            began = time.perf_counter()
            found = len(query.select(log, 1, ROWS))
            spans.append(time.perf_counter() - began)
        median = statistics.median(spans)
        verdict = (
            "" if limit is None else f"  limit {limit} s: {'ok' if median <= limit else 'OVER'}"
        )
        print(f"{text:34} {found:>9,} found {median:7.3f} s{verdict}")


if __name__ == "__main__":
    main()
