"""Lines of JSON to rows: one line, one event (https://github.com/ndjson/ndjson-spec)."""

from __future__ import annotations

import codecs
from collections.abc import Callable

from sse_tui.events.model import UNNUMBERED, EventFrame, Note, Partial
from sse_tui.events.open_block import BEGINNING_BYTES

_LF = b"\n"
_BOM = "\ufeff"
_MAY_GO_ON = "-0123456789"


class NdjsonDecoder:
    """Decodes one connection's body of lines, each a JSON text; has the shape of `Decoder`.

    A line ends in LF, or in CR and LF. A blank line is a keep-alive and makes no row. A line that
    is not JSON is an event all the same: what to make of its data is up to whoever reads it.

    Args:
        max_event_bytes: a line of more bytes is not delivered; a `Partial` with `oversize` stands
            in its place, and the stream goes on.
        last_event_id: kept as it is: lines have no ids.
        type_of: the event type of a line; None calls all of them `message`.

    Attributes:
        last_event_id: as given.
        retry_ms: None: lines name no reconnection time.
    """

    def __init__(
        self,
        *,
        max_event_bytes: int = 16 * 2**20,
        last_event_id: str = "",
        type_of: Callable[[str], str] | None = None,
    ) -> None:
        self.last_event_id = last_event_id
        self.retry_ms: int | None = None
        self._limit = max_event_bytes
        self._type_of = type_of
        self._pieces: list[bytes] = []  # of the line that is arriving
        self._arrived = 0
        self._at_start = True

    @property
    def skipped_bytes(self) -> int:
        """Bytes so far of a line over the limit that has not ended yet; 0 when there is none."""
        return self._arrived if self._arrived > self._limit else 0

    def feed(self, chunk: bytes) -> list[EventFrame | Note]:
        """Take the next bytes, of any length and cut at any place.

        Returns:
            The lines that are complete now, as events and oversize partials, in order.
        """
        head, lf, rest = chunk.rpartition(_LF)
        rows: list[EventFrame | Note] = []
        if lf:
            if self._arrived:
                first, lf, head = head.partition(_LF)
                self._extend(first)
                self._end_line(rows)
            if lf:
                self._whole_lines(head, rows)
        self._extend(rest)
        return rows

    def feed_runs(self, chunk: bytes) -> list[EventFrame | Note]:
        """The same, by the name under which an intake asks for it."""
        return self.feed(chunk)

    def finish(self) -> list[EventFrame | Note]:
        """The stream has ended.

        Returns:
            The last line, if it had no LF: an event when it is whole (no other JSON text begins
            with it; a number might have gone on), else a `Partial`; or nothing.
        """
        if not self._arrived:
            return []
        rows: list[EventFrame | Note] = []
        line = self._joined()
        whole = self._arrived <= self._limit and _is_whole(line)
        if whole:
            self._append(line, rows)
        elif self._arrived > self._limit or line.strip():
            rows.append(_partial(line, self._arrived, self._arrived > self._limit))
        self._clear()
        return rows

    def _extend(self, piece: bytes) -> None:
        """The next bytes of the line that is arriving; of one over the limit, its beginning."""
        if not piece:
            return
        was_over = self._arrived > self._limit
        self._arrived += len(piece)
        if not was_over:
            self._pieces.append(piece)
            if self._arrived > self._limit:
                self._pieces = [self._joined()[: min(BEGINNING_BYTES, self._limit)]]

    def _end_line(self, rows: list[EventFrame | Note]) -> None:
        line = self._joined()
        if self._arrived > self._limit:
            self._at_start = False
            rows.append(_partial(line, self._arrived, True))
        else:
            self._append(line, rows)
        self._clear()

    def _whole_lines(self, lines: bytes, rows: list[EventFrame | Note]) -> None:
        """Complete lines, but for the last LF; one decode and one split for all of them."""
        if len(lines) > self._limit or self._at_start:
            for line in lines.split(_LF):
                self._extend(line)
                self._end_line(rows)
            return
        if b"\r" in lines:
            lines = lines.replace(b"\r\n", _LF).removesuffix(b"\r")
        texts = [
            text
            for text in lines.decode("utf-8", "replace").split("\n")
            if text and not text.isspace()
        ]
        id_ = self.last_event_id
        if self._type_of is None:
            rows += [("message", text, id_, False, None) for text in texts]
        else:
            rows += [(self._type_of(text), text, id_, False, None) for text in texts]

    def _append(self, line: bytes, rows: list[EventFrame | Note]) -> None:
        text = line.decode("utf-8", "replace")
        if self._at_start:
            text = text.removeprefix(_BOM)
            self._at_start = False
        text = text.removesuffix("\r")
        if text and not text.isspace():
            kind = "message" if self._type_of is None else self._type_of(text)
            rows.append((kind, text, self.last_event_id, False, None))

    def _joined(self) -> bytes:
        return b"".join(self._pieces)

    def _clear(self) -> None:
        self._pieces = []
        self._arrived = 0


def _is_whole(line: bytes) -> bool:
    from orjson import loads

    try:
        text = line.decode().removeprefix(_BOM).strip()
        loads(text)
    except ValueError:
        return False
    return text[0] not in _MAY_GO_ON


def _partial(line: bytes, size: int, oversize: bool) -> Partial:
    # Not final: a character cut off by the limit is left out instead of shown as U+FFFD.
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    return Partial(*UNNUMBERED, decoder.decode(line, final=not oversize), size, oversize)
