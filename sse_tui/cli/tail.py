"""`sse-tui tail`: event streams on standard output."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import click

from sse_tui.cli.content import read_content
from sse_tui.cli.context import AppContext, connection_options, pass_app
from sse_tui.cli.running import run_async
from sse_tui.cli.tail_plan import TailPlan
from sse_tui.errors import UsageError

if TYPE_CHECKING:
    from sse_tui.client.options import StreamOptions
    from sse_tui.events.query import Query

HELP = """Print event streams, one line an event.

A TARGET with :// is a URL; anything else is a topic of your server (--url, --profile, else
http://127.0.0.1:3000). Data goes to stdout, notes about the streams go to stderr.

\b
Examples:
  sse-tui tail http://localhost:8000/stream
  sse-tui tail user_events 'orders.*'             two topics, one with a wildcard
  sse-tui tail --json user_events | jq .data      one JSON object a line
  sse-tui tail --raw URL | jq .user_id            only the data, exactly
  sse-tui tail --count 1 --timeout 10 user_events exit 4 if none comes in 10 s
  sse-tui tail --where 'event:error and data.latency > 200' system_events
  sse-tui tail --until 'data.status = done' --timeout 60 jobs
  sse-tui tail --raw -d @request.json -H "Authorization: Bearer $KEY" https://HOST/v1/responses

\b
A QUERY has words, "quoted text", /regular expressions/, and or not ! ( ), and fields:
  event:user.*   data.level in (warn, error)   data.items[0].id = 7   id ~ ^1-   age < 5m

\b
Exit codes:
  0  done: the server ended the stream (204 or [DONE]), --count or --until was met, time was up
  2  wrong usage or configuration           3  a stream failed for good
  4  it ended before --count or --until was met     130 and 143  SIGINT and SIGTERM
"""

_SECONDS = click.FloatRange(min=0, min_open=True)


@click.command(help=HELP)
@click.argument("targets", nargs=-1, metavar="TARGET...")
@click.option("--topic", "topics", multiple=True, metavar="T", help="T is a topic, even with ://.")
@click.option("--raw", "form", flag_value="raw", help="Print only the data.")
@click.option("--json", "form", flag_value="json", help="Print JSON, one object a line.")
@click.option("--all", "everything", is_flag=True, help="Print comments, states, gaps ... too.")
@click.option("--where", metavar="QUERY", help="Print only what matches.")
@click.option("--until", metavar="QUERY", help="End after the first event that matches.")
@click.option("--count", type=click.IntRange(min=1), metavar="N", help="End after N events.")
@click.option("--timeout", type=_SECONDS, metavar="S", help="End after S seconds in all.")
@click.option("--exit-idle", type=_SECONDS, metavar="S", help="End after S seconds without event.")
@click.option(
    "--idle-timeout", type=_SECONDS, metavar="S", help="Reconnect after S seconds without a byte."
)
@click.option(
    "--reconnect/--no-reconnect",
    default=None,
    help="Connect again when a stream breaks (default: for GET and its like, not for POST).",
)
@click.option("--strict", is_flag=True, help="429 and 5xx fail for good, as the standard says.")
@click.option("--no-done", is_flag=True, help="The data [DONE] does not end a stream.")
@click.option("--last-event-id", metavar="ID", help="Begin after this event.")
@click.option("--since", metavar="WHEN", help="Begin at 'earliest', 5m, 2h ... (sse-tui's hub).")
@click.option("-X", "--request", "method", metavar="METHOD", help="Request method.")
@click.option("-d", "--data", "body", metavar="BODY|@FILE", help="Request body (then -X is POST).")
@connection_options
@pass_app
def tail(app: AppContext, /, **options: Any) -> int:  # noqa: ANN401 - what click parsed
    """Print event streams (the text of `--help` is HELP)."""
    plan = _plan(app, **options)
    return run_async(_tail(app, plan))


async def _tail(app: AppContext, plan: TailPlan) -> int:
    from sse_tui.cli.output import Output
    from sse_tui.cli.tail_follow import follow

    async with app.service() as service:
        return await follow(service, plan, Output())


def _plan(
    app: AppContext,
    *,
    targets: tuple[str, ...],
    topics: tuple[str, ...],
    form: Literal["raw", "json"] | None,
    everything: bool,
    where: str | None,
    until: str | None,
    count: int | None,
    timeout: float | None,
    exit_idle: float | None,
    **stream: Any,  # noqa: ANN401 - what click parsed
) -> TailPlan:
    if not targets and not topics:
        targets = app.settings.profile.topics
        if not targets:
            raise UsageError("Nothing to print", hint="Name a topic or the URL of a stream.")
    if form == "raw" and everything:
        raise UsageError("--raw prints data only", "it cannot be combined with --all")
    return TailPlan(
        targets=tuple(dict.fromkeys((*targets, *topics))),
        topics=frozenset(topics),
        form=form or "text",
        everything=everything,
        where=_query(where),
        until=_query(until),
        count=count,
        timeout_s=timeout,
        exit_idle_s=exit_idle,
        stream=_stream_options(app, **stream),
    )


def _query(text: str | None) -> Query | None:
    if text is None:
        return None
    from sse_tui.events.query import parse_query

    return parse_query(text)


def _stream_options(
    app: AppContext,
    *,
    idle_timeout: float | None,
    reconnect: bool | None,
    strict: bool,
    no_done: bool,
    last_event_id: str | None,
    since: str | None,
    method: str | None,
    body: str | None,
) -> StreamOptions:
    from sse_tui.client.options import StreamOptions

    headers = dict(app.headers)
    content = None if body is None else read_content(body)
    if content is not None and not any(name.lower() == "content-type" for name in headers):
        headers["Content-Type"] = "application/json"
    return StreamOptions(
        method=method or ("GET" if content is None else "POST"),
        headers=headers,
        body=content,
        last_event_id=last_event_id,
        since=since,
        reconnect=reconnect,
        strict=strict,
        done=not no_done,
        idle_timeout=idle_timeout,
    )
