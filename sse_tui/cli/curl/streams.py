"""What a pasted curl command means for the streams and the client of one run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sse_tui.cli.curl.command import CurlCommand
from sse_tui.client.options import ClientOptions, StreamOptions, header_pairs


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
    command: CurlCommand, options: ClientOptions, given: Mapping[str, Any]
) -> ClientOptions:
    """The client's options for the command.

    Args:
        command: what was pasted.
        options: what profile and options say.
        given: which fields were set by options beside the command; they win.
    """
    told = {
        "ca": command.ca,
        "cert": command.cert,
        "key": command.key,
        "insecure": command.insecure or None,
        "proxy": command.proxy,
        "unix_socket": command.unix_socket,
        "connect_timeout": command.connect_timeout_s,
    }
    # A URL is a URL here, also where the profile's kind of server has URLs for topics.
    changes: dict[str, Any] = {"dialect": "url"}
    changes |= {name: value for name, value in told.items() if value is not None}
    changes |= {name: value for name, value in given.items() if value is not None}
    return replace(options, **changes)
