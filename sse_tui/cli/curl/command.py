"""What a pasted curl command asks for, as plain values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sse_tui.cli.curl.body import FORM, JSON, body_of
from sse_tui.cli.curl.cmd_words import cmd_words, is_for_cmd
from sse_tui.cli.curl.connection import certificate, proxy_url
from sse_tui.cli.curl.headers import headers_of, taken_out, with_default
from sse_tui.cli.curl.options import CurlOptions, read_options
from sse_tui.cli.curl.words import shell_words
from sse_tui.errors import UsageError

_OURS = frozenset({"accept", "accept-encoding", "cache-control", "host", "user-agent"})
"""Headers that are sent whether a command line names them or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CurlCommand:
    """What a curl command asks for.

    Attributes:
        urls: with scheme, at least one.
        method: as it would be sent.
        headers: in order; a value may be empty.
        body: as it would be sent.
        last_event_id: taken out of the headers, for it changes as events come.
        compressed: it asks for a compressed answer.
        ca, cert, key, insecure, proxy, unix_socket: as in `ClientOptions`; None is not said.
        max_time_s: when to end; None is never.
        connect_timeout_s: None is not said.
        notes: what the user should know about what was left out.
    """

    urls: tuple[str, ...]
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    last_event_id: str | None = None
    compressed: bool = False
    ca: str | None = None
    cert: str | None = None
    key: str | None = None
    insecure: bool = False
    proxy: str | None = None
    unix_socket: str | None = None
    max_time_s: float | None = None
    connect_timeout_s: float | None = None
    notes: tuple[str, ...] = field(default=())


def parse_curl(text: str, environ: Mapping[str, str]) -> CurlCommand:
    """Understand a command line that begins with `curl`, in the form of a shell or of cmd.exe.

    Args:
        text: as pasted; it may have several lines.
        environ: for the variables in it.

    Raises:
        UsageError: it cannot be read, or asks for what cannot be done here.
    """
    words, rest = (cmd_words(text), "") if is_for_cmd(text) else shell_words(text, environ)
    if words[:1] in (["$"], ["%"]):  # a prompt that was copied along
        words = words[1:]
    if not words or not re.fullmatch(r"(.*[/\\])?curl(\.exe)?", words[0], re.IGNORECASE):
        raise UsageError(
            "Not a curl command",
            repr(words[0]) if words else "it is empty",
            "Paste it whole, as in --curl \"curl -N 'https://HOST/stream'\".",
        )
    return _command(read_options(words[1:]), rest)


def _command(options: CurlOptions, rest: str) -> CurlCommand:
    last = dict(options.given)
    headers, removed = headers_of(options.given, last)
    body = body_of(options.given)
    urls = [_url(url, globbing=options.globbing) for url in options.urls]
    if not urls:
        raise UsageError("The curl command names no URL", hint="Paste the whole command.")
    query = _url_query(options.given)
    if "get" in last and body is not None:
        query, body = [*query, body.decode("utf-8", "surrogateescape")], None
    if body is not None:
        kind = JSON if "json" in last else FORM
        headers = with_default(headers, removed, "Content-Type", kind)
    kept, position, zipped = taken_out(headers)
    return CurlCommand(
        urls=tuple(_with_query(url, query) for url in urls),
        method=last.get("request") or ("GET" if body is None else "POST"),
        headers=kept,
        body=body,
        last_event_id=position,
        compressed=zipped or "compressed" in last,
        ca=last.get("cacert"),
        cert=certificate(last.get("cert")),
        key=last.get("key"),
        insecure="insecure" in last,
        proxy=proxy_url(options.given, last),
        unix_socket=last.get("unix-socket"),
        max_time_s=_seconds("--max-time", last.get("max-time")),
        connect_timeout_s=_seconds("--connect-timeout", last.get("connect-timeout")),
        notes=_notes(options, removed, rest, last, repeats=body is not None),
    )


def _url(url: str, *, globbing: bool) -> str:
    url = url.strip()
    if "://" not in url:
        url = f"http://{url}"
    authority, _, path = url.partition("://")[2].partition("/")
    if globbing and re.search(r"\{[^}]*\}|\[[^\]]*-[^\]]*\]", path):
        hint = "Give each URL by itself, or add -g to have { } [ ] taken as they are."
        raise UsageError("The curl command cannot be followed", f"{url!r} is several URLs", hint)
    if "?" in authority:
        return url.replace("?", "/?", 1)
    return url


def _with_query(url: str, query: list[str]) -> str:
    if not query:
        return url
    url = url.partition("#")[0]
    return f"{url}{'&' if '?' in url else '?'}{'&'.join(query)}"


def _url_query(given: Iterable[tuple[str, str]]) -> list[str]:
    pieces = []
    for name, value in given:
        if name == "url-query":
            plain = value.startswith("+")
            body = None if plain else body_of([("data-urlencode", value)])
            pieces.append(value[1:] if body is None else body.decode())
    return pieces


def _seconds(option: str, value: str | None) -> float | None:
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        raise UsageError("Not a curl command", f"{option} {value!r} is not a number") from None
    return seconds if 0 < seconds < 1e9 else None


def _notes(
    options: CurlOptions, removed: set[str], rest: str, last: Mapping[str, str], *, repeats: bool
) -> tuple[str, ...]:
    left_out = [*options.left_out]
    left_out += [f"-H '{name}:'" for name in sorted(removed & _OURS)]
    if last.get("noproxy") not in (None, "*"):
        left_out.append("--noproxy")
    if rest.strip("&; ") and not rest.startswith("#"):
        left_out.append(" ".join(rest.split())[:60])
    notes = []
    if left_out:
        notes.append(f"not understood, left out: {', '.join(left_out)}")
    if "retry" in last:
        again = "a stream that breaks is asked for again anyway"
        notes.append(f"--retry: {'add --reconnect to have a POST repeated' if repeats else again}")
    return tuple(notes)
