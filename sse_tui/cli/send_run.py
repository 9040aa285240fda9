"""Sends what `send` was asked to: one event, lines of them, or one again and again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from itertools import count as count_from
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

from sse_tui.cli.send_lines import LineCheck, lines_coming, lines_of, packed
from sse_tui.client.dialects.registry import dialect_for
from sse_tui.errors import SendError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sse_tui.cli.send_tally import Tally
    from sse_tui.cli.send_template import DataTemplate
    from sse_tui.client.service import EventService

ANSWER_S = 2.0
"""How long, after a signal, to wait for the answer to what is under way."""

AnySent = TypeVar("AnySent")


@dataclass(frozen=True, slots=True)
class Sending:
    """Where events go, and who counts them."""

    service: EventService
    topic: str
    event: str | None
    tally: Tally

    async def one(self, text: str) -> None:
        """Send one event.

        Raises:
            SendError: the server did not take it.
        """
        sent = self.service.send_event(self.topic, text, event=self.event, raw=True)
        await self._counted(sent, self.tally.add_event, 1)

    async def many(self, texts: list[str]) -> None:
        """Send a batch, or one by one where the server takes no batches.

        Raises:
            SendError: the server did not take them.
        """
        if not dialect_for(self.topic, self.service.options.dialect).takes_lines:
            for text in texts:
                await self.one(text)
            return
        sent = self.service.send_events(self.topic, texts, event=self.event)
        await self._counted(sent, self.tally.add_events, len(texts))

    async def again_and_again(
        self, template: DataTemplate, count: int | None, interval_s: float
    ) -> None:
        """Send `count` events (None: until interrupted), one every `interval_s`, without drift.

        Raises:
            SendError: the server did not take one; the rest is not sent.
        """
        now = asyncio.get_running_loop().time
        start = now()
        for number in count_from(1) if count is None else range(1, count + 1):
            await asyncio.sleep(max(0.0, start + (number - 1) * interval_s - now()))
            await self.one(template.event(number))

    async def lines_there(self, source: BinaryIO, *, as_text: bool) -> None:
        """Send the lines of what was checked before.

        Raises:
            UsageError: it changed meanwhile, and a line is not JSON any more.
            SendError: the server did not take some.
        """
        check = LineCheck(as_text=as_text)
        texts = (text for raw in lines_of(source) if (text := check.event(raw)) is not None)
        for batch in packed(texts):
            await self.many(batch)

    async def lines_as_they_come(self, source: BinaryIO, *, as_text: bool) -> None:
        """Send lines soon after they came in; those before a bad one are sent.

        Raises:
            UsageError: a line is not JSON; the hint says what was sent.
            SendError: the server did not take some.
        """
        check = LineCheck(as_text=as_text)
        async for lines in lines_coming(source):
            texts, bad = _good_ones(lines, check)
            for batch in packed(texts):
                await self.many(batch)
            if bad is not None:
                raise UsageError(bad.title, bad.detail, f"Before it: {self.tally.summary}.")

    async def _counted(
        self, send: Coroutine[Any, Any, AnySent], add: Callable[[AnySent], None], events: int
    ) -> None:
        """Send and count it; a signal in the middle still waits a moment for the answer."""
        task = asyncio.ensure_future(send)
        try:
            add(await asyncio.shield(task))
        except asyncio.CancelledError:
            self.tally.unknown += events
            try:
                await asyncio.wait({task}, timeout=ANSWER_S)
            finally:
                task.cancel()
            if task.done() and (task.exception() is None or _is_refusal(task.exception())):
                self.tally.unknown -= events
            if task.done() and task.exception() is None:
                add(task.result())
            raise


def _good_ones(lines: Iterable[bytes], check: LineCheck) -> tuple[list[str], UsageError | None]:
    """The events up to the first bad line, and what is wrong with that."""
    texts: list[str] = []
    for raw in lines:
        try:
            text = check.event(raw)
        except UsageError as error:
            return texts, error
        if text is not None:
            texts.append(text)
    return texts, None


def _is_refusal(error: BaseException | None) -> bool:
    """Whether the server has answered that it does not take it."""
    return isinstance(error, SendError) and error.status is not None
