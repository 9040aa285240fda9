"""`sse-tui send`: events to a topic."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

import click

from sse_tui.cli.completer import completer
from sse_tui.cli.content import read_content, utf8
from sse_tui.cli.context import AppContext, connection_options, pass_app
from sse_tui.cli.report import OK
from sse_tui.cli.running import run_async
from sse_tui.cli.send_run import Sending
from sse_tui.errors import SendError, UsageError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sse_tui.cli.send_tally import Tally

HELP = """Send one event to a topic, or many; prints the id that the server gave to each.

JSON is the event's data, exactly as written: the text itself, - for stdin, @FILE for a file. The
server is --url, or --profile's, else http://127.0.0.1:3000. What gets no answer is tried again
where the server can tell that it is the same event (a hub can); elsewhere there is one try.

\b
Examples:
  sse-tui send user_events '{"type":"login","user_id":"user123"}'
  sse-tui send --event login user_events @login.json
  echo '"hello"' | sse-tui send user_events -
  sse-tui send --text user_events 'any text, sent as a JSON string'
  sse-tui send --ndjson orders @orders.ndjson     one event a line, in batches
  tail -f app.log | sse-tui send --ndjson --text logs -
  sse-tui send --count 100 --interval 0.5 beats '{"n":{seq},"at":"{now}","id":"{uuid}"}'

\b
With --count or --interval, {seq} (1, 2, ...), {now} (UTC) and {uuid} are each event's own.
With --ndjson all lines of a file are checked before the first is sent; what comes through a pipe
is sent as it comes. A hub takes each batch (up to 500 lines) whole or not at all. The ids are
summed up on stderr; --json prints {"first_id","last_id","count","topic"} a batch.

\b
Exit codes:
  0  the server has it     2  wrong usage, or not JSON     3  the server did not take it
  130 and 143  SIGINT and SIGTERM; stderr says how many were sent
"""


@click.command(help=HELP)
@click.argument("topic", shell_complete=completer("topic"))
@click.argument("data", metavar="JSON|-|@FILE")
@click.option("--event", type=utf8, metavar="TYPE", help="The event type (default: message).")
@click.option("--text", "as_text", is_flag=True, help="It is plain text: send a JSON string.")
@click.option("--ndjson", is_flag=True, help="Each line is an event.")
@click.option("--count", type=click.IntRange(min=1), metavar="N", help="Send it N times.")
@click.option(
    "--interval",
    type=click.FloatRange(min=0, min_open=True),
    metavar="S",
    help="Send it every S seconds (without --count until interrupted).",
)
@click.option("--json", "as_json", is_flag=True, help="Print id and topic as JSON.")
@click.option("-q", "--quiet", is_flag=True, help="Print no ids, no progress and no summary.")
@connection_options
@pass_app
def send(
    app: AppContext,
    topic: str,
    data: str,
    event: str | None,
    as_text: bool,
    ndjson: bool,
    count: int | None,
    interval: float | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Send events (the text of `--help` is HELP)."""
    again = count is not None or interval is not None
    if ndjson and again:
        raise UsageError("--ndjson sends each line once", "it excludes --count and --interval")
    form: Literal["id", "json", "none"] = "json" if as_json else "none" if ndjson else "id"
    plan = _Plan(topic, event, "none" if quiet else form, quiet, as_text)
    if ndjson:
        return _send_lines(app, plan, data)
    content = read_content(data)
    if again:
        return _send_again(app, plan, content, count, interval or 0.0)
    return _send_one(app, plan, content)


@dataclass(frozen=True, slots=True)
class _Plan:
    topic: str
    event: str | None
    form: Literal["id", "json", "none"]
    quiet: bool
    as_text: bool


def _send_one(app: AppContext, plan: _Plan, content: bytes) -> int:
    from sse_tui.cli.send_check import checked_json, json_string

    hint = "Nothing was sent. A plain text needs its quotes, '\"hello\"', or --text."
    text = json_string(content) if plan.as_text else checked_json(content, hint=hint)
    return _run(app, plan, lambda sending: sending.one(text))


def _send_again(
    app: AppContext, plan: _Plan, content: bytes, count: int | None, interval_s: float
) -> int:
    from sse_tui.cli.send_template import DataTemplate

    template = DataTemplate(content, as_text=plan.as_text)
    return _run(app, plan, lambda sending: sending.again_and_again(template, count, interval_s))


def _send_lines(app: AppContext, plan: _Plan, data: str) -> int:
    from sse_tui.cli.send_lines import can_be_read_twice, count_events, opened

    with opened(data) as source:
        if not can_be_read_twice(source):
            work = partial(Sending.lines_as_they_come, source=source, as_text=plan.as_text)
            return _run(app, plan, work, in_bulk=True)
        start = source.tell()
        total = count_events(source, as_text=plan.as_text)
        source.seek(start)
        work = partial(Sending.lines_there, source=source, as_text=plan.as_text)
        return _run(app, plan, work, in_bulk=True, total=total)


def _run(
    app: AppContext,
    plan: _Plan,
    work: Callable[[Sending], Awaitable[None]],
    *,
    in_bulk: bool = False,
    total: int | None = None,
) -> int:
    from sse_tui.cli.send_tally import Tally

    tally = Tally(form=plan.form, progress=in_bulk, total=total, quiet=plan.quiet)
    return run_async(_with_service(app, plan, work, tally, in_bulk))


async def _with_service(
    app: AppContext,
    plan: _Plan,
    work: Callable[[Sending], Awaitable[None]],
    tally: Tally,
    in_bulk: bool,
) -> int:
    async with app.service() as service:
        try:
            await work(Sending(service, plan.topic, plan.event, tally))
        except asyncio.CancelledError:
            tally.tell()
            raise
        except SendError:
            if tally.count:
                tally.tell()
            raise
        finally:
            tally.end_line()
    if in_bulk:
        tally.tell()
    return OK
