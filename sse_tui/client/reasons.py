"""Why a connection failed, in words for the user: from the causes that the system reports."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

from sse_tui.errors import ConnectError, StreamEndedError


class CertificateError(ConnectError):
    """The server's certificate is not trusted: trying again would not help."""


def connect_error(error: BaseException, url: str) -> ConnectError:
    """What to tell about a request that got no answer.

    Args:
        error: what was raised; the reason is looked for in it and in its causes.
        url: what was asked for.
    """
    place = _place(url)
    for cause in _causes(error):
        named = _named(cause, place)
        if named is not None:
            return named
    kind = type(error).__name__
    return ConnectError(f"No connection to {place}", f"{kind}: {error}" if str(error) else kind)


def broken_stream(error: BaseException, url: str) -> StreamEndedError:
    """What to tell about a body that broke off."""
    place = _place(url)
    for cause in _causes(error):
        match cause:
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
        case ssl.SSLCertVerificationError():
            return CertificateError(
                f"The certificate of {place} is not trusted",
                cause.verify_message,
                "Give its authority with --ca, or accept any certificate with --insecure.",
            )
        case ssl.SSLError():
            return ConnectError(
                f"No TLS connection to {place}",
                cause.reason or str(cause),
                "Check whether the port speaks https or plain http.",
            )
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
        case OSError(errno=errno.EHOSTUNREACH | errno.ENETUNREACH):
            return ConnectError(f"{place} cannot be reached", cause.strerror or str(cause))
    # Known by name: only the transport imports aiohttp.
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
