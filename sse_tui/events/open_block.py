"""The block of an event stream whose blank line has not come yet, in bounded memory."""

from __future__ import annotations

BEGINNING_BYTES = 64 * 1024
"""How much of an event over the limit is kept to be shown."""


class OpenBlock:
    """Collects the lines of one block; comments and retry fields are the decoder's to take out.

    Memory is bounded by twice the limit: the fields kept and the line that is arriving. Pieces are
    joined once, when their line ends, so thousands of small chunks cost no more than one.

    Args:
        limit: bytes a block may have; over it only its beginning and its `id` are kept.

    Attributes:
        fields: complete lines without their line ends.
        arrived: bytes of the fields with their line ends, and of the line that is arriving.
        oversize: the block, or any line of it, is over the limit.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.clear()

    def clear(self) -> None:
        """Begin the next block."""
        self.fields: list[bytes] = []
        self.oversize = False
        self._beginning = b""
        self._field_bytes = 0
        self._pieces: list[bytes] = []
        self._line_bytes = 0
        self._line_too_long = False

    @property
    def arrived(self) -> int:
        """Bytes in all; 0 when nothing is unfinished."""
        return self._field_bytes + self._line_bytes

    @property
    def in_line(self) -> bool:
        """A line has begun and not ended."""
        return self._line_bytes > 0

    def extend_line(self, piece: bytes) -> None:
        """The next bytes of the line that is arriving."""
        if not piece:
            return
        self._line_bytes += len(piece)
        if self._line_too_long:
            return
        self._pieces.append(piece)
        if self._line_bytes > self._limit:
            self._line_too_long = True
            self._go_over(b"".join(self._pieces))
            self._pieces.clear()

    def end_line(self) -> bytes:
        """The line that is arriving has ended.

        Returns:
            The line; empty when it was over the limit by itself (and is counted here).
        """
        line = b"".join(self._pieces)
        if self._line_too_long:
            self._field_bytes += self._line_bytes + 1
        self._pieces.clear()
        self._line_bytes = 0
        self._line_too_long = False
        return line

    def add_field(self, line: bytes) -> None:
        """Keep a complete line for the end of the block."""
        self._field_bytes += len(line) + 1
        if not self.oversize and self._field_bytes > self._limit:
            self._go_over(line)
        if not self.oversize:
            self.fields.append(line)
        elif _is_id(line):
            self.fields = [line]

    def text(self) -> bytes:
        """What is to be shown of the block: all of it, or its beginning when it is oversize."""
        if self.oversize:
            return self._beginning
        return b"\n".join((*self.fields, *((b"".join(self._pieces),) if self._pieces else ())))

    def _go_over(self, line: bytes) -> None:
        if not self.oversize:
            self.oversize = True
            self._beginning = b"\n".join((*self.fields, line))[:BEGINNING_BYTES]
            self.fields = [field for field in self.fields if _is_id(field)][-1:]


def _is_id(line: bytes) -> bool:
    return (line == b"id" or line.startswith(b"id:")) and b"\0" not in line
