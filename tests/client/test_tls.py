"""Which certificates are shown and trusted, and what is told of files that are none."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from peers.certificates import Certificates
from peers.wire_server import Answer, Request, WireServer

from sse_tui.client.options import ClientOptions
from sse_tui.client.reasons import CertificateError
from sse_tui.client.service import EventService
from sse_tui.client.tls import tls_context
from sse_tui.errors import ConfigError

from .rows import ended, until


def key_file(path: Path, passphrase: bytes | None = None) -> str:
    """A new key in a PEM file."""
    lock = (
        serialization.BestAvailableEncryption(passphrase)
        if passphrase
        else serialization.NoEncryption()
    )
    key = ec.generate_private_key(ec.SECP256R1())
    text = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)
    path.write_bytes(text)
    return str(path)


async def test_a_server_that_wants_a_certificate_gets_it(
    certificates: Certificates, tmp_path: Path
) -> None:
    both = tmp_path / "both.pem"
    both.write_bytes(certificates.cert.read_bytes() + certificates.key.read_bytes())
    ca, cert, key = (str(p) for p in (certificates.ca, certificates.cert, certificates.key))
    asking = certificates.server_context(ask=ssl.CERT_REQUIRED)
    held = Answer(write=[b"data: for you\n\n"], end="hold")
    async with WireServer(lambda _: held, tls=asking) as server:
        for options in (
            ClientOptions(ca=ca, cert=cert, key=key),
            ClientOptions(ca=ca, cert=str(both)),
        ):
            async with EventService(options=options) as service:
                stream = await service.subscribe(server.url)
                await until(service, lambda log=stream.log: log.events == 1)  # type: ignore[misc]


@pytest.fixture
async def openssl_server(certificates: Certificates) -> AsyncIterator[str]:
    """A server that asks for a certificate; asyncio's own would hang up without the alert."""
    process = await asyncio.create_subprocess_exec(
        *("openssl", "s_server", "-accept", "127.0.0.1:0", "-Verify", "1", "-www"),
        *("-cert", certificates.cert, "-key", certificates.key, "-CAfile", certificates.ca),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(5):
            while not (line := await process.stdout.readline()).startswith(b"ACCEPT"):
                assert line, "openssl has ended"
        yield f"https://localhost:{int(line.rpartition(b':')[2])}/"
    finally:
        process.kill()
        await process.wait()


async def test_a_server_that_gets_no_certificate_says_so(
    certificates: Certificates, openssl_server: str
) -> None:
    async with EventService(options=ClientOptions(ca=str(certificates.ca))) as service:
        stream = await service.subscribe(openssl_server)
        await ended(stream)
        assert isinstance(stream.error, CertificateError)
        assert "wants a certificate of ours" in stream.error.title
        assert "--cert" in stream.error.hint


def test_files_that_are_no_certificates_are_named(
    certificates: Certificates, tmp_path: Path
) -> None:
    cert, nowhere, text = str(certificates.cert), str(tmp_path / "nowhere"), str(tmp_path / "text")
    Path(text).write_text("hello")
    cases = [
        (ClientOptions(ca=nowhere), nowhere, "no such file"),
        (ClientOptions(ca=text), text, "not a PEM file"),
        (ClientOptions(ca=str(tmp_path)), str(tmp_path), "directory"),
        (ClientOptions(cert=nowhere), nowhere, "no such file"),
        (ClientOptions(cert=text), text, "no PEM file"),
        (ClientOptions(cert=cert, key=nowhere), nowhere, "no such file"),
        (ClientOptions(cert=cert, key=key_file(tmp_path / "a")), cert, "do not belong together"),
        (ClientOptions(key=text), text, "without a certificate"),
    ]
    for options, file, words in cases:
        with pytest.raises(ConfigError) as caught:
            tls_context(options)
        assert file in caught.value.detail
        assert words in str(caught.value)


def test_a_locked_key_is_told_and_nobody_is_asked(
    certificates: Certificates, tmp_path: Path
) -> None:
    locked = key_file(tmp_path / "locked", b"secret")
    with pytest.raises(ConfigError, match="locked by a passphrase"):
        tls_context(ClientOptions(cert=str(certificates.cert), key=locked))


async def test_what_a_profile_trusts_holds_for_its_own_origin_only(
    certificates: Certificates,
) -> None:
    def answer(request: Request) -> Answer:
        onward = Answer(302, {"Location": f"{other.url}/on"}, framing="none")
        return onward if request.path == "/away" else Answer(write=[b"data: a\n\n"], end="hold")

    tls = certificates.server_context()
    async with WireServer(answer, tls=tls) as home, WireServer(answer, tls=tls) as other:
        options = ClientOptions(insecure=True, own_tls=True)
        async with EventService(home.url, options=options) as service:
            stream = await service.subscribe(f"{home.url}/x")
            await until(service, lambda: stream.log.events == 1)
            for url in (f"{other.url}/x", f"{home.url}/away"):
                stream = await service.subscribe(url)
                await ended(stream)
                assert isinstance(stream.error, CertificateError)
