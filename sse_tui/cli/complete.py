"""What the shell may complete: kinds of servers, profiles, topics. Quick, and never an error."""

from __future__ import annotations

import json
import os
import re
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from sse_tui.cli.context import AppContext
from sse_tui.config import DEFAULT_SERVER, Overrides, find_user_file

HUB_TIMEOUT_S = 0.3
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_MAX_ANSWER = 2**20
_PLAIN_NAME = re.compile(r"[\w.~*>/@-]+")


def complete_dialect(_: click.Context, __: click.Parameter, begun: str) -> list[str]:
    """Names of dialects."""
    from sse_tui.client.dialects.names import DIALECT_NAMES

    return _beginning_with(begun, DIALECT_NAMES)


def complete_profile(ctx: click.Context, _: click.Parameter, begun: str) -> list[str]:
    """Names of the profiles in the user's and the folder's file."""
    return _beginning_with(begun, _profiles(ctx)[0])


def complete_topic(ctx: click.Context, _: click.Parameter, begun: str) -> list[str]:
    """Topics of the profile, and of a hub on this machine if it answers within 300 ms."""
    app = ctx.find_object(AppContext) or AppContext()
    profiles, default = _profiles(ctx)
    profile = profiles.get(app.profile or os.environ.get("SSE_TUI_PROFILE") or default or "", {})
    topics = profile.get("topics", [])
    url = app.url or os.environ.get("SSE_TUI_URL") or profile.get("url") or DEFAULT_SERVER
    known = [*(topics if isinstance(topics, list) else []), *_topics_of_hub(str(url))]
    return _beginning_with(begun, known)


def _beginning_with(begun: str, names: Any) -> list[str]:  # noqa: ANN401 - from files and servers
    # A name with a blank or a control character would be taken apart by the shell.
    plain = [name for name in names if isinstance(name, str) and _PLAIN_NAME.fullmatch(name)]
    return [name for name in dict.fromkeys(plain) if name.startswith(begun)]


def _profiles(ctx: click.Context) -> tuple[dict[str, dict[str, Any]], str | None]:
    """The profiles by name, unchecked, and which one is taken without --profile."""
    profiles: dict[str, dict[str, Any]] = {}
    default: str | None = None
    config = ctx.find_root().params.get("config")
    for file in (find_user_file(Overrides(config_file=config), os.environ), Path("sse-tui.toml")):
        # What is wrong with a file is told by the command, not while one is typed.
        with suppress(OSError, ValueError, AttributeError):
            table = tomllib.loads(file.read_text("utf-8")) if file else {}
            default = table.get("default_profile", default)
            profiles |= {n: p for n, p in table.get("profiles", {}).items() if isinstance(p, dict)}
    return profiles, default


def _topics_of_hub(url: str) -> list[Any]:
    """The topics of the hub at `url`; none of one that is elsewhere: nobody asked for a request."""
    from http.client import HTTPConnection, HTTPException

    with suppress(OSError, ValueError, HTTPException):
        parts = urlsplit(url)
        if parts.scheme == "http" and parts.hostname in _LOOPBACK:
            connection = HTTPConnection(parts.hostname, parts.port or 80, timeout=HUB_TIMEOUT_S)
            connection.request("GET", f"{parts.path.rstrip('/')}/topics")
            answer = json.loads(connection.getresponse().read(_MAX_ANSWER))
            if isinstance(answer, list):
                return [entry.get("name") for entry in answer if isinstance(entry, dict)]
    return []
