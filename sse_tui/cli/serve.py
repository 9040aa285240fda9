"""`sse-tui serve`: the event hub, without a screen."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import resource
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import click
from uvicorn.loops.auto import auto_loop_factory

from sse_tui.cli.data_folder import user_data_dir
from sse_tui.cli.mcp_mount import McpMount
from sse_tui.cli.report import OK, note
from sse_tui.errors import UsageError
from sse_tui.hub.app import HubOptions
from sse_tui.hub.engine import KEEP_BY_DEFAULT, Retention
from sse_tui.hub.listening import PortTakenError
from sse_tui.hub.server import HubServer

HELP = """Run the event hub: topics over HTTP and SSE, kept on disk, with an MCP server beside it.

Prints one JSON line with its address once it listens. Events are kept in hub.db in the data folder,
which one hub at a time may use.

\b
Examples:
  sse-tui serve
  sse-tui serve --port 0 --data-dir ./events
  sse-tui serve --host 0.0.0.0 --token "$TOKEN" --allow-host hub.example.org

\b
  curl -N localhost:3000/events/user_events
  curl localhost:3000/events/user_events -H 'Content-Type: application/json' -d '{"type":"login"}'

\b
Exit codes:
  0  stopped by SIGTERM, SIGINT (Ctrl-C) or SIGHUP; a second signal ends it at once
  1  the event log is damaged or cannot be written
  2  wrong usage; the port or the data folder is in use or may not be used
"""

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
OPEN_FILES = 65_536
"""Each stream takes one; where the system allows fewer, there are fewer."""


@click.command(help=HELP)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=3000,
    show_default=True,
    help="The port; 0 takes a free one.",
)
@click.option(
    "--data-dir",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    envvar="SSE_TUI_DATA_DIR",
    show_envvar=True,
    help="Where hub.db is (default: your data folder).",
)
@click.option(
    "--token",
    envvar="SSE_TUI_TOKEN",
    show_envvar=True,
    help="The bearer token that every request must carry.",
)
@click.option("--allow-host", multiple=True, metavar="NAME", help="A further name of this hub.")
@click.option(
    "--allow-origin", multiple=True, metavar="ORIGIN", help="Web pages that may use it; * for all."
)
@click.option(
    "--keep-days",
    type=click.FloatRange(0, min_open=True),
    default=KEEP_BY_DEFAULT.days,
    show_default=True,
    help="Drop events that are older.",
)
@click.option(
    "--keep-events",
    type=click.IntRange(1),
    default=KEEP_BY_DEFAULT.events,
    show_default=True,
    help="Drop the oldest events above so many.",
)
@click.option(
    "--keep-bytes",
    type=click.IntRange(2**20),
    default=KEEP_BY_DEFAULT.bytes,
    show_default=True,
    help="Drop the oldest events above so much on disk.",
)
@click.option("--parent-stdin", is_flag=True, hidden=True, help="End when stdin is closed.")
@click.option("--or-free-port", is_flag=True, hidden=True, help="If the port is taken.")
def serve(
    *,
    host: str,
    port: int,
    data_dir: Path | None,
    token: str | None,
    allow_host: tuple[str, ...],
    allow_origin: tuple[str, ...],
    keep_days: float,
    keep_events: int,
    keep_bytes: int,
    parent_stdin: bool,
    or_free_port: bool,
) -> int:
    """Run the hub (the text of `--help` is HELP)."""
    if token is not None and not (token.isascii() and token.isprintable() and token.strip()):
        raise UsageError("Not a token", "", "A token has printable ASCII characters, at least one.")
    options = HubOptions(host=host, token=token, allow_hosts=allow_host, allow_origins=allow_origin)
    keep = Retention(keep_days, keep_events, keep_bytes)
    folder = data_dir or user_data_dir()
    server = _open(folder, port, options, keep, or_free_port)
    _allow_many_streams()
    with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
        runner.run(_serve(server, token, parent_stdin))
    return OK


def _open(
    folder: Path, port: int, options: HubOptions, keep: Retention, or_free_port: bool
) -> HubServer:
    try:
        return HubServer(folder, port, options, keep)
    except PortTakenError:
        if not or_free_port:
            raise
        return HubServer(folder, 0, options, keep)


async def _serve(server: HubServer, token: str | None, parent_stdin: bool) -> None:
    stop = asyncio.Event()
    _on_signals(stop.set)
    mcp = McpMount(server.url, token)
    await server.start(mcp.routes)
    try:
        line = {"url": server.url, "data_dir": str(server.data_dir), "pid": os.getpid()}
        click.echo(json.dumps(line))
        if parent_stdin:
            _when_stdin_ends(stop.set)
        else:
            note(f"sse-tui hub at {server.url}, events in {server.data_dir}; Ctrl-C stops it")
        await stop.wait()
    finally:
        await mcp.stop()
        await server.stop()


def _on_signals(stop: Callable[[], None]) -> None:
    """Stop at the first signal; the next one has its usual effect."""
    loop = asyncio.get_running_loop()

    def stop_once() -> None:
        for number in SIGNALS:
            loop.remove_signal_handler(number)
        stop()

    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            loop.add_signal_handler(number, stop_once)


def _when_stdin_ends(stop: Callable[[], None]) -> None:
    """Stop when the parent is gone: the kernel closes its end of the pipe, whatever killed it."""
    loop = asyncio.get_running_loop()

    def wait() -> None:
        with contextlib.suppress(OSError):  # no stdin at all is no parent either
            while os.read(0, 4096):
                pass
        with contextlib.suppress(RuntimeError):  # the loop is closed: the hub stops anyway
            loop.call_soon_threadsafe(stop)

    threading.Thread(target=wait, name="parent-watch", daemon=True).start()


def _allow_many_streams() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(OSError, ValueError):  # then it stays as it was
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
