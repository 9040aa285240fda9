"""The service on the real hub: what a killed and restarted hub still holds is never lost."""

from __future__ import annotations

from pathlib import Path

from peers.clocks import StoppedClock
from peers.hub_process import ServedHub

from sse_tui.client.service import EventService
from sse_tui.events.model import Certainty, Event, Gap

from .rows import of_kind, until


async def test_nothing_is_lost_over_kill_9(tmp_path: Path) -> None:
    clock = StoppedClock()
    async with ServedHub(tmp_path) as hub, EventService(hub.url, clock=clock) as service:
        busy = await service.subscribe("busy")
        quiet = await service.subscribe("quiet")  # has had no event when the hub dies
        for stream in (busy, quiet):
            await until(service, stream.replay_done.is_set)
        await service.send_event("busy", 1)
        await until(service, lambda: busy.log.events == 1)
        await hub.kill()
        await until(service, lambda: None not in (busy.retry_at, quiet.retry_at))
        await hub.start()
        async with EventService(hub.url) as sender:
            for number in (2, 3):
                await sender.send_event("busy", number)
                await sender.send_event("quiet", number)
        for stream, events in ((busy, 3), (quiet, 2)):
            stream.reconnect()
            await until(service, lambda log=stream.log, n=events: log.events == n)  # type: ignore[misc]
            await service.send_event(stream.target, 4)
            await until(service, lambda log=stream.log, n=events: log.events == n + 1)  # type: ignore[misc]
    assert [event.json() for event in of_kind(busy, Event)] == [1, 2, 3, 4]
    assert [event.json() for event in of_kind(quiet, Event)] == [2, 3, 4]
    for stream in (busy, quiet):
        first, completed = of_kind(stream, Gap)
        assert completed.completes == first.number
        assert (completed.replayed, completed.lost) == (2, 0)
        assert completed.certainty is Certainty.NONE_LOST
