"""Times decoding, decoding into a log, and looking at it there: `python tests/bench/decode.py`.

The peer is httpx-sse, which decodes and keeps nothing.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence

import httpx
from httpx_sse import EventSource

from sse_tui.events.decoder import Decoder
from sse_tui.events.log import EventLog

EVENTS = 100_000
ROUNDS = 5
_JSON = '{"type":"login","user_id":"user123","action":"logged_in","latency":123.4,"n":%d}'
SHAPES: dict[str, Callable[[int], bytes]] = {
    "id, event, data": lambda n: f"id: 1-{n}\nevent: login\ndata: {_JSON % n}\n\n".encode(),
    "data": lambda n: f"data: {_JSON % n}\n\n".encode(),
    "two data lines": lambda n: f"data: {_JSON % n}\ndata: x\n\n".encode(),
    "CRLF": lambda n: f"id: 1-{n}\r\ndata: {_JSON % n}\r\n\r\n".encode(),
}


def in_chunks(shape: Callable[[int], bytes], per_chunk: int) -> list[bytes]:
    """The stream in chunks of so many events; 0: cut every 64 KiB."""
    events = [shape(number) for number in range(EVENTS)]
    if per_chunk:
        return [b"".join(events[at : at + per_chunk]) for at in range(0, EVENTS, per_chunk)]
    stream = b"".join(events)
    return [stream[at : at + 65536] for at in range(0, len(stream), 65536)]


def decode(chunks: Sequence[bytes]) -> int:
    decoder = Decoder()
    return sum(len(decoder.feed(chunk)) for chunk in chunks)


def decode_into_log(chunks: Sequence[bytes]) -> int:
    decoder, log = Decoder(), EventLog("bench")
    for chunk in chunks:
        log.extend(decoder.feed_runs(chunk), time.time_ns())
    return log.events


def decode_and_look(chunks: Sequence[bytes]) -> int:
    """Every row is taken apart and encoded, as when a filter or an export looks at it."""
    decoder, log = Decoder(), EventLog("bench")
    for chunk in chunks:
        first = log.extend(decoder.feed_runs(chunk), time.time_ns())
        for _ in log.segments(first, EVENTS):
            pass
    return log.events


def decode_with_httpx_sse(chunks: Sequence[bytes]) -> int:
    headers = {"Content-Type": "text/event-stream"}
    response = httpx.Response(200, headers=headers, content=iter(chunks))
    return sum(1 for _ in EventSource(response).iter_sse())


def measure(way: Callable[[Sequence[bytes]], int], chunks: Sequence[bytes]) -> float:
    """Microseconds of CPU per event."""
    began = time.process_time()
    assert way(chunks) == EVENTS
    return (time.process_time() - began) / EVENTS * 1e6


def main() -> None:
    ways = {
        "decoder": decode,
        "decoder + log": decode_into_log,
        "and looked at": decode_and_look,
        "httpx-sse": decode_with_httpx_sse,
    }
    print(f"CPU us per event, median of {ROUNDS} rounds, and how many times httpx-sse that is")
    print(f"{'shape':16} {'per chunk':>9} " + " ".join(f"{name:>20}" for name in ways))
    for name, shape in SHAPES.items():
        for per_chunk in (1, 50, 0):
            chunks = in_chunks(shape, per_chunk)
            rounds = [[measure(way, chunks) for way in ways.values()] for _ in range(ROUNDS)]
            medians = [statistics.median(column) for column in zip(*rounds, strict=True)]
            cells = [f"{median:9.2f} ({medians[-1] / median:6.1f} x)" for median in medians]
            print(f"{name:16} {per_chunk or '64 KiB':>9} " + " ".join(f"{c:>20}" for c in cells))


if __name__ == "__main__":
    main()
