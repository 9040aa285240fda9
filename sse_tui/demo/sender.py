"""Sends sample traffic to a server at the pace of its own clock."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sse_tui.demo.traffic import SampleEvent
from sse_tui.errors import SendError

if TYPE_CHECKING:
    from sse_tui.client.sending import SentEvent
    from sse_tui.client.service import EventService

_LOG = logging.getLogger(__name__)
_LATE_S = 1.0


async def send_sample(service: EventService, sample: SampleEvent) -> SentEvent:
    """Send one sample event.

    Raises:
        SendError: the server did not take it.
    """
    return await service.send_event(
        sample.topic, sample.data, event=sample.type, raw=isinstance(sample.data, str)
    )


async def send_traffic(service: EventService, events: Iterable[SampleEvent]) -> None:
    """Send events, each when its time has come.

    An event that the server does not take is logged and left out; after an outage the traffic goes
    on from there instead of catching up.
    """
    now = asyncio.get_running_loop().time
    start = now()
    for sample in events:
        due_in = start + sample.at_s - now()
        if due_in > 0:
            await asyncio.sleep(due_in)
        elif due_in < -_LATE_S:
            start -= due_in
        try:
            await send_sample(service, sample)
        except SendError as error:
            _LOG.info("sample event not taken: %s", error)
            await asyncio.sleep(_LATE_S)
