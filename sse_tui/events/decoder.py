"""Bytes of an event stream to rows, by the rules of the WHATWG HTML standard, section 9.2.6.

Whole blocks are decoded at once: one UTF-8 decode and one regular expression for all of a chunk,
because work per line is what makes a decoder slow. Only a block that has arrived in part, and a
shape that the expression does not know, goes line by line.
"""

from __future__ import annotations

import codecs
import re
from typing import TypeAlias

from sse_tui.events.event_run import MIN_BYTES, EventRun, one_by_one, run_of_one_shape
from sse_tui.events.model import UNNUMBERED, Comment, EventFrame, Note, Partial, Retry
from sse_tui.events.open_block import OpenBlock

_BOM = codecs.BOM_UTF8
_LF, _CR = 10, 13

_BLOCK = re.compile(
    # The shape nearly every server sends; an `id` that is empty or holds NUL has rules of its own.
    r"(?:event: ?+([^\n]*)\n)?(?:id: ?+([^\n\0]+)\n)?(?:event: ?+([^\n]+)\n)?"
    r"(?:topic: ?+([^\n]*)\n)?data: ?+([^\n]*)\n(?:(\n)|((?:data:[^\n]*\n)++)\n)"
    # Any other block, then a blank line without one.
    r"|((?:[^\n]+\n)+)\n|\n"
)

Decoded: TypeAlias = EventFrame | Note | EventRun

MAX_RETRY_MS = 10**15
"""A `retry` with more digits than make sense is shown as this (some 30,000 years)."""


