"""Runs an async command so that SIGINT, SIGTERM and SIGHUP end it cleanly, once."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run_async(command: Coroutine[Any, Any, int]) -> int:
    """Run `command` to its end.

    A signal cancels it, so that its `finally` blocks run; a signal that was ignored from outside
    (nohup, a shell's background job) stays ignored.

    Returns:
        Its exit code; 128 + the signal's number where a signal ended it.
    """
    with asyncio.Runner() as runner:
        return runner.run(_cancelled_by_signals(command))


async def _cancelled_by_signals(command: Coroutine[Any, Any, int]) -> int:
    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(command)
    received: list[int] = []

    def stop(number: int) -> None:
        received.append(number)
        task.cancel()

    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            loop.add_signal_handler(number, stop, number)
    try:
        return await task
    except asyncio.CancelledError:
        if not received:
            raise
        return 128 + received[0]
