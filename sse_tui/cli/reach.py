"""The options that say how a server is reached and who asks: TLS, proxies, sockets, credentials."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sse_tui.cli.content import read_content
from sse_tui.client.request import basic_authorization, checked_headers
from sse_tui.errors import UsageError

if TYPE_CHECKING:
    from sse_tui.cli.context import AppContext
    from sse_tui.client.options import ClientOptions
    from sse_tui.config import Profile

AnyCommand = TypeVar("AnyCommand", bound=Callable[..., Any])


@dataclass
class Reach:
    """What the options said; None and False where they said nothing.

    Attributes:
        unix_socket, proxy, header_command: as in `ClientOptions`.
        ca, cert, key: PEM files.
        insecure: certificates are not checked.
    """

    unix_socket: str | None = None
    proxy: str | None = None
    header_command: str | None = None
    ca: str | None = None
    cert: str | None = None
    key: str | None = None
    insecure: bool = False

    @property
    def names_way(self) -> bool:
        """Whether an option says how to connect; a profile's socket and proxy are then not used."""
        return self.unix_socket is not None or self.proxy is not None

    @property
    def is_set(self) -> bool:
        """Whether any option was given."""
        return self != Reach()

    def over(self, profile: Profile) -> dict[str, Any]:
        """The fields of `ClientOptions`: what the profile says, the options over it.

        Raises:
            UsageError: two of them contradict each other.
        """
        if self.unix_socket is not None and self.proxy:
            raise UsageError("Give either --unix-socket or --proxy", "not both")
        way = self if self.names_way else profile
        own_cert = self.cert is not None
        return {
            "unix_socket": _text(way.unix_socket),
            "proxy": way.proxy,
            "own_way": not self.names_way,
            "header_command": self.header_command or profile.header_command,
            "ca": self.ca or _text(profile.ca_file),
            "cert": self.cert or _text(profile.cert_file),
            "key": self.key or (None if own_cert else _text(profile.key_file)),
            "insecure": self.insecure or profile.insecure,
            "own_tls": self._leaves_tls_to(profile),
        }

    def _leaves_tls_to(self, profile: Profile) -> bool:
        """Whether all that is said about certificates is the profile's, and so for its origin."""
        mine = self.ca or self.cert or self.key or self.insecure
        its = profile.ca_file or profile.cert_file or profile.key_file or profile.insecure
        return bool(its and not mine)


def reach_options(command: AnyCommand) -> AnyCommand:
    """Add the options; they may stand before or after the subcommand."""
    for names, settings in reversed(_OPTIONS):
        add = click.option(*names, expose_value=False, **settings)
        command = add(command)
    return command


def checked_files(options: ClientOptions) -> ClientOptions:
    """The options, their certificate files tried: a wrong file is wrong usage, not a bad stream.

    Raises:
        ConfigError: one cannot be used.
    """
    if options.ca or options.cert or options.key:
        from sse_tui.client.tls import tls_context

        tls_context(options)
    return options


def _text(path: Path | str | None) -> str | None:
    return None if path is None else str(path)


def _keep(ctx: click.Context, parameter: click.Parameter, value: str | bool | None) -> None:
    if value is None or value is False or parameter.name is None:
        return
    if value == "":
        raise UsageError(f"{parameter.opts[-1]} is empty", "it needs a value")
    setattr(_app(ctx).reach, parameter.name, value)


def _keep_no_proxy(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        _app(ctx).reach.proxy = ""


def _keep_user(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
    if value is None:
        return
    name, colon, password = value.partition(":")
    if not colon:
        if not sys.stdin.isatty():
            hint = "Give --user NAME:PASSWORD, or run it on a terminal to be asked."
            raise UsageError("No password is given", f"for the user {name!r}", hint)
        password = click.prompt(f"Password of {name}", hide_input=True, err=True)
    _app(ctx).set_header("Authorization", basic_authorization(name, password))


def _keep_bearer(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
    if value is None:
        return
    token = read_content(value).decode("utf-8", "surrogateescape").strip()
    if not token:
        raise UsageError("The bearer token is empty", "--bearer needs one")
    try:
        ((name, text),) = checked_headers([("Authorization", f"Bearer {token}")])
    except UsageError:  # its words repeat the token
        hint = "A token is one line of visible characters."
        raise UsageError("Not a bearer token", "it cannot be sent in a header", hint) from None
    _app(ctx).set_header(name, text)


def _app(ctx: click.Context) -> AppContext:
    app: AppContext = ctx.obj
    return app


_OPTIONS: tuple[tuple[tuple[str, ...], dict[str, Any]], ...] = (
    (
        ("-u", "--user"),
        {
            "metavar": "NAME[:PASSWORD]",
            "callback": _keep_user,
            "help": "Log in (basic); asks for the password.",
        },
    ),
    (
        ("--bearer",),
        {
            "metavar": "TOKEN|-|@FILE",
            "callback": _keep_bearer,
            "help": "Send this bearer token.",
        },
    ),
    (
        ("--header-command",),
        {
            "metavar": "CMD",
            "callback": _keep,
            "help": "Send the headers that this shell command prints, run at each connect.",
        },
    ),
    (
        ("--proxy",),
        {
            "metavar": "URL",
            "callback": _keep,
            "help": "Go through this proxy: http, https, socks4, socks4a, socks5 or socks5h.",
        },
    ),
    (
        ("--no-proxy",),
        {
            "is_flag": True,
            "callback": _keep_no_proxy,
            "help": "Use no proxy, whatever the environment names.",
        },
    ),
    (
        ("--unix-socket",),
        {
            "metavar": "PATH",
            "callback": _keep,
            "help": "Connect to this socket, not to the URL's host.",
        },
    ),
    (
        ("--ca",),
        {
            "metavar": "FILE",
            "callback": _keep,
            "help": "Trust the certificate authorities in this PEM file.",
        },
    ),
    (
        ("--cert",),
        {
            "metavar": "FILE",
            "callback": _keep,
            "help": "Client certificate (PEM), maybe with its key.",
        },
    ),
    (
        ("--key",),
        {
            "metavar": "FILE",
            "callback": _keep,
            "help": "The client certificate's key (PEM).",
        },
    ),
    (
        ("-k", "--insecure"),
        {
            "is_flag": True,
            "callback": _keep,
            "help": "Do not check certificates.",
        },
    ),
)
