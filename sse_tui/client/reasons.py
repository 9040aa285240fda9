"""Why a connection failed, in words for the user: from the causes that the system reports."""

from __future__ import annotations

import errno
import os
import socket
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

from sse_tui.client.inflate import DamagedError
from sse_tui.client.ways import DIRECT, Way
from sse_tui.errors import ConnectError, StreamEndedError, StreamError

_FINAL_PROXY_STATUSES = frozenset({401, 403, 407})


class CertificateError(ConnectError):
    """The server's certificate is not trusted: trying again would not help."""


class ProxyRefusedError(ConnectError):
    """The proxy knows what is asked of it and says no: trying again would not help."""


class HeaderCommandError(StreamError):
    """The command that makes the headers did not make any."""


def connect_error(error: BaseException, url: str, way: Way = DIRECT) -> ConnectError:
    """What to tell about a request that got no answer.

    Args:
        error: what was raised; the reason is looked for in it and in its causes.
        url: what was asked for.
        way: how it was to be reached.
    """
    causes = list(_causes(error))
    place = _place(url)
    if way.unix_socket is not None:
        place = f"socket {way.unix_socket}"
    elif way.proxy is not None:
        told = _of_proxy(causes, place, way.shown_proxy)
        if told is not None:
            return told
        place = f"{place} through {way.shown_proxy}"
    for cause in causes:
        named = _named(cause, place)
        if named is not None:
            return named
    kind = type(error).__name__
    return ConnectError(f"No connection to {place}", f"{kind}: {error}" if str(error) else kind)


def _of_proxy(causes: list[BaseException], place: str, proxy: str) -> ConnectError | None:
    """The error of a proxy on the way to `place`; None where it is not the proxy's."""
    for cause in causes:
        # Known by name: only the adapter imports aiohttp and aiohttp_socks.
        match type(cause).__name__:
            case "ClientProxyConnectionError" | "ProxyConnectionError" | "ClientConnectorDNSError":
                return ConnectError(
                    f"No connection to the proxy {proxy}",
                    _system_words(causes) or str(cause),
                    "Check the proxy's address; --no-proxy does without.",
                )
            case "ClientHttpProxyError":
                return _http_proxy_error(cause, place, proxy)
            case "ProxyError" if "uthentication" in str(cause):
                return ProxyRefusedError(
                    f"The proxy {proxy} does not let us in", str(cause), _CREDENTIALS_HINT
                )
            case "ProxyError":
                return ConnectError(f"The proxy {proxy} did not reach {place}", str(cause))
    return None


_CREDENTIALS_HINT = "Give user and password in its URL, as in socks5h://USER:PASSWORD@HOST:1080."


def _http_proxy_error(cause: BaseException, place: str, proxy: str) -> ConnectError:
    status, words = getattr(cause, "status", 0), getattr(cause, "message", "")
    final = status in _FINAL_PROXY_STATUSES
    return (ProxyRefusedError if final else ConnectError)(
        f"The proxy {proxy} did not connect to {place}",
        f"it answered {status} {words}".rstrip(),
        _CREDENTIALS_HINT.replace("socks5h", "http") if status == 407 else "",
        status=status or None,
    )


def _system_words(causes: list[BaseException]) -> str:
    """What the operating system said, in its own words."""
    for cause in causes:
        match cause:
            case socket.gaierror():
                return "its host name is unknown"
            case OSError(errno=int(number)):
                return os.strerror(number).lower()
    return ""


def broken_stream(error: BaseException, url: str) -> StreamEndedError:
    """What to tell about a body that broke off."""
    place = _place(url)
    for cause in _causes(error):
        match cause:
            case DamagedError():
                return StreamEndedError("The stream broke off", f"{place}: {cause}")
            case TimeoutError():
                return StreamEndedError(
                    "The stream is silent", f"{place} sent no byte within the idle timeout"
                )
            case OSError(errno=errno.ECONNRESET | errno.EPIPE):
                return StreamEndedError("The connection was reset", f"by {place}")
            case OSError(errno=int()):
                return StreamEndedError("The connection was lost", f"{place}: {cause.strerror}")
    return StreamEndedError("The stream broke off", f"{place} cut it off in the middle")


def _named(cause: BaseException, place: str) -> ConnectError | None:
    """The error for a cause that has a name of its own."""
    match cause:
        case ssl.SSLError():
            return _of_tls(cause, place)
        case socket.gaierror():
            return ConnectError(
                f"The host name {place.rpartition(':')[0] or place} is unknown",
                cause.strerror or str(cause),
                "Check the spelling and the network's name service.",
            )
        case ConnectionRefusedError():
            return ConnectError(
                f"Nothing listens at {place}",
                "the connection was refused",
                "Start the server, or check the port.",
            )
        case OSError(errno=errno.ECONNRESET | errno.EPIPE):
            return ConnectError(f"{place} hung up", "the connection was reset before an answer")
        case TimeoutError():
            return ConnectError(
                f"No answer from {place}",
                "the time for connecting ran out",
                "Check the address, the network and a firewall in between.",
            )
        case FileNotFoundError():
            return ConnectError(
                f"There is no {place}", "no such file", "Start the server, or check the path."
            )
        case PermissionError():
            return ConnectError(f"No connection to {place}", (cause.strerror or "").lower())
        case OSError(errno=errno.EHOSTUNREACH | errno.ENETUNREACH):
            return ConnectError(f"{place} cannot be reached", cause.strerror or str(cause))
    # Known by name: only the adapter imports aiohttp.
    match type(cause).__name__:
        case "ServerDisconnectedError":
            return ConnectError(f"{place} hung up", "it closed the connection before it answered")
        case "ClientResponseError" | "BadHttpMessage" | "BadStatusLine":
            return ConnectError(
                f"{place} does not speak HTTP",
                "its answer makes no sense as such",
                "Check the port, and whether it speaks https.",
            )
    return None


def _of_tls(cause: ssl.SSLError, place: str) -> ConnectError:
    match cause:
        case ssl.SSLCertVerificationError():
            return CertificateError(
                f"The certificate of {place} is not trusted",
                cause.verify_message,
                "Give its authority with --ca, or accept any certificate with --insecure.",
            )
        case ssl.SSLError() if "CERTIFICATE_REQUIRED" in str(cause.reason):
            return CertificateError(
                f"{place} wants a certificate of ours",
                "it ended the TLS connection for want of one",
                "Give it with --cert and --key.",
            )
    return ConnectError(
        f"No TLS connection to {place}",
        cause.reason or str(cause),
        "Check whether the port speaks https or plain http.",
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The innermost causes first: they say most; aiohttp wraps the system's errors."""
    if error is None:
        return
    inner = getattr(error, "os_error", None) or getattr(error, "certificate_error", None)
    yield from _causes(inner or error.__cause__)
    yield error


def _place(url: str) -> str:
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    host = parts.hostname or url
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
