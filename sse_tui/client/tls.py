"""The TLS settings of all connections: whom to trust, and who we are."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Literal, NoReturn, TypeAlias

import certifi

from sse_tui.client.options import ClientOptions
from sse_tui.errors import ConfigError

Tls: TypeAlias = ssl.SSLContext | Literal[True]
"""TLS settings as aiohttp takes them; True: its own, which trust the system's authorities."""


def tls_settings(options: ClientOptions) -> Tls:
    """The settings for these options.

    The usual ones are those that aiohttp makes while it is imported: reading the trust store once
    more would take some 20 ms of every start.

    Raises:
        ConfigError: a certificate file cannot be used.
    """
    if options.ca or options.cert or options.key or options.insecure:
        return tls_context(options)
    return True if _system_has_authorities() else tls_context(options)


def tls_context(options: ClientOptions) -> ssl.SSLContext:
    """The context for these options; loading the trust store takes some 20 ms.

    Trusted are the system's authorities (or those of `SSL_CERT_FILE` and `SSL_CERT_DIR`), as with
    curl; where a system has none, Mozilla's as they come with certifi; with `ca`, only its.

    Raises:
        ConfigError: a certificate file cannot be used.
    """
    context = _trusting(options.ca)
    if options.insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if options.cert:
        _show_ourselves(context, options.cert, options.key)
    elif options.key:
        raise ConfigError("A key without a certificate", options.key, "Give its --cert too.")
    return context


def _trusting(ca: str | None) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=ca)
    except OSError as error:  # ssl.SSLError is one
        why = _missing(ca) or "it is not a PEM file of certificates"
        raise ConfigError("The CA file cannot be used", f"{ca}: {why}") from error
    if not ca and not _system_has_authorities():
        context.load_verify_locations(certifi.where())
    return context


def _show_ourselves(context: ssl.SSLContext, cert: str, key: str | None) -> None:
    try:
        context.load_cert_chain(cert, key, password=lambda: _ask_nobody(key or cert))
    except OSError as error:
        for file in (cert, key):
            if why := _missing(file):
                raise ConfigError("The certificate cannot be used", f"{file}: {why}") from error
        files = f"{cert} and {key}" if key else cert
        why = getattr(error, "reason", None) or "no PEM file"
        if "MISMATCH" in why:
            raise ConfigError(
                "The certificate and its key do not belong together", files
            ) from error
        hint = "PEM files of a certificate and its key are needed (--cert, --key)."
        raise ConfigError("The certificate cannot be used", f"{files}: {why}", hint) from error


def _ask_nobody(file: str) -> NoReturn:
    """OpenSSL would ask on the terminal, in the middle of a screen."""
    hint = "Give a key without one: openssl pkey -in FILE -out PLAIN"
    raise ConfigError("The key is locked by a passphrase", file, hint)


def _missing(file: str | None) -> str | None:
    """Why the file cannot even be read; None where it can be."""
    if file is None:
        return None
    try:
        Path(file).open("rb").close()
    except OSError as error:
        return (error.strerror or str(error)).lower()
    return None


def _system_has_authorities() -> bool:
    paths = ssl.get_default_verify_paths()
    if paths.cafile is not None:
        return True
    return paths.capath is not None and any(Path(paths.capath).iterdir())
