"""Times `sse-tui tail`, process start included, against its peers: `python tests/bench/tail.py`.

Each figure is the median of five rounds. In each round `sse-tui tail --raw` and a pipe of curl, sed
and jq print the same stream from the same source (see ingest.py) into a pipe that is read to its
end; then the time to the first printed event is compared with that of importing the libraries that
any such client loads.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.ingest import firehose

TAIL = (sys.executable, "-m", "sse_tui", "tail", "--raw", "--no-reconnect")
IMPORTS = (sys.executable, "-c", "import httpx_aiohttp, httpx_sse, click")
PEER = "curl -sN '{}' | sed -n 's/^data: //p' | jq -c ."
PEER_PROGRAMS = ("curl", "sed", "jq")
BYTES_AT_ONCE = 2**20


def seconds_to_print(command: tuple[str, ...], events: int) -> float:
    """From the start of the program to its end; it must print one line per event."""
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        lines = 0
        while part := os.read(process.stdout.fileno(), BYTES_AT_ONCE):
            lines += part.count(b"\n")
    seconds = time.perf_counter() - began
    if lines != events:
        raise SystemExit(f"{command[0]} printed {lines} lines of {events}")
    return seconds


def seconds_to_first_line(url: str) -> float:
    """From the start of `tail` to the first byte that it prints."""
    began = time.perf_counter()
    with subprocess.Popen([*TAIL, url], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        os.read(process.stdout.fileno(), 1)
        seconds = time.perf_counter() - began
        process.terminate()
    return seconds


def seconds_to_import() -> float:
    """The least that a client over these libraries needs before it can do anything."""
    began = time.perf_counter()
    subprocess.run(IMPORTS, check=True)
    return time.perf_counter() - began


def medians(ways: dict[str, Callable[[], float]], count: int) -> dict[str, float]:
    """Seconds of each way, measured in turns after one round that does not count."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for round_ in range(count + 1):
        for name, way in ways.items():
            seconds = way()
            if round_:
                taken[name].append(seconds)
    return {name: statistics.median(each) for name, each in taken.items()}


def compare_printing(base: str, per_write: int, events: int, count: int) -> None:
    """One stream, printed as fast as it can be."""
    url = f"{base}?n={events}&k={per_write}"
    ways = {"sse-tui tail --raw": lambda: seconds_to_print((*TAIL, url), events)}
    missing = [name for name in PEER_PROGRAMS if shutil.which(name) is None]
    if not missing:
        peer = ("sh", "-c", PEER.format(url))
        ways["curl | sed | jq"] = lambda: seconds_to_print(peer, events)
    print(f"\n{events:,} events, {per_write} per write, process start included")
    taken = medians(ways, count)
    ours = taken["sse-tui tail --raw"]
    for name, seconds in taken.items():
        rate = f"{events / seconds:>11,.0f} events/s"
        print(f"  {name:18} {rate}   sse-tui is {seconds / ours:5.2f}x as fast")
    if missing:
        print(f"  no peer: {', '.join(missing)} is not installed")


def compare_beginning(base: str, count: int) -> None:
    """The time until something is printed."""
    ways = {
        "first printed event": lambda: seconds_to_first_line(f"{base}?n=0&k=1&rate=1000"),
        "imports alone": seconds_to_import,
    }
    taken = medians(ways, count)
    first, imports = taken.values()
    print("\nProcess start to first printed event")
    for name, seconds in taken.items():
        print(f"  {name:20} {seconds * 1e3:6.0f} ms")
    print(f"  {first / imports:.2f}x the imports `{IMPORTS[-1]}`")


def main() -> None:
    """Print all comparisons."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with firehose() as base:
        compare_beginning(base, 2 * given.rounds + 1)
        for per_write in (1, 50):
            compare_printing(base, per_write, given.events, given.rounds)


if __name__ == "__main__":
    main()
