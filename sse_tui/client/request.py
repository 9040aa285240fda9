"""A request as plain values: what a dialect says and the transport sends."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit, urlunsplit

from sse_tui.errors import UsageError

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_NOT_UTF_8 = re.compile(r"[\ud800-\udfff]")
_FORBIDDEN_IN_VALUE = re.compile(r"[\0-\x08\x0a-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request.

    Attributes:
        headers: what the protocol needs; kept on a redirect to anywhere.
        own_headers: what the user or the profile added; they win over `headers`, and stay behind
            on a redirect to another origin, because any of them may be a secret.
        body: bytes as sent; None where there is none.
        header_command: makes more `own_headers` when the request is sent; they win over the others.
        at_home: it goes to the service's own origin.
    """

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    own_headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    header_command: str | None = None
    at_home: bool = False

    def merged_headers(self) -> list[tuple[str, str]]:
        """All headers to send, in order."""
        own = {name.lower() for name, _ in self.own_headers}
        kept = [(name, value) for name, value in self.headers if name.lower() not in own]
        return kept + list(self.own_headers)


def checked_headers(headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The headers, if each can be sent as it is.

    Raises:
        UsageError: a name is not a token, or a value holds a control character such as a newline
            (RFC 9110, section 5.5) or bytes that are not UTF-8.
    """
    checked = tuple((name, value.strip(" \t")) for name, value in headers)
    for name, value in checked:
        if not _TOKEN.fullmatch(name):
            raise UsageError(
                "Not a header name", repr(name), "Write a header as 'Name: value', as in -H."
            )
        if _FORBIDDEN_IN_VALUE.search(value):
            raise UsageError(
                "A header value holds a control character",
                f"{name}: {value!r}",
                "Line ends and other control characters cannot be sent in a header.",
            )
        if _NOT_UTF_8.search(value):
            raise UsageError("A header value is not UTF-8", f"{name}: {value!a}")
    return checked


def checked_method(method: str) -> str:
    """The method in capitals.

    Raises:
        UsageError: it is not a token (RFC 9110, section 9.1).
    """
    if not _TOKEN.fullmatch(method):
        raise UsageError("Not a request method", repr(method), "Methods are such as GET or POST.")
    return method.upper()


def checked_url(url: str) -> str:
    """The URL without blanks around it.

    Raises:
        UsageError: it has no http or https scheme, no host, or a bad port.
    """
    text = url.strip()
    hint = "Give a whole URL, such as http://localhost:3000."
    if re.search(r"[\0-\x20\x7f]", text):
        raise UsageError("Not a URL", f"{url!r} holds a blank or a control character", hint)
    if _NOT_UTF_8.search(text):
        raise UsageError("Not a URL", f"{url!r} is not UTF-8", hint)
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError as error:
        raise UsageError("Not a URL", f"{url!r}: {error}", hint) from error
    if parts.scheme.lower() not in ("http", "https"):
        what = f"has the scheme {parts.scheme!r}" if "://" in text else "has no scheme"
        raise UsageError("Not an http or https URL", f"{url!r} {what}", hint)
    if not parts.hostname:
        raise UsageError("The URL names no host", repr(url), hint)
    return text


def split_credentials(url: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The URL without user and password, and the Authorization header that says the same."""
    parts = urlsplit(url)
    userinfo, at, host = parts.netloc.rpartition("@")
    if not at:
        return url, ()
    user, _, password = userinfo.partition(":")
    header = ("Authorization", basic_authorization(unquote(user), unquote(password)))
    return urlunsplit(parts._replace(netloc=host)), (header,)


def basic_authorization(user: str, password: str) -> str:
    """The value of `Authorization` that says user and password, in UTF-8 (RFC 7617)."""
    plain = f"{user}:{password}".encode("utf-8", "surrogateescape")
    return f"Basic {base64.b64encode(plain).decode()}"


def origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port (RFC 6454): who may see a secret."""
    parts = urlsplit(url)
    default = {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname or "", parts.port or default


def last_event_id_header(last_event_id: str) -> str | None:
    """The value of `Last-Event-ID`, or None where the ID cannot be sent.

    Blanks at its ends get lost in any header. An ID that holds a control character is illegal in
    one; a part of it would name another place in the stream, so it is not sent at all.
    """
    value = last_event_id.strip(" \t")
    return value if value and not _FORBIDDEN_IN_VALUE.search(value) else None
