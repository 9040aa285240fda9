"""The demo without a screen: each step of the main job once, printed as it really happened."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import click

from sse_tui.cli.mcp_companion import McpCompanion
from sse_tui.cli.report import OK, printable
from sse_tui.demo.sender import send_sample
from sse_tui.demo.traffic import WELL_KNOWN
from sse_tui.errors import AgentError, StreamError
from sse_tui.events.model import Event

if TYPE_CHECKING:
    from sse_tui.agent.conversation import Conversation
    from sse_tui.agent.model_choice import ModelChoice
    from sse_tui.client.service import EventService
    from sse_tui.tui.setup import Companion

QUESTION = "What happened in user_events?"
_STEP_S = 15.0
_ANSWER_S = 120.0
_WIDTH = 15


async def take_steps(hub: Companion, model: ModelChoice) -> int:
    """Take all steps and print them.

    Args:
        hub: started here, and stopped at the end.
        model: who answers.

    Returns:
        The exit code: 0, every step really happened.

    Raises:
        SseTuiError: a step did not happen; names it.
    """
    from sse_tui.client.service import EventService

    try:
        await hub.start()
        async with EventService(hub.url) as service:
            await _connect(service)
            arrivals = await _subscribe(service)
            await _send(service)
            await _receive(arrivals)
            await _ask(service, model)
    finally:
        await hub.stop()
    _say("done", "every step really happened")
    return OK


async def _connect(service: EventService) -> None:
    health = await service.check_health()
    _say("connect", f"{service.url}   {health.server} {health.version}, {health.status}")


async def _subscribe(service: EventService) -> asyncio.Queue[Event]:
    """Subscribe to the three topics and wait until they are open; returns where events arrive."""
    arrivals: asyncio.Queue[Event] = asyncio.Queue()
    for sample in WELL_KNOWN:
        stream = await service.subscribe(sample.topic, on_event=arrivals.put_nowait)
        await stream.opened(timeout=_STEP_S)
        _say("subscribe", f"{sample.topic:<{_WIDTH}} {stream.state}")
    return arrivals


async def _send(service: EventService) -> None:
    for sample in WELL_KNOWN:
        sent = await send_sample(service, sample)
        _say("send", f"{sample.topic:<{_WIDTH}} {sample.type:<8} id {sent.id}")


async def _receive(arrivals: asyncio.Queue[Event]) -> None:
    """Wait for the three events, and make sure that each is what was sent.

    Raises:
        StreamError: one did not come, or came changed.
    """
    missing = {(sample.topic, sample.type, sample.data) for sample in WELL_KNOWN}
    try:
        async with asyncio.timeout(_STEP_S):
            while missing:
                event = await arrivals.get()
                missing.discard((event.topic, event.type, event.data))
                _say("receive", f"{event.topic:<{_WIDTH}} {event.type:<8} {event.data}")
    except TimeoutError:
        topics = ", ".join(sorted(topic for topic, _, _ in missing))
        raise StreamError(
            "Not every event came back", f"missing after {_STEP_S:g} s: {topics}"
        ) from None


async def _ask(service: EventService, model: ModelChoice) -> None:
    """Ask the agent, which must look at the events through MCP.

    Raises:
        AgentError: there was no answer, or it was given without a look at the events.
    """
    from sse_tui.agent.updates import ToolFinished, ToolStarted, TurnFailed, TurnFinished

    called = False
    answer = ""
    async with _conversation(service, model) as conversation:
        _say("ask", f"{QUESTION}   ({conversation.label}, through MCP)")
        async with asyncio.timeout(_ANSWER_S):
            async for update in conversation.ask(QUESTION):
                match update:
                    case ToolStarted():
                        _say("", f"> {update.name} {json.dumps(update.arguments)}")
                    case ToolFinished():
                        called = called or update.ok
                        _say("", f"  {'ok' if update.ok else 'failed'} in {update.ms} ms")
                    case TurnFailed():
                        raise update.error
                    case TurnFinished():
                        answer = update.text
    if not called or not answer.strip():
        raise AgentError("The agent gave no answer from the events", answer)
    _say("answer", answer)


@asynccontextmanager
async def _conversation(service: EventService, model: ModelChoice) -> AsyncGenerator[Conversation]:
    """A conversation whose tools reach `service` over a real MCP connection."""
    from sse_tui.agent.conversation import Conversation

    mcp = McpCompanion(service)
    await mcp.start()
    conversation = Conversation(mcp_url=mcp.url, mcp_token=mcp.token, model=model)
    try:
        yield conversation
    finally:
        await conversation.stop()
        await mcp.stop()


def _say(step: str, text: str) -> None:
    """Print one step: its name in a column of its own, further lines below the first."""
    for number, line in enumerate(text.strip("\n").splitlines()):
        click.echo(f"{'' if number else step:<10} {printable(line)}".rstrip())
