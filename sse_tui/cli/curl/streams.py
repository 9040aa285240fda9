"""What a pasted curl command means for the streams and the client of one run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sse_tui.client.options import ClientOptions, StreamOptions, header_pairs

if TYPE_CHECKING:
    from sse_tui.cli.context import AppContext
    from sse_tui.cli.curl.command import CurlCommand


def streams_of(
    command: CurlCommand, own: StreamOptions, *, method: str | None
) -> dict[str, StreamOptions]:
    """The command's URLs, with how each is asked for; its headers go nowhere else.

    Args:
        command: what was pasted.
        own: what the options beside it say; they win.
        method: `-X` beside it.
    """
    given = header_pairs(own.headers)
    names = {name.lower() for name, _ in given}
    headers = [pair for pair in command.headers if pair[0].lower() not in names] + given
    body = command.body if own.body is None else own.body
    posts = own.body is not None and command.method == "GET"
    options = replace(
        own,
        method=method or ("POST" if posts else command.method),
        headers=headers,
        body=body,
        last_event_id=own.last_event_id or command.last_event_id,
        compressed=own.compressed or command.compressed,
    )
    return dict.fromkeys(command.urls, options)


def client_options_of(
    app: AppContext, command: CurlCommand, options: ClientOptions
) -> ClientOptions:
    """The client's options for the command.

    Args:
        app: what the options beside the command say; they win.
        command: what was pasted; it wins over the profile.
        options: what profile and options say.
    """
    reach = app.reach
    changes: dict[str, Any] = {}
    if app.dialect is None:
        # A URL is a URL here, also where the profile's kind of server has URLs for topics.
        changes["dialect"] = "url"
    if command.connect_timeout_s is not None:
        changes["connect_timeout"] = command.connect_timeout_s
    if command.insecure or command.ca or command.cert:
        # The profile's certificate stays at the profile's origin.
        changes |= {
            "own_tls": False,
            "ca": reach.ca or command.ca,
            "cert": reach.cert or command.cert,
            "key": reach.key or (None if reach.cert else command.key),
            "insecure": reach.insecure or command.insecure,
        }
    if not reach.names_way and (command.unix_socket or command.proxy is not None):
        proxy = None if command.unix_socket else command.proxy
        changes |= {"unix_socket": command.unix_socket, "proxy": proxy, "own_way": False}
    return replace(options, **changes)
