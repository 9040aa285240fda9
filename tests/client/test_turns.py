from __future__ import annotations

import asyncio

from sse_tui.client.turns import AT_ONCE, SPACING_S, Turns

from .warp import Warp


async def some_turns_of_the_loop() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_connections_begin_a_few_at_a_time_in_order() -> None:
    warp, turns = Warp(), Turns()
    began: list[int] = []

    async def begin(number: int) -> None:
        await turns.wait()
        began.append(number)

    async with asyncio.TaskGroup() as group:
        for number in range(AT_ONCE * 2 + 1):
            group.create_task(begin(number))
        for count in (AT_ONCE, AT_ONCE * 2, AT_ONCE * 2 + 1):
            await some_turns_of_the_loop()
            assert began == list(range(count))
            warp.forward(SPACING_S * 1.1)
