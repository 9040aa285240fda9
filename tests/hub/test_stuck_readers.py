from __future__ import annotations

import asyncio
import json
from pathlib import Path

import httpx
from peers.hub_in_loop import running_hub
from peers.hub_process import ServedHub
from peers.stream_reader import StreamReader, field

from sse_tui.hub.app import HubOptions

BATCH = [json.dumps("x" * 1_000)] * 5_000
"""5 MB."""


def resident_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    (line,) = (x for x in status.splitlines() if x.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


async def test_stuck_readers_cost_no_memory(tmp_path: Path) -> None:
    async with (
        ServedHub(tmp_path) as hub,
        httpx.AsyncClient(base_url=hub.url, trust_env=False, timeout=30) as client,
        StreamReader(hub.url, "/events/t") as lively,
    ):

        async def publish() -> None:
            answer = await client.post(
                "/events/t",
                content="\n".join(BATCH).encode(),
                headers={"Content-Type": "application/x-ndjson"},
            )
            assert answer.status_code == 200

        await lively.block()
        await publish()
        await lively.blocks(len(BATCH))
        before = resident_mb(hub.pid)
        stuck = [StreamReader(hub.url, "/events/t", receive_buffer=4096) for _ in range(5)]
        for reader in stuck:
            await reader.__aenter__()
        for _ in range(12):
            await publish()
            await lively.blocks(len(BATCH))  # who reads is not held up
        # A queue for each of them would hold 5 x 60 MB now.
        assert resident_mb(hub.pid) - before < 40
        for reader in stuck:
            await reader.__aexit__(None, None, None)


async def test_a_stuck_reader_is_cut_off_and_can_resume(tmp_path: Path) -> None:
    async with running_hub(tmp_path, HubOptions(send_timeout_s=0.3)) as hub:
        stuck = StreamReader(hub.url, "/events/t", receive_buffer=4096)
        await stuck.__aenter__()
        async with StreamReader(hub.url, "/events/t") as lively:
            await lively.block()
            await hub.until_subscribers(2)
            for _ in range(3):
                await hub.post_many("t", BATCH)
                await lively.blocks(len(BATCH))
            await hub.until_subscribers(1)
            await hub.post("t", "1")
            assert field(await lively.block(), "data") == "1"
        seen: list[str] = []
        try:
            while True:
                seen.append(await stuck.block())
        except ConnectionError:
            last = field(seen[-1], "id") or ""
        await stuck.__aexit__(None, None, None)
        assert sum(map(len, seen)) < 500_000  # what the hub and the kernel held for it
        async with StreamReader(hub.url, "/events/t", {"Last-Event-ID": last}) as again:
            rest = await again.until(": live")
        assert len(seen) - 1 + len(rest) == 3 * len(BATCH) + 1
        assert not any(field(b, "event") for b in rest)


async def test_a_slow_reader_is_not_a_stuck_one(tmp_path: Path) -> None:
    async with (
        running_hub(tmp_path, HubOptions(send_timeout_s=0.5)) as hub,
        StreamReader(hub.url, "/events/t", receive_buffer=4096) as slow,
    ):
        await slow.block()
        await hub.post_many("t", BATCH)
        began = asyncio.get_running_loop().time()
        for _ in range(len(BATCH)):  # takes its time: a request between any two events
            await slow.block()
            if asyncio.get_running_loop().time() - began < 1.5:
                await hub.health()
        await hub.until_subscribers(1)
