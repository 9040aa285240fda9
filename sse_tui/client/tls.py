"""The TLS settings of all connections: whom to trust, and who we are."""

from __future__ import annotations

import ssl
from pathlib import Path

import certifi

from sse_tui.client.options import ClientOptions
from sse_tui.errors import ConfigError


def tls_context(options: ClientOptions) -> ssl.SSLContext:
    """The context for these options; loading the trust store takes some 20 ms.

    Trusted are the system's authorities (or those of `SSL_CERT_FILE` and `SSL_CERT_DIR`), as with
    curl; where a system has none, Mozilla's as they come with certifi; with `ca`, only its.

    Raises:
        ConfigError: a certificate file cannot be used.
    """
    try:
        context = ssl.create_default_context(cafile=options.ca)
        if not options.ca and not _system_has_authorities():
            context.load_verify_locations(certifi.where())
        if options.insecure:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        if options.cert:
            context.load_cert_chain(options.cert, options.key)
    except (OSError, ssl.SSLError) as error:
        files = ", ".join(name for name in (options.ca, options.cert, options.key) if name)
        raise ConfigError(
            "A certificate file cannot be used", f"{files}: {error}", "It must be a PEM file."
        ) from error
    return context


def _system_has_authorities() -> bool:
    paths = ssl.get_default_verify_paths()
    if paths.cafile is not None:
        return True
    return paths.capath is not None and any(Path(paths.capath).iterdir())
