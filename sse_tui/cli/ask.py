"""`sse-tui ask`: a question to the agent about some topics, answered without a screen."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from sse_tui.cli.content import read_content, utf8
from sse_tui.cli.context import AppContext, connection_options, pass_app
from sse_tui.cli.report import OK, note, printable
from sse_tui.cli.running import run_async
from sse_tui.errors import UsageError

if TYPE_CHECKING:
    from sse_tui.agent.conversation import Conversation
    from sse_tui.agent.updates import Update
    from sse_tui.client.service import EventService

HELP = """Ask the agent about event streams; the answer goes to stdout, its tool calls to stderr.

It first gets what the topics brought since --since (the hub keeps it), then answers. Without
--topic it has the profile's topics. QUESTION may be - for stdin. With OPENAI_API_KEY or
OPENAI_BASE_URL set a language model answers, otherwise the offline assistant.

Before it sends an event, gives up a subscription or opens a URL it asks you; where there is no
terminal to ask on, the answer is no, unless you said --yes.

\b
Examples:
  sse-tui ask --topic user_events what happened
  sse-tui ask --topic orders --since 15m "what failed, and why?"
  sse-tui ask --yes 'send {"type":"ping"} to system_events'

\b
Exit codes:
  0  answered     2  wrong usage     3  a stream, the tools or the model failed
"""

OPEN_S = 5.0
REPLAY_S = 2.0


@click.command(help=HELP)
@click.argument("question", type=utf8, nargs=-1, required=True)
@click.option("--topic", "topics", multiple=True, metavar="T", help="A topic or URL to look at.")
@click.option(
    "--since",
    type=utf8,
    default="1h",
    show_default=True,
    metavar="WHEN",
    help="How far back to look: 'earliest', 5m, 2h ...",
)
@click.option("--yes", is_flag=True, help="Allow all that the agent wants to do.")
@connection_options
@pass_app
def ask(
    app: AppContext, question: tuple[str, ...], topics: tuple[str, ...], since: str, yes: bool
) -> int:
    """Ask the agent (the text of `--help` is HELP)."""
    text = " ".join(question)
    text = (read_content(text).decode("utf-8", "replace") if text == "-" else text).strip()
    if not text:
        raise UsageError("There is no question", "it is empty", "Try: sse-tui ask what happened")
    return run_async(_ask(app, text, topics or app.settings.profile.topics, since, yes))


async def _ask(
    app: AppContext, question: str, topics: tuple[str, ...], since: str, yes: bool
) -> int:
    from sse_tui.agent.conversation import Conversation
    from sse_tui.cli.ask_approval import allow_all, approve_on_terminal
    from sse_tui.cli.full_screen import model_choice
    from sse_tui.cli.mcp_companion import McpCompanion

    for line in app.settings.notes:
        note(line)
    async with app.service() as service:
        await _subscribe(service, topics, since)
        mcp = McpCompanion(service)
        await mcp.start()
        conversation = Conversation(
            mcp_url=mcp.url,
            mcp_token=mcp.token,
            model=model_choice(app.settings.agent),
            is_url=service.is_url,
            approve=allow_all if yes else approve_on_terminal,
        )
        try:
            await _print_turn(conversation, question)
        finally:
            await conversation.stop()
            await mcp.stop()
    return OK


async def _subscribe(service: EventService, topics: tuple[str, ...], since: str) -> None:
    """Subscribe, and wait for what the server kept.

    Raises:
        StreamError: a stream did not open.
    """
    from sse_tui.client.dialects.requests import without_credentials
    from sse_tui.client.options import StreamOptions

    streams = []
    for topic in topics:
        name, options = topic, StreamOptions(since=since)
        if service.is_url(topic):  # the model sees the name
            name, options = without_credentials(topic, options)
        streams.append(await service.subscribe(name, options=options))
    for stream in streams:
        await stream.opened(timeout=OPEN_S)
    # A server may mark no end, or have much: answer from what has come.
    with suppress(TimeoutError):
        async with asyncio.timeout(REPLAY_S):
            for stream in streams:
                await stream.replay_done.wait()


async def _print_turn(conversation: Conversation, question: str) -> None:
    printer = _Printer()
    async for update in conversation.ask(question):
        printer.show(update)


class _Printer:
    """Prints one turn: the answer as it comes on stdout, everything else on stderr."""

    def __init__(self) -> None:
        self._line_open = False

    def show(self, update: Update) -> None:
        """Print one update.

        Raises:
            AgentError: the turn failed.
        """
        from sse_tui.agent.updates import TextDelta, ToolFinished, ToolStarted, TurnFailed

        if isinstance(update, TextDelta):
            click.echo(printable(update.text), nl=False)
            self._line_open = not update.text.endswith("\n")
            return
        if self._line_open:
            click.echo()
            self._line_open = False
        match update:
            case ToolStarted():
                note(f"> {update.name} {json.dumps(update.arguments, ensure_ascii=False)}")
            case ToolFinished(denied=True):
                note("  denied")
            case ToolFinished(ok=True):
                note(f"  ok in {update.ms} ms")
            case ToolFinished():
                note(f"  failed in {update.ms} ms: {update.output}")
            case TurnFailed():
                raise update.error
