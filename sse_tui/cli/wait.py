"""`sse-tui wait`: print the first event that matches, for scripts."""

from __future__ import annotations

from typing import Any

import click

from sse_tui.cli.context import AppContext, connection_options, pass_app
from sse_tui.cli.line_options import line_asked_for, line_options
from sse_tui.cli.running import run_async
from sse_tui.cli.stream_arguments import SECONDS, query, stream_arguments, streams_asked_for
from sse_tui.cli.tail_plan import TailPlan, follow_streams

HELP = """Wait for an event, print it and end.

Without --until any event will do. TARGET and QUERY are as in: sse-tui tail --help

\b
Examples:
  sse-tui wait jobs --until 'data.status = done' --timeout 300
  sse-tui wait --json --since 5m orders.eu orders.us --until 'data.total > 100'
  sse-tui wait deployments --until event:finished && echo deployed
  sse-tui wait --format '{data.result.url}' jobs --until 'data.id = 7'

\b
Exit codes:
  0  it came     2  wrong usage     3  a stream failed for good
  4  time ran out, or the streams ended, before it came     130 and 143  SIGINT and SIGTERM
"""


@click.command(help=HELP)
@click.option("--until", metavar="QUERY", help="The event to wait for.")
@click.option("--timeout", type=SECONDS, metavar="S", help="Give up after S seconds.")
@line_options
@stream_arguments
@connection_options
@pass_app
def wait(app: AppContext, /, **options: Any) -> int:  # noqa: ANN401 - what click parsed
    """Wait for an event (the text of `--help` is HELP)."""
    return run_async(follow_streams(app, plan_of(app, **options)))


def plan_of(
    app: AppContext,
    *,
    until: str | None,
    timeout: float | None,
    **options: Any,  # noqa: ANN401 - what click parsed
) -> TailPlan:
    """What the options ask for.

    Raises:
        UsageError: one of them cannot be used.
        ConfigError: the configuration cannot be used.
    """
    return TailPlan(
        line=line_asked_for(options),
        streams=streams_asked_for(app, **options),
        where=query(until),
        count=1,
        timeout_s=timeout,
    )
