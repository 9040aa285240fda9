"""The socket that the hub listens on, and on which addresses it may."""

from __future__ import annotations

import errno
import ipaddress
import socket

from sse_tui.errors import HubUnavailableError

BACKLOG = 2_048

UNSENT_BYTES = 64 * 2**10
"""What the kernel takes beyond what the network has: megabytes otherwise, for each slow reader, and
minutes until one that reads slowly can be told from one that does not read."""


class PortTakenError(HubUnavailableError):
    """Another program listens there."""


def listen(host: str, port: int, *, has_token: bool) -> socket.socket:
    """Bind and listen.

    Args:
        host: a name or an address.
        port: 0 for a free one.
        has_token: whether requests must carry a token; needed where other machines can reach it.

    Raises:
        HubUnavailableError: the address is taken, not of this machine, or not allowed.
    """
    family, address = _resolve(host, port)
    if not has_token and not ipaddress.ip_address(address[0]).is_loopback:
        raise HubUnavailableError(
            "A hub that other machines can reach needs a token",
            f"{host} is not a loopback address",
            "Give one with --token or SSE_TUI_TOKEN, or listen on 127.0.0.1.",
        )
    # With the protocol named, asyncio sets TCP_NODELAY on what it accepts: without it, an answer
    # in two writes waits 40 ms for the client's acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        if hasattr(socket, "TCP_NOTSENT_LOWAT"):
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise _unavailable(host, port, error) from error
    listener.setblocking(False)
    return listener


def url_of(listener: socket.socket) -> str:
    """The address under which this machine reaches a listener."""
    host, port = listener.getsockname()[:2]
    address = ipaddress.ip_address(host)
    if address.is_unspecified:
        host = "127.0.0.1" if address.version == 4 else "::1"
    return f"http://[{host}]:{port}" if address.version == 6 else f"http://{host}:{port}"


def _resolve(host: str, port: int) -> tuple[int, tuple[str, int]]:
    if host == "localhost":
        host = "127.0.0.1"  # the same everywhere, whatever the machine's hosts file prefers
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise HubUnavailableError(
            "The host is not known", f"{host}: {error.strerror}", "Give an address with --host."
        ) from error
    family, _, _, _, address = found[0]
    return family, (str(address[0]), int(address[1]))


def _unavailable(host: str, port: int, error: OSError) -> HubUnavailableError:
    if error.errno == errno.EADDRINUSE:
        return PortTakenError(
            "The port is taken",
            f"{host}:{port}",
            "Another program listens there, perhaps a hub; name another with --port (0: any).",
        )
    return HubUnavailableError(
        "The hub cannot listen",
        f"{host}:{port}: {error.strerror}",
        "Give another address with --host or --port.",
    )
