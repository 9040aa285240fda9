"""Runs the command whose output is a request's headers, such as a token that soon expires."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process

from sse_tui.client.reasons import HeaderCommandError
from sse_tui.client.request import checked_headers
from sse_tui.errors import UsageError

TIMEOUT_S = 10.0
MAX_OUTPUT_BYTES = 64 * 1024


async def made_headers(command: str) -> tuple[tuple[str, str], ...]:
    """The headers that the command prints, one `Name: value` a line.

    The shell runs it, with nothing on its standard input and no terminal, for 10 s at most; then
    all that it has started is killed.

    Raises:
        HeaderCommandError: it fails, prints nothing, or prints something that is no header. Its
            output may be a secret and is not repeated.
    """
    process = await asyncio.create_subprocess_shell(
        command, stdin=DEVNULL, stdout=PIPE, stderr=PIPE, start_new_session=True
    )
    try:
        async with asyncio.timeout(TIMEOUT_S):
            out, err = await asyncio.gather(_beginning(process.stdout), _beginning(process.stderr))
            code = await process.wait()
    except TimeoutError as error:
        hint = "It must end by itself, and gets no input."
        raise HeaderCommandError(
            "The header command does not end", f"killed after {TIMEOUT_S:.0f} s", hint
        ) from error
    finally:
        await _kill_all(process)
    if code != 0:
        said = err.decode("utf-8", "replace").strip().partition("\n")[0]
        raise HeaderCommandError(f"The header command failed with exit code {code}", said[:300])
    return _headers(out)


def _headers(output: bytes) -> tuple[tuple[str, str], ...]:
    lines = output.decode("utf-8", "surrogateescape").splitlines()
    pairs = [line.partition(":") for line in lines if line.strip()]
    hint = "It must print 'Name: value', one header a line."
    if not pairs:
        raise HeaderCommandError("The header command printed nothing", hint=hint)
    if not all(colon for _, colon, _ in pairs):
        raise HeaderCommandError("The header command printed a line without a colon", hint=hint)
    try:
        return checked_headers((name.strip(), value) for name, _, value in pairs)
    except UsageError as error:
        raise HeaderCommandError("The header command printed a bad header", hint=hint) from error


async def _beginning(stream: asyncio.StreamReader | None) -> bytes:
    """The first 64 KiB; the rest is read too, so that the command can end."""
    assert stream is not None
    kept = b""
    while chunk := await stream.read(MAX_OUTPUT_BYTES):
        kept = (kept + chunk)[:MAX_OUTPUT_BYTES]
    return kept


async def _kill_all(process: Process) -> None:
    """End the command and what it has left behind in its process group."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
