"""Times the whole way from a socket to rows, against its peers: `python tests/bench/ingest.py`.

Each figure is the median of five rounds; in each round every client reads the same stream from the
same source (firehose.c, built with cc) in a process of its own, one after another. Time and CPU
count from the request on, without imports.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

HERE = Path(__file__).parent
STREAMS = 500
RATE = 10
SECONDS = 10

Figures: TypeAlias = dict[str, float]
"""What one client did in one round: `seconds`, `cpu`, `events`, and what else it knows."""

NODE = """
let Source = globalThis.EventSource;
try { Source = require("eventsource").EventSource } catch {}
const [url, events] = [process.argv[1], +process.argv[2]];
let seen = 0, began = process.hrtime.bigint(), before = process.cpuUsage();
const source = new Source(url);
const take = () => {
  if (++seen < events) return;
  const cpu = process.cpuUsage(before), seconds = Number(process.hrtime.bigint() - began) / 1e9;
  console.log(JSON.stringify({seconds, cpu: (cpu.user + cpu.system) / 1e6, events: seen}));
  process.exit(0);
};
for (const type of ["price", "order", "login", "error", "metric"])
  source.addEventListener(type, event => { if (event.data !== undefined) take() });
"""


async def read_with_sse_tui(url: str) -> Figures:
    """To the end of one stream, into its log."""
    from sse_tui.client import transport  # noqa: F401 - imported now, so that it is not timed
    from sse_tui.client.options import StreamOptions
    from sse_tui.client.service import EventService

    with timed() as figures:
        async with EventService() as service:
            stream = await service.subscribe(url, options=StreamOptions(reconnect=False))
            await stream.ended()
            figures["events"] = stream.log.events
    return figures


async def read_with_httpx_sse(url: str) -> Figures:
    """To the end of one stream, keeping nothing."""
    import httpx
    from httpx_sse import aconnect_sse

    events = 0
    with timed() as figures:
        async with (
            httpx.AsyncClient(timeout=None) as client,
            aconnect_sse(client, "GET", url) as source,
        ):
            async for _ in source.aiter_sse():
                events += 1
    figures["events"] = events
    return figures


async def many_with_sse_tui(url: str) -> Figures:
    """All streams for a while, into their logs."""
    from sse_tui.client import transport  # noqa: F401 - imported now, so that it is not timed
    from sse_tui.client.service import EventService

    with timed() as figures:
        async with EventService() as service:
            await (await service.subscribe(f"{url}&stream=first")).opened(10)
            before = resident_kib()
            streams = [await service.subscribe(f"{url}&stream={n}") for n in range(STREAMS)]
            for stream in streams:
                await stream.opened(30)
            kept = service.totals.bytes / 1024
            figures["kib_each"] = (resident_kib() - before - kept) / STREAMS
            await asyncio.wait([asyncio.ensure_future(streams[0].ended())], timeout=SECONDS)
            figures["events"] = service.totals.events
            figures["open"] = service.totals.open
    return figures


async def many_with_httpx_sse(url: str) -> Figures:
    """The same, keeping nothing."""
    import httpx
    from httpx_sse import aconnect_sse

    events = 0

    async def follow(client: httpx.AsyncClient) -> None:
        nonlocal events
        async with aconnect_sse(client, "GET", url) as source:
            async for _ in source.aiter_sse():
                events += 1

    with timed() as figures:
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(timeout=None, limits=limits) as client:
            tasks = [asyncio.create_task(follow(client)) for _ in range(STREAMS + 1)]
            await asyncio.wait(tasks, timeout=SECONDS)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
    figures["events"] = events
    return figures


CLIENTS = {
    "sse-tui": read_with_sse_tui,
    "httpx-sse": read_with_httpx_sse,
    "many-sse-tui": many_with_sse_tui,
    "many-httpx-sse": many_with_httpx_sse,
}


@contextmanager
def timed() -> Iterator[Figures]:
    """Wall time and CPU of what is done within."""
    figures: Figures = {}
    began, cpu = time.perf_counter(), time.process_time()
    yield figures
    figures["seconds"] = time.perf_counter() - began
    figures["cpu"] = time.process_time() - cpu


def resident_kib() -> float:
    """Memory of this process (Linux)."""
    status = Path("/proc/self/status").read_text("ascii")
    return float(status.partition("VmRSS:")[2].split()[0])


@contextmanager
def firehose() -> Iterator[str]:
    """Build the source and run it; its address without a query."""
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "firehose"
        build = ["cc", "-O2", "-pthread", str(HERE / "firehose.c"), "-o", str(program)]
        subprocess.run(build, check=True)
        with subprocess.Popen(
            [program], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}/"
            process.stdin.close()


def run_client(name: str, url: str, events: int) -> Figures:
    """One round of one client, in a process of its own."""
    command = [sys.executable, str(HERE / "ingest.py"), "--client", name, url]
    if name == "node":
        node = [str(shutil.which("node")), "--experimental-eventsource", "-e", NODE]
        command = [*node, url, str(events)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr}")
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def rounds(names: list[str], url: str, events: int, count: int) -> dict[str, Figures]:
    """The medians of each client's figures."""
    all_figures: dict[str, list[Figures]] = {name: [] for name in names}
    for _ in range(count):
        for name in names:
            all_figures[name].append(run_client(name, url, events))
    return {
        name: {key: statistics.median(each[key] for each in figures) for key in figures[0]}
        for name, figures in all_figures.items()
    }


def compare_speed(base: str, per_write: int, events: int, count: int) -> None:
    """One stream as fast as it can be read."""
    names = ["sse-tui", "httpx-sse", *(["node"] if shutil.which("node") else [])]
    medians = rounds(names, f"{base}?n={events}&k={per_write}", events, count)
    ours = medians["sse-tui"]
    print(f"\n{events:,} events, {per_write} per write")
    for name, its in medians.items():
        assert its["events"] == events, (name, its)
        print(
            f"  {name:10} {events / its['seconds']:>11,.0f} events/s"
            f"  {its['cpu'] / events * 1e6:6.2f} us CPU per event"
            f"   sse-tui is {its['seconds'] / ours['seconds']:5.2f}x as fast"
            f" at {ours['cpu'] / its['cpu']:5.2f}x the CPU"
        )


def compare_many(base: str, count: int) -> None:
    """Many slow streams at once."""
    medians = rounds(["many-sse-tui", "many-httpx-sse"], f"{base}?n=0&rate={RATE}", 0, count)
    print(f"\n{STREAMS} streams at {RATE} events/s for {SECONDS} s")
    for name, its in medians.items():
        print(f"  {name:15} {its['events']:>8,.0f} events  {its['cpu']:5.2f} s CPU")
    ours, theirs = medians.values()
    print(
        f"  open at the end: {ours['open']:.0f} of {STREAMS + 1};"
        f" {ours['kib_each']:.1f} KiB each besides the rows;"
        f" {ours['cpu'] / theirs['cpu']:.2f}x the CPU"
    )


def main() -> None:
    """Print all comparisons, or be one of the clients."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--client", nargs=2, metavar=("NAME", "URL"), help=argparse.SUPPRESS)
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    if given.client:
        name, url = given.client
        print(json.dumps(asyncio.run(CLIENTS[name](url))))
        return
    with firehose() as base:
        for per_write in (1, 50):
            compare_speed(base, per_write, given.events, given.rounds)
        compare_many(base, min(given.rounds, 3))


if __name__ == "__main__":
    main()
