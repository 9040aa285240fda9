"""Follows streams for `tail`: prints what arrives, and knows when to end and with which code."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING

from sse_tui.cli.output import Output, ReaderGoneError
from sse_tui.cli.report import FAILED, NOT_MET, OK
from sse_tui.cli.tail_print import Printer
from sse_tui.events.model import StreamState

if TYPE_CHECKING:
    from sse_tui.cli.tail_plan import TailPlan
    from sse_tui.client.service import EventService
    from sse_tui.client.subscription import Subscription


async def follow(service: EventService, plan: TailPlan, output: Output) -> int:
    """Subscribe, print until the end, and return the exit code.

    Raises:
        SseTuiError: a target that cannot be subscribed to.
    """
    printer = _printer(plan, output, service.subscriptions)
    reading = asyncio.ensure_future(_read(service, printer))
    watching = asyncio.ensure_future(output.closed())
    streams = [
        await service.subscribe(target, options=options) for target, options in plan.streams.items()
    ]
    ending = asyncio.ensure_future(_all_ended(streams))
    tasks = {reading, watching, ending}
    try:
        await _until_the_end(tasks, printer, plan)
        printer.print_all()
        printer.finish()
    except asyncio.CancelledError:
        printer.finish()
        raise
    except ReaderGoneError:
        return OK
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return _exit_code(streams, plan, printer)


def _printer(plan: TailPlan, output: Output, streams: Mapping[str, Subscription]) -> Printer:
    if not plan.text:
        return Printer(plan, output, streams)
    from sse_tui.cli.tail_text import TextPrinter

    return TextPrinter(plan, output, streams)


async def _read(service: EventService, printer: Printer) -> None:
    async for batch in service.batches():
        printer.print_new(batch.topic)
        if printer.met:
            return


async def _all_ended(streams: list[Subscription]) -> None:
    await asyncio.gather(*[stream.ended() for stream in streams])


async def _until_the_end(tasks: set[asyncio.Task[None]], printer: Printer, plan: TailPlan) -> None:
    """Return when a task is through (raising what it raised), or time has run out."""
    now = asyncio.get_running_loop().time
    end = now() + plan.timeout_s if plan.timeout_s is not None else None
    while True:
        times = [end] if end is not None else []
        if plan.exit_idle_s is not None:
            times.append(printer.last_event_at + plan.exit_idle_s)
        left = min(times) - now() if times else None
        if left is not None and left <= 0:
            return
        done, _ = await asyncio.wait(tasks, timeout=left, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
        if done:
            return


def _exit_code(streams: list[Subscription], plan: TailPlan, printer: Printer) -> int:
    if printer.failed or any(stream.state is StreamState.FAILED for stream in streams):
        return FAILED
    asked = plan.count is not None or plan.until is not None
    return NOT_MET if asked and not printer.met else OK
