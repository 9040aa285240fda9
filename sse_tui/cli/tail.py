"""`sse-tui tail`: event streams on standard output."""

from __future__ import annotations

from typing import Any

import click

from sse_tui.cli.context import AppContext, connection_options, pass_app
from sse_tui.cli.line_options import (
    line_asked_for,
    line_options,
    output_asked_for,
    output_options,
)
from sse_tui.cli.running import run_async
from sse_tui.cli.stream_arguments import SECONDS, query, stream_arguments, streams_asked_for
from sse_tui.cli.tail_plan import TailPlan, follow_streams
from sse_tui.errors import UsageError

HELP = """Print event streams, one line an event.

A TARGET with :// is a URL; anything else is a topic of your server (--url, --profile, else
http://127.0.0.1:3000). Data goes to stdout, notes about the streams go to stderr.

\b
Examples:
  sse-tui tail http://localhost:8000/stream
  sse-tui tail user_events 'orders.*'             two topics, one with a wildcard
  sse-tui tail --json user_events | jq .data      one JSON object a line
  sse-tui tail --raw URL | jq .user_id            only the data, exactly
  sse-tui tail --format '{time} {event:<12} {data.user.name}' user_events
  sse-tui tail --time delta URL                   seconds since the line before
  sse-tui tail --json -o events.ndjson --rotate-size 100M --keep 9 'orders.*'
  sse-tui tail --count 1 --timeout 10 user_events  exit 4 if none comes in 10 s
  sse-tui tail --where 'event:error and data.latency > 200' system_events
  sse-tui tail --until 'data.status = done' --timeout 60 jobs
  sse-tui tail --text -d @request.json --bearer "$KEY" https://HOST/v1/chat/completions
  sse-tui tail --unix-socket /run/app.sock --user admin http://localhost/stream
  sse-tui tail --proxy socks5h://localhost:1080 --header-command 'print-token' URL
  sse-tui tail --curl "curl -N -H 'X-Key: abc' https://HOST/stream"   as a browser copies it

\b
A QUERY has words, "quoted text", /regular expressions/, and or not ! ( ), and fields:
  event:user.*   data.level in (warn, error)   data.items[0].id = 7   id ~ ^1-   age < 5m

\b
A TEMPLATE has text, \\n \\t \\\\ {{ }} and fields, which may have a width: {event:<12} {data:.80}
  time date received_at elapsed delta (s since the start, since the line before)
  topic source number event id data size, and all else that --json has; line (event and data)
  data.user.name data.items[0] data["odd key"]: parts of JSON data; empty where there are none
  Control characters are escaped, but not in {raw}: the data, exact where it is no terminal.

\b
With -o rows are appended to FILE. A row that would make it larger than --rotate-size begins FILE
anew; the older ones are FILE.1, FILE.2 ... Each row is in one file, whole.

\b
Exit codes:
  0  done: the server ended the stream (204 or [DONE]), --count or --until was met, time was up
  2  wrong usage or configuration           3  a stream failed for good
  4  it ended before --count or --until was met     130 and 143  SIGINT and SIGTERM
"""


@click.command(help=HELP)
@line_options
@click.option("--text", is_flag=True, help="Print the text of a language model's answer.")
@click.option("--all", "everything", is_flag=True, help="Print comments, states, gaps ... too.")
@click.option("--where", metavar="QUERY", help="Print only what matches.")
@click.option("--until", metavar="QUERY", help="End after the first event that matches.")
@click.option("--count", type=click.IntRange(min=1), metavar="N", help="End after N events.")
@click.option("--timeout", type=SECONDS, metavar="S", help="End after S seconds in all.")
@click.option("--exit-idle", type=SECONDS, metavar="S", help="End after S seconds without event.")
@output_options
@stream_arguments
@connection_options
@pass_app
def tail(app: AppContext, /, **options: Any) -> int:  # noqa: ANN401 - what click parsed
    """Print event streams (the text of `--help` is HELP)."""
    if options["text"]:
        from sse_tui.cli.tail_text import check_text_options

        check_text_options(options)
    return run_async(follow_streams(app, plan_of(app, **options)))


def plan_of(
    app: AppContext,
    *,
    text: bool,
    everything: bool,
    where: str | None,
    until: str | None,
    count: int | None,
    timeout: float | None,
    exit_idle: float | None,
    **options: Any,  # noqa: ANN401 - what click parsed
) -> TailPlan:
    """What the options ask for.

    Raises:
        UsageError: they do not go together, or one cannot be used.
        ConfigError: the configuration cannot be used.
    """
    line, output = line_asked_for(options), output_asked_for(options)
    if line.form == "raw" and everything:
        raise UsageError("--raw prints data only", "it cannot be combined with --all")
    if text and output.rotate_bytes:
        raise UsageError("--text has no rows", "--rotate-size would tear the text")
    return TailPlan(
        streams=streams_asked_for(app, **options),
        line=line,
        output=output,
        text=text,
        everything=everything,
        where=query(where),
        until=query(until),
        count=count,
        timeout_s=timeout,
        exit_idle_s=exit_idle,
    )