class Decoder:
    """Decodes one connection's body; make a new one for every connection.

    Args:
        max_event_bytes: an event of more bytes (its lines, line ends normalised) is not delivered;
            a `Partial` with `oversize` stands in its place, its `id` counts, the stream goes on.
        last_event_id: the stream's last event ID so far, for events that inherit it.

    Attributes:
        last_event_id: what the next connection must send: the `id` of the last block that ended in
            a blank line, with data or without.
        retry_ms: the last valid `retry` of this connection in milliseconds, not clamped; or None.
    """

    def __init__(self, *, max_event_bytes: int = 16 * 2**20, last_event_id: str = "") -> None:
        self.last_event_id = last_event_id
        self.retry_ms: int | None = None
        self._limit = max_event_bytes
        self._open = OpenBlock(max_event_bytes)
        self._start: bytes | None = b""  # what may be a byte order mark; None: settled
        self._after_cr = False

    @property
    def skipped_bytes(self) -> int:
        """Bytes so far of an event over the limit that has not ended yet; 0 when there is none."""
        return self._open.arrived if self._open.oversize else 0

    def feed(self, chunk: bytes) -> list[EventFrame | Note]:
        """Take the next bytes, of any length and cut at any place.

        Returns:
            What is complete now, in the order of the wire: events, comments, retry fields and
            oversize partials.
        """
        return one_by_one(self.feed_runs(chunk))

    def feed_runs(self, chunk: bytes) -> list[Decoded]:
        """The same, with many events of one shape as one run: what an `EventLog` takes fastest."""
        rows: list[Decoded] = []
        if self._start is not None:
            chunk = self._strip_mark(self._start + chunk)
        if self._after_cr and chunk:
            self._after_cr = False
            if chunk[0] == _LF:
                chunk = chunk[1:]
        if b"\r" in chunk:
            self._after_cr = chunk[-1] == _CR
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        if self._open.arrived:
            chunk = self._finish_open_block(chunk, rows)
        end = chunk.rfind(b"\n\n") + 2
        if end > 1 and end <= self._limit:
            self._whole_blocks(chunk[:end], rows)
            chunk = chunk[end:]
        if chunk:
            self._by_line(chunk, rows)
        return rows

    def finish(self) -> list[Note]:
        """The stream has ended: what was unfinished is discarded, but shown.

        Returns:
            One `Partial` with the unfinished lines (comments and retry fields are not among them,
            they were complete), or nothing.
        """
        if self._start:
            self._open.extend_line(self._start)
        block, self._open = self._open, OpenBlock(self._limit)
        self._start = b""
        return [_partial(block)] if block.arrived else []

    def _strip_mark(self, head: bytes) -> bytes:
        """The beginning of the stream without its byte order mark, or b"" while it may be one."""
        if len(head) < len(_BOM) and _BOM.startswith(head):
            self._start = head
            return b""
        self._start = None
        return head.removeprefix(_BOM)

    def _finish_open_block(self, chunk: bytes, rows: list[Decoded]) -> bytes:
        """Give the open block its lines of `chunk`.

        Returns:
            The rest of the chunk; the block before it when it is complete and as it should be.
        """
        if chunk[:1] == b"\n" and not self._open.in_line:
            end = 1
        else:
            end = chunk.find(b"\n\n") + 2
            if end == 1:
                self._by_line(chunk, rows)
                return b""
        # All but the blank line: what follows is decoded together with this block.
        self._by_line(chunk[: end - 1], rows)
        block = self._open
        if block.oversize or not block.fields or end == len(chunk):
            self._end_block(rows)
            return chunk[end:]
        whole = bytes(block.fields)
        block.clear()
        return b"".join((whole, chunk[end - 1 :]))

    def _by_line(self, data: bytes, rows: list[Decoded]) -> None:
        """The exact way for bytes that need not be whole blocks, or may be over the limit."""
        *ends, rest = data.split(b"\n")
        block = self._open
        for piece in ends:
            block.extend_line(piece)
            if block.in_line:
                self._end_line(block.end_line(), rows)
            else:
                self._end_block(rows)
        block.extend_line(rest)

    def _end_line(self, line: bytes, rows: list[Decoded]) -> None:
        """A line is complete: comments and retry act at once, the rest waits for its block."""
        if line.startswith((b":", b"retry:")):
            self._parse(line.decode("utf-8", "replace"), rows)
        elif line:
            self._open.add_field(line)

    def _end_block(self, rows: list[Decoded]) -> None:
        block = self._open
        if block.oversize:
            rows.append(_partial(block))
        if block.fields:
            self._whole_blocks(bytes(block.fields) + b"\n", rows)
        block.clear()

    def _whole_blocks(self, data: bytes, rows: list[Decoded]) -> None:
        """Parse blocks that each end in a blank line."""
        append = rows.append
        last_id = self.last_event_id
        if len(data) >= MIN_BYTES and (run := run_of_one_shape(data, last_id)):
            append(run)
            self.last_event_id = run.last_id
            return
        text = data.decode("utf-8", "replace")
        for type_, id_, later_type, source, value, single, more, other in _BLOCK.findall(text):
            if single or more:
                if id_:
                    last_id = id_
                if more:
                    lines = more[:-1].split("\n")
                    value = "\n".join((value, *(line[5:].removeprefix(" ") for line in lines)))
                kind = later_type or type_ or "message"
                append((kind, value, last_id, id_ != "", source or None))
            elif other:
                self.last_event_id = last_id
                self._parse(other[:-1], rows)
                last_id = self.last_event_id
        self.last_event_id = last_id

    def _parse(self, block: str, rows: list[Decoded]) -> None:
        """Field by field through one block without its blank line."""
        type_ = source = ""
        data: list[str] = []
        own_id: str | None = None
        for line in block.split("\n"):
            name, _, value = line.partition(":")
            if value[:1] == " ":
                value = value[1:]
            if name == "data":
                data.append(value)
            elif name == "event":
                type_ = value
            elif name == "id":
                if "\0" not in value:
                    own_id = value
            elif name == "":
                rows.append(Comment(*UNNUMBERED, value))
            elif name == "topic":
                source = value
            elif name == "retry" and value.isascii() and value.isdigit():
                self._retry(value, rows)
        if own_id is not None:
            self.last_event_id = own_id
        if data:
            frame = type_ or "message", "\n".join(data), self.last_event_id, own_id is not None
            rows.append((*frame, source or None))

    def _retry(self, digits: str, rows: list[Decoded]) -> None:
        significant = digits.lstrip("0")
        # int() refuses text of more than 4,300 digits.
        self.retry_ms = int(significant or "0") if len(significant) <= 15 else MAX_RETRY_MS
        rows.append(Retry(*UNNUMBERED, self.retry_ms))


def _partial(block: OpenBlock) -> Partial:
    # Not final: a character cut off by the limit is left out instead of shown as U+FFFD.
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    text = decoder.decode(block.text(), final=not block.oversize)
    return Partial(*UNNUMBERED, text, block.arrived, block.oversize)
