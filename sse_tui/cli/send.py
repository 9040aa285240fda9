"""`sse-tui send`: one event to a topic."""

from __future__ import annotations

import json

import click

from sse_tui.cli.content import read_content
from sse_tui.cli.context import AppContext, connection_options, pass_app
from sse_tui.cli.report import OK, printable
from sse_tui.cli.running import run_async
from sse_tui.errors import UsageError

HELP = """Send one event to a topic; prints the id that the server gave it.

JSON is the event's data, exactly as written: the text itself, - for stdin, @FILE for a file. The
server is --url, or --profile's, else http://127.0.0.1:3000.

\b
Examples:
  sse-tui send user_events '{"type":"login","user_id":"user123"}'
  sse-tui send --event login user_events @login.json
  echo '"hello"' | sse-tui send user_events -

\b
Exit codes:
  0  the server has it     2  wrong usage, or not JSON     3  the server did not take it
"""


@click.command(help=HELP)
@click.argument("topic")
@click.argument("data", metavar="JSON|-|@FILE")
@click.option("--event", metavar="TYPE", help="The event type (default: message).")
@click.option("--json", "as_json", is_flag=True, help="Print id and topic as JSON.")
@connection_options
@pass_app
def send(app: AppContext, topic: str, data: str, event: str | None, as_json: bool) -> int:
    """Send one event (the text of `--help` is HELP)."""
    text = _json_text(read_content(data))
    return run_async(_send(app, topic, text, event, as_json))


async def _send(app: AppContext, topic: str, text: str, event: str | None, as_json: bool) -> int:
    async with app.service() as service:
        sent = await service.send_event(topic, text, event=event, raw=True)
    if as_json:
        click.echo(json.dumps({"id": sent.id, "topic": sent.topic}))
    else:
        click.echo(printable(sent.id))
    return OK


def _json_text(content: bytes) -> str:
    """The text, if it is JSON.

    Raises:
        UsageError: it is not, with line and column.
    """
    try:
        text = content.decode()
        json.loads(text)
    except UnicodeDecodeError as error:
        raise UsageError("Not JSON", f"not UTF-8 at byte {error.start}") from error
    except json.JSONDecodeError as error:
        place = f"{error.msg} at line {error.lineno}, column {error.colno}"
        hint = "Nothing was sent. A plain text needs its quotes: '\"hello\"'."
        raise UsageError("Not JSON", place, hint) from error
    return text
