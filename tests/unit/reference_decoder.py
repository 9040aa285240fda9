"""The standard's algorithm, character by character and line by line, to compare a decoder with."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from typing import Any

from sse_tui.events.decoder import MAX_RETRY_MS
from sse_tui.events.model import Comment, EventFrame, Note, Partial, Retry

Plain = tuple[Any, ...]


def plain(rows: Sequence[EventFrame | Note]) -> list[Plain]:
    """Rows as tuples that compare without number, time and topic."""
    out: list[Plain] = []
    for row in rows:
        match row:
            case tuple():
                out.append(("event", *row))
            case Comment():
                out.append(("comment", row.text))
            case Retry():
                out.append(("retry", row.ms))
            case Partial():
                out.append(("partial", row.data, row.size, row.oversize))
            case _:
                raise AssertionError(row)
    return out


class Reference:
    """The standard's algorithm, character by character and line by line, for a whole stream."""

    def __init__(self, stream: bytes, limit: int) -> None:
        self.rows: list[Plain] = []
        self.last_event_id = ""
        self.retry_ms: int | None = None
        self.limit = limit
        stream = stream.removeprefix(codecs.BOM_UTF8)
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        text = "".join(decoder.decode(bytes([byte])) for byte in stream)
        text += decoder.decode(b"", final=True)
        lines = re.split("\r\n|\r|\n", text)
        sizes = [len(line) for line in re.split(b"\r\n|\r|\n", stream)]
        raw = re.split(b"\r\n|\r|\n", stream)
        assert len(lines) == len(sizes)
        self.begin()
        for line, encoded in zip(lines[:-1], raw[:-1], strict=True):
            self.take(line, encoded)
        self.end_of_stream(lines[-1], raw[-1])

    def begin(self) -> None:
        self.type = self.source = ""
        self.data: list[str] = []
        self.id: str | None = None
        self.kept: list[bytes] = []
        self.size = 0
        self.over = False

    def take(self, line: str, encoded: bytes) -> None:
        if line == "":
            self.dispatch()
            return
        too_long = len(encoded) > self.limit
        name, colon, value = line.partition(":")
        value = value[1:] if value.startswith(" ") else value
        if not too_long and name == "" and colon:
            self.rows.append(("comment", value))
            return
        if not too_long and name == "retry" and colon:
            if re.fullmatch("[0-9]+", value):
                self.retry_ms = min(int(value), MAX_RETRY_MS)
                self.rows.append(("retry", self.retry_ms))
            return
        self.kept.append(encoded)
        self.size += len(encoded) + 1
        self.over = self.over or too_long or self.size > self.limit
        if too_long:
            return
        if name == "data":
            self.data.append(value)
        elif name == "event":
            self.type = value
        elif name == "topic":
            self.source = value
        elif name == "id" and "\0" not in value:
            self.id = value

    def partial(self, half: bytes) -> None:
        shown = b"\n".join([*self.kept, *([half] if half else [])])
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        if self.over:
            text = decoder.decode(shown[: self.limit])
        else:
            text = decoder.decode(shown, final=True)
        self.rows.append(("partial", text, self.size + len(half), self.over))

    def dispatch(self) -> None:
        if self.id is not None:
            self.last_event_id = self.id
        if self.over:
            self.partial(b"")
        elif self.data:
            event = (self.type or "message", "\n".join(self.data), self.last_event_id)
            self.rows.append(("event", *event, self.id is not None, self.source or None))
        self.begin()

    def end_of_stream(self, half: str, encoded: bytes) -> None:
        self.over = self.over or len(encoded) > self.limit
        if self.kept or half:
            self.partial(encoded)


def reference(stream: bytes, limit: int = 2**24) -> tuple[list[Plain], str, int | None]:
    result = Reference(stream, limit)
    return result.rows, result.last_event_id, result.retry_ms
