"""The arguments of commands that read streams: which streams, and how they are asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from sse_tui.cli.completer import completer
from sse_tui.cli.content import read_content, utf8
from sse_tui.cli.context import AnyCommand, AppContext
from sse_tui.cli.curl.option import keep_curl
from sse_tui.errors import UsageError

if TYPE_CHECKING:
    from sse_tui.cli.curl.command import CurlCommand
    from sse_tui.client.options import StreamOptions
    from sse_tui.events.query import Query

SECONDS = click.FloatRange(min=0, min_open=True)

_ARGUMENTS = (
    click.argument(
        "targets", type=utf8, nargs=-1, metavar="TARGET...", shell_complete=completer("topic")
    ),
    click.option(
        "--topic",
        "topics",
        type=utf8,
        multiple=True,
        metavar="T",
        shell_complete=completer("topic"),
        help="T is a topic, even with ://.",
    ),
    click.option(
        "--idle-timeout",
        type=SECONDS,
        metavar="S",
        help="Reconnect after S seconds without a byte.",
    ),
    click.option(
        "--reconnect/--no-reconnect",
        default=None,
        help="Connect again when a stream breaks (default: for GET and its like, not for POST).",
    ),
    click.option("--strict", is_flag=True, help="429 and 5xx fail for good, as the standard says."),
    click.option("--no-done", is_flag=True, help="The data [DONE] does not end a stream."),
    click.option("--last-event-id", type=utf8, metavar="ID", help="Begin after this event."),
    click.option(
        "--since",
        type=utf8,
        metavar="WHEN",
        help="Begin at 'earliest', 5m, 2h ... (if the server can).",
    ),
    click.option(
        "--query",
        type=utf8,
        multiple=True,
        metavar="NAME=VALUE",
        help="Add this parameter to the URL (again for more).",
    ),
    click.option("--compressed", is_flag=True, help="Ask for a compressed stream, and decode it."),
    click.option("-X", "--request", "method", metavar="METHOD", help="Request method."),
    click.option(
        "-d", "--data", "body", metavar="BODY|@FILE", help="Request body (then -X is POST)."
    ),
    click.option(
        "--curl",
        metavar="COMMAND|-|@FILE",
        expose_value=False,
        is_eager=True,
        callback=keep_curl,
        help="Read what this curl command line reads; options beside it win.",
    ),
)


def stream_arguments(command: AnyCommand) -> AnyCommand:
    """Add TARGET..., --topic and what a request may carry; `streams_asked_for` reads them."""
    for argument in reversed(_ARGUMENTS):
        command = argument(command)
    return command


def streams_asked_for(
    app: AppContext,
    *,
    targets: tuple[str, ...],
    topics: tuple[str, ...],
    **request: Any,  # noqa: ANN401 - what click parsed
) -> dict[str, StreamOptions]:
    """The targets, each once and as given, with how each is to be asked for.

    Without any, the profile's topics.

    Raises:
        UsageError: there is none, or a body cannot be read.
        ConfigError: the configuration cannot be used.
    """
    if app.curl is not None:
        return _pasted(app, app.curl, (*targets, *topics), request)
    named = dict.fromkeys((*targets, *topics)) or dict.fromkeys(app.settings.profile.topics)
    if not named:
        raise UsageError("No stream is named", hint="Name a topic or the URL of a stream.")
    options = _options(app, **request)
    as_topic = replace(options, as_topic=True)
    return {target: as_topic if target in topics else options for target in named}


def _pasted(
    app: AppContext, command: CurlCommand, others: tuple[str, ...], request: dict[str, Any]
) -> dict[str, StreamOptions]:
    from sse_tui.cli.curl.streams import streams_of

    if others:
        hint = "Leave it out, or read it by a command of its own."
        raise UsageError("--curl names its own stream", f"{others[0]!r} is another one", hint)
    return streams_of(command, _options(app, **request), method=request["method"])


def query(text: str | None) -> Query | None:
    """The filter, if there is one; only then its parser is loaded.

    Raises:
        QueryError: it does not parse.
    """
    if text is None:
        return None
    from sse_tui.events.query import parse_query

    return parse_query(text)


def _options(
    app: AppContext,
    *,
    idle_timeout: float | None,
    reconnect: bool | None,
    strict: bool,
    no_done: bool,
    last_event_id: str | None,
    since: str | None,
    query: tuple[str, ...],
    compressed: bool,
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
        compressed=compressed,
        query=tuple(_parameter(text) for text in query),
        header_command=app.reach.header_command,
    )


def _parameter(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise UsageError("Not a query parameter", repr(text), "Write it as in --query topic=a.")
    return name, value
