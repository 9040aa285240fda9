"""The command line's front door: global options, lazily imported subcommands, exit codes."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from sse_tui import __version__
from sse_tui.cli.context import AppContext, connection_options
from sse_tui.cli.lazy_group import LazyCommand, LazyGroup
from sse_tui.cli.report import (
    INTERNAL_ERROR,
    INTERRUPTED,
    OK,
    report,
    report_unexpected,
    report_usage,
    stop_writing_to_stdout,
)
from sse_tui.errors import SseTuiError

COMMANDS = {
    "demo": LazyCommand("sse_tui.cli.demo:demo", "See it at work: an own hub with live traffic."),
    "serve": LazyCommand("sse_tui.cli.serve:serve", "Run the event hub, without a screen."),
    "tail": LazyCommand("sse_tui.cli.tail:tail", "Print event streams, one line an event."),
    "wait": LazyCommand("sse_tui.cli.wait:wait", "Wait for an event that matches, and print it."),
    "send": LazyCommand("sse_tui.cli.send:send", "Send events to a topic."),
    "ask": LazyCommand("sse_tui.cli.ask:ask", "Ask the agent about topics, without a screen."),
    "mcp": LazyCommand("sse_tui.cli.mcp:mcp", "Give event streams to an agent as MCP tools."),
    "completion": LazyCommand(
        "sse_tui.cli.completion:completion", "Print the script for your shell's completion."
    ),
}

HELP = """Watch Server-Sent Events, filter them, send some, and ask an agent about them.

Without a command the full screen opens. With no server named it joins the sse-tui hub on this
machine, or starts one.

\b
Examples:
  sse-tui                                    the full screen
  sse-tui demo                               the full screen with sample traffic
  sse-tui --url http://localhost:3000        the full screen on your server
  sse-tui tail http://localhost:3000/events/user_events
  sse-tui send user_events '{"type":"login"}'

\b
Shell completion (zsh alike; for fish see: sse-tui completion --help):
  eval "$(sse-tui completion bash)"
"""


@click.group(
    cls=LazyGroup,
    lazy_commands=COMMANDS,
    invoke_without_command=True,
    help=HELP,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@connection_options
@click.option("--config", type=click.Path(path_type=Path), metavar="FILE", help="Your config.toml.")
@click.option(
    "--log-file", type=click.Path(path_type=Path), metavar="FILE", help="Write debug logs here."
)
@click.version_option(__version__, prog_name="sse-tui", message="%(prog)s %(version)s")
@click.pass_context
def main(ctx: click.Context, config: Path | None, log_file: Path | None) -> int:
    """Watch, filter and send Server-Sent Events (the text of `--help` is HELP)."""
    app = ctx.ensure_object(AppContext)
    app.config_file = config
    app.open_log(log_file)
    if ctx.invoked_subcommand is None:
        from sse_tui.cli.tui import open_screen

        return open_screen(app)
    return OK


def run(args: list[str] | None = None) -> None:
    """Run one command and end the process with its exit code; no traceback is ever shown."""
    _occupy_closed_descriptors()
    app = AppContext()
    sys.exit(_exit_code(app, args))


def _occupy_closed_descriptors() -> None:
    """Let nothing that is opened later take the number of a standard stream that is closed.

    Input is then empty, notes go nowhere; data that cannot be written is for commands to tell.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) < 3:
        pass
    os.close(descriptor)
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - for as long as we run
    if sys.stderr is None:
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - the same


def _exit_code(app: AppContext, args: list[str] | None) -> int:
    try:
        result = main.main(args=args, prog_name="sse-tui", standalone_mode=False, obj=app)
        if sys.stdout is not None:
            sys.stdout.flush()
    except SseTuiError as error:
        return report(error)
    except click.ClickException as error:
        return report_usage(error)
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BrokenPipeError:
        stop_writing_to_stdout()
        return OK
    except Exception as error:  # the last place where one can be caught: never a traceback
        return report_unexpected(error, app.log_file)
    return result if isinstance(result, int) else INTERNAL_ERROR if result else OK
