"""`sse-tui mcp`: event streams as tools for an agent, over stdio or HTTP."""

from __future__ import annotations

import asyncio
import json
import os

import click

from sse_tui.cli.context import AppContext, connection_options, pass_app
from sse_tui.cli.report import OK, note
from sse_tui.cli.running import run_async
from sse_tui.errors import UsageError

HELP = """Give event streams to an agent as MCP tools: list topics, subscribe, read, search, send.

With --stdio it speaks MCP on stdin and stdout, for an agent that starts it. Otherwise it serves
HTTP, on /sse and on /mcp, and prints its addresses and its bearer token as one JSON line. The
server is --url, or --profile's, else http://127.0.0.1:3000.

\b
Examples:
  sse-tui mcp --stdio
  sse-tui --url http://localhost:3000 mcp --port 8600

\b
In an agent's configuration:
  {"mcpServers": {"events": {"command": "sse-tui", "args": ["mcp", "--stdio"]}}}

\b
Exit codes:
  0  the agent closed stdin     2  wrong usage, or the port is taken
"""


@click.command(help=HELP)
@click.option("--stdio", is_flag=True, help="Speak MCP on stdin and stdout.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Listen here.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="0 (the default): any.")
@click.option(
    "--token",
    envvar="SSE_TUI_MCP_TOKEN",
    metavar="TOKEN",
    help="The bearer token to ask for; a random one by default.",
)
@connection_options
@click.pass_context
@pass_app
def mcp(
    app: AppContext, ctx: click.Context, stdio: bool, host: str, port: int, token: str | None
) -> int:
    """Serve the MCP tools (the text of `--help` is HELP)."""
    if not stdio:
        return run_async(_serve_http(app, host, port, token))
    for name in ("host", "port"):
        if ctx.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE:
            raise UsageError("--stdio listens nowhere", hint=f"Leave --{name} or --stdio out.")
    # uvloop aborts the process where standard input is a plain file.
    return run_async(_serve_stdio(app), fast=False)


async def _serve_stdio(app: AppContext) -> int:
    from sse_tui.mcp_server.stdio import serve_stdio

    async with app.service() as service:
        await serve_stdio(service)
    return OK


async def _serve_http(app: AppContext, host: str, port: int, token: str | None) -> int:
    from sse_tui.mcp_server.server import McpServer

    async with app.service() as service:
        server = McpServer(service, token, host, port)
        await server.start()
        try:
            addresses = {"url": server.url, "sse_url": server.sse_url, "mcp_url": server.mcp_url}
            click.echo(json.dumps(addresses | {"token": server.token, "pid": os.getpid()}))
            note(f"MCP tools for the events of {service.url}; Ctrl+C ends them.")
            await asyncio.get_running_loop().create_future()  # until a signal comes
        finally:
            await server.stop()
    return OK
