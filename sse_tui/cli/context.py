"""What the command line hands to a command: the global options and the settings they lead to."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sse_tui.cli.completer import completer
from sse_tui.cli.reach import Reach, checked_files, reach_options
from sse_tui.client.dialects.names import DIALECT_NAMES
from sse_tui.config import DEFAULT_SERVER, Overrides, Settings, load_settings
from sse_tui.config_values import parse_header

if TYPE_CHECKING:
    from sse_tui.cli.curl.command import CurlCommand
    from sse_tui.client.options import ClientOptions
    from sse_tui.client.service import EventService

AnyCommand = TypeVar("AnyCommand", bound=Callable[..., Any])


@dataclass
class AppContext:
    """The global options of one run; `settings` reads the configuration when first needed.

    Attributes:
        url, profile, dialect, headers: what `--url`, `--profile`, `--dialect` and `-H` said, before
            or after the command.
        reach: what the options about TLS, proxies and sockets said, likewise.
        config_file: `--config`, else None (then SSE_TUI_CONFIG or the user's own file).
        log_file: where debug logs go; None for nowhere.
        curl: what `--curl` asks for.
    """

    url: str | None = None
    profile: str | None = None
    dialect: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    reach: Reach = field(default_factory=Reach)
    config_file: Path | None = None
    log_file: Path | None = None
    curl: CurlCommand | None = None

    @cached_property
    def settings(self) -> Settings:
        """The settings of this run.

        Raises:
            ConfigError: a file, key or value that cannot be used.
        """
        settings = load_settings(
            Overrides(url=self.url, profile=self.profile, config_file=self.config_file)
        )
        if self.reach.unix_socket and settings.profile.url is None:
            # The socket is the server: any host will do.
            profile = replace(settings.profile, url="http://localhost")
            settings = replace(settings, profile=profile)
        return settings

    def service(self) -> EventService:
        """A client of the profile's server, else of the hub that this machine may have.

        Raises:
            ConfigError: a file, key or value that cannot be used.
        """
        from sse_tui.client.service import EventService

        server = self.settings.profile.url or DEFAULT_SERVER
        return EventService(server, options=self.client_options())

    def client_options(self) -> ClientOptions:
        """How the client behaves, as the profile and the options say.

        Raises:
            ConfigError: a file, key or value that cannot be used.
        """
        from sse_tui.client.options import ClientOptions

        profile, limits = self.settings.profile, self.settings.limits
        options = ClientOptions(
            headers=_replaced(profile.headers, self.headers),
            dialect=self.dialect or profile.dialect,
            **self.reach.over(profile),
            max_rows=limits.rows_per_stream,
            max_bytes=limits.bytes_per_stream,
            total_bytes=limits.bytes_total,
        )
        if self.curl is not None:
            from sse_tui.cli.curl.streams import client_options_of

            options = client_options_of(self, self.curl, options)
        return checked_files(options)

    def set_header(self, name: str, value: str) -> None:
        """Send this header, in place of one of the same name."""
        self.headers = _replaced(self.headers, {name: value})

    def open_log(self, log_file: Path | None) -> None:
        """Send logs to `--log-file`, else to SSE_TUI_LOG, else nowhere.

        Raises:
            ConfigError: the file cannot be written.
        """
        from sse_tui.cli.logfile import configure_logging

        named = os.environ.get("SSE_TUI_LOG")
        self.log_file = log_file or (Path(named) if named else None)
        configure_logging(self.log_file)


pass_app = click.make_pass_decorator(AppContext)
"""Gives a command the `AppContext` as its first argument."""


def connection_options(command: AnyCommand) -> AnyCommand:
    """Add --url, --profile, --dialect, -H and `reach_options`, before or after the subcommand."""
    command = reach_options(command)
    for option in (
        click.option(
            "-H",
            "--header",
            multiple=True,
            metavar="'NAME: VALUE'",
            expose_value=False,
            callback=_keep_headers,
            help="Send this request header (again for more).",
        ),
        click.option(
            "--profile",
            metavar="NAME",
            expose_value=False,
            callback=_keep_profile,
            shell_complete=completer("profile"),
            help="Use this profile of the configuration.",
        ),
        click.option(
            "--dialect",
            metavar="NAME",
            expose_value=False,
            callback=_keep_dialect,
            shell_complete=completer("dialect"),
            help=f"The kind of server: {', '.join(DIALECT_NAMES)}.",
        ),
        click.option(
            "--url",
            metavar="URL",
            expose_value=False,
            callback=_keep_url,
            help="The server, as in http://localhost:3000.",
        ),
    ):
        command = option(command)
    return command


def _replaced(headers: Mapping[str, str], newer: Mapping[str, str]) -> dict[str, str]:
    """The headers with newer ones in place of those of the same name, whatever its case."""
    names = {name.lower() for name in newer}
    kept = {name: value for name, value in headers.items() if name.lower() not in names}
    return {**kept, **newer}


def _keep_url(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
    if value is not None:
        ctx.ensure_object(AppContext).url = value


def _keep_profile(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
    if value is not None:
        ctx.ensure_object(AppContext).profile = value


def _keep_dialect(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
    if value is not None:
        from sse_tui.client.dialects.registry import dialect

        ctx.ensure_object(AppContext).dialect = dialect(value).name


def _keep_headers(ctx: click.Context, _: click.Parameter, values: tuple[str, ...]) -> None:
    for value in values:
        ctx.ensure_object(AppContext).set_header(*parse_header(value))
