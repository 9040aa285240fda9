"""Reads what a request wants to publish: its body, its event type, its key."""

from __future__ import annotations

import asyncio
import hashlib
import json
import unicodedata
from collections.abc import Iterator
from typing import NoReturn

import orjson
from starlette.requests import Request

from sse_tui.hub.engine import NewEvents
from sse_tui.hub.frames import DEFAULT_TYPE
from sse_tui.hub.refusal import Refused

MAX_EVENT_BYTES = 2**20
MAX_BATCH_BYTES = 16 * 2**20
MAX_TYPE_LENGTH = 128
MAX_KEY_LENGTH = 255

JSON = "application/json"
NDJSON = "application/x-ndjson"

_THREAD_BYTES = 128 * 2**10
"""From this size on a body is checked beside the loop, not on it."""


async def read_events(request: Request, topic: str) -> tuple[NewEvents, bool]:
    """What a POST wants to publish, and whether it is a batch (NDJSON).

    Args:
        request: its body is read here.
        topic: a valid name.

    Raises:
        Refused: 400, 413 or 415; nothing was published.
    """
    is_batch = _is_batch(request)
    type_ = _event_type(request)
    key = _idempotency_key(request)
    body = await _read_body(request, MAX_BATCH_BYTES if is_batch else MAX_EVENT_BYTES)
    parse = _batch if is_batch else _single
    payloads = await asyncio.to_thread(parse, body) if len(body) > _THREAD_BYTES else parse(body)
    digest = b""
    if key is not None:
        whole = b"\0".join((topic.encode(), type_.encode(), b"%d" % is_batch, body))
        digest = hashlib.sha256(whole).digest()
    return NewEvents(topic, type_, payloads, key, digest), is_batch


def _is_batch(request: Request) -> bool:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if media_type not in (JSON, NDJSON) or encoding != "identity":
        raise Refused(
            415,
            "Not a content type for events",
            f"{media_type or 'none'}, encoded {encoding}",
            f"Send one event as {JSON}, or one on each line as {NDJSON}, not compressed.",
        )
    return media_type == NDJSON


def _event_type(request: Request) -> str:
    type_ = request.query_params.get("event")
    if type_ is None:
        return DEFAULT_TYPE
    if not 1 <= len(type_) <= MAX_TYPE_LENGTH or any(
        unicodedata.category(c) == "Cc" for c in type_
    ):
        raise Refused(
            400,
            "Not an event type",
            repr(type_),
            f"An event type has 1 to {MAX_TYPE_LENGTH} characters, none of them a control one.",
        )
    if type_.startswith("hub."):
        raise Refused(
            400, "Event types hub.* are the hub's own", repr(type_), "Choose another event type."
        )
    return type_


def _idempotency_key(request: Request) -> str | None:
    key = request.headers.get("idempotency-key")
    if key is None or (1 <= len(key) <= MAX_KEY_LENGTH and key.isprintable()):
        return key
    raise Refused(
        400,
        "Not an Idempotency-Key",
        repr(key[:MAX_KEY_LENGTH]),
        f"A key has 1 to {MAX_KEY_LENGTH} printable characters.",
    )


async def _read_body(request: Request, limit: int) -> bytes:
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > limit:
        _too_large(f"{length} bytes", limit)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            _too_large(f"more than {limit} bytes", limit)
    return bytes(body)


def _too_large(size: str, limit: int) -> NoReturn:
    raise Refused(
        413,
        "Too large",
        size,
        f"An event has {MAX_EVENT_BYTES} bytes at most, a batch {MAX_BATCH_BYTES};"
        " put large things elsewhere and send where they are."
        if limit == MAX_EVENT_BYTES
        else f"A batch has {MAX_BATCH_BYTES} bytes at most; send several.",
    )


def _single(body: bytes) -> list[str]:
    return [_json_text(body, "")]


def _batch(body: bytes) -> list[str]:
    payloads = list(_batch_lines(body))
    if not payloads:
        raise Refused(
            400, "Not a single event in the batch", "", "Send one JSON text on each line."
        )
    return payloads


def _batch_lines(body: bytes) -> Iterator[str]:
    for number, line in enumerate(body.split(b"\n"), 1):
        if not line.strip():
            continue
        if len(line) > MAX_EVENT_BYTES:
            _too_large(f"line {number}: {len(line)} bytes", MAX_EVENT_BYTES)
        yield _json_text(line.removesuffix(b"\r"), f"line {number} of the batch: ")


def _json_text(raw: bytes, where: str) -> str:
    """The text as sent, with LF as its only line end, if it is JSON (RFC 8259)."""
    try:
        orjson.loads(raw)
        text = raw.decode()
    except ValueError:
        text = _second_opinion(raw, where)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text


def _second_opinion(raw: bytes, where: str) -> str:
    """Python's own parser names the place, and takes lone surrogates, which are JSON too."""
    try:
        text = raw.decode()
        json.loads(text, parse_constant=_no_constant, parse_int=str, parse_float=str)
    except (ValueError, RecursionError) as error:
        if isinstance(error, UnicodeDecodeError):
            why = f"not UTF-8 at byte {error.start}"
        else:
            why = "nested too deep" if isinstance(error, RecursionError) else str(error)
        hint = "Nothing was published; correct it and send it again."
        raise Refused(400, "Not JSON", f"{where}{why}", hint) from error
    return text


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
