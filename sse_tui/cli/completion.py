"""`sse-tui completion`: the script that lets a shell complete command lines."""

from __future__ import annotations

import click

from sse_tui.cli.report import OK

SHELLS = ("bash", "zsh", "fish")

HELP = """Print the script that lets your shell complete sse-tui's command lines.

It completes commands, options, files, and names: of profiles, kinds of servers and topics (those of
your profile, and those of a hub on this machine).

\b
Examples:
  eval "$(sse-tui completion bash)"               in ~/.bashrc
  eval "$(sse-tui completion zsh)"                in ~/.zshrc, after compinit
  sse-tui completion fish > ~/.config/fish/completions/sse-tui.fish
"""


@click.command(help=HELP)
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(ctx: click.Context, /, shell: str) -> int:
    """Print the script of one shell (the text of `--help` is HELP)."""
    from click.shell_completion import get_completion_class

    script = get_completion_class(shell)
    assert script is not None
    root = ctx.find_root().command
    click.echo(script(root, {}, "sse-tui", "_SSE_TUI_COMPLETE").source(), nl=False)
    return OK
