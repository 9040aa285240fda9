"""Runs the command whose output is a request's headers, such as a token that soon expires."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process, SubprocessStreamProtocol

from sse_tui.client.reasons import HeaderCommandError
from sse_tui.client.request import checked_headers
from sse_tui.errors import UsageError

TIMEOUT_S = 10.0
LAST_WAIT_S = 1.0
MAX_OUTPUT_BYTES = 64 * 1024


async def made_headers(command: str) -> tuple[tuple[str, str], ...]:
    """The headers that the command prints, one `Name: value` a line.

    The shell runs it, with nothing on its standard input and no terminal, for 10 s at most; then
    all that it has started is killed.

    Raises:
        HeaderCommandError: it fails, prints nothing, or prints something that is no header. Its
            output may be a secret and is not repeated.
    """
    loop = asyncio.get_running_loop()
    # `create_subprocess_shell` in two steps: its process cannot close the pipes that it reads.
    transport, protocol = await loop.subprocess_shell(
        lambda: SubprocessStreamProtocol(MAX_OUTPUT_BYTES, loop),
        command,
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=PIPE,
        start_new_session=True,
    )
    process = Process(transport, protocol, loop)
    assert process.stdout is not None
    assert process.stderr is not None
    complaints = asyncio.ensure_future(_drained(process.stderr))
    try:
        async with asyncio.timeout(TIMEOUT_S):
            out = await _output(process.stdout)
            code = await process.wait()
            said = (await complaints).strip().partition("\n")[0]
    except TimeoutError as error:
        hint = "It must end by itself, and gets no input."
        raise HeaderCommandError(
            "The header command does not end", f"killed after {TIMEOUT_S:.0f} s", hint
        ) from error
    finally:
        complaints.cancel()
        await _kill_all(process)
        transport.close()
    if code != 0:
        how = f"failed with exit code {code}" if code > 0 else f"was killed by signal {-code}"
        raise HeaderCommandError(f"The header command {how}", said[:300])
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


async def _output(stdout: asyncio.StreamReader) -> bytes:
    out = b""
    while chunk := await stdout.read(MAX_OUTPUT_BYTES):
        out += chunk
        if len(out) > MAX_OUTPUT_BYTES:
            raise HeaderCommandError("The header command printed more than 64 KiB")
    return out


async def _drained(stderr: asyncio.StreamReader) -> str:
    """The beginning of what it complains about; all of it is read, so that it can go on."""
    kept = b""
    while chunk := await stderr.read(MAX_OUTPUT_BYTES):
        kept += chunk[: MAX_OUTPUT_BYTES - len(kept)]
    return kept.decode("utf-8", "replace")


async def _kill_all(process: Process) -> None:
    """End the command and what it has left behind in its process group."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    # What has fled into a session of its own may hold the pipes open, and so hold up `wait`.
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LAST_WAIT_S):
            await process.wait()
