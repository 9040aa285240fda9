"""The block of an event stream whose blank line has not come yet, in bounded memory."""

from __future__ import annotations

BEGINNING_BYTES = 64 * 1024
"""How much of an event over the limit is kept to be shown."""


class OpenBlock:
    """Collects the lines of one block; comments and retry fields are the decoder's to take out.

    Memory is bounded by twice the limit: the fields kept and the line that is arriving. Pieces are
    joined once, when their line ends, so thousands of small chunks cost no more than one.

    Args:
        limit: bytes a block may have; over it only its beginning and its last `id` are kept.

    Attributes:
        fields: complete lines, each with its LF.
        arrived: bytes of the fields with their line ends, and of the line that is arriving.
        oversize: the block, or any line of it, is over the limit.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.clear()

    def clear(self) -> None:
        """Begin the next block."""
        self.fields = bytearray()
        self.arrived = 0
        self.oversize = False
        self._id_line = b""
        self._beginning = b""
        self._pieces: list[bytes] = []
        self._line_bytes = 0

    @property
    def in_line(self) -> bool:
        """A line has begun and not ended."""
        return self._line_bytes > 0

    def extend_line(self, piece: bytes) -> None:
        """The next bytes of the line that is arriving."""
        self._line_bytes += len(piece)
        self.arrived += len(piece)
        if piece:
            self._pieces.append(piece)
        if self._line_bytes > self._limit:
            self._go_over(b"".join(self._pieces))
            self._pieces.clear()

    def end_line(self) -> bytes:
        """The line that is arriving has ended.

        Returns:
            The line without its LF, no longer counted; empty if it was over the limit by itself,
            which makes it part of the block whatever it is.
        """
        line = b"".join(self._pieces)
        if self._line_bytes > self._limit:
            self.arrived += 1
        else:
            self.arrived -= self._line_bytes
        self._pieces.clear()
        self._line_bytes = 0
        return line

    def add_field(self, line: bytes) -> None:
        """Keep a complete line for the end of the block."""
        self.arrived += len(line) + 1
        if (line == b"id" or line.startswith(b"id:")) and b"\0" not in line:
            self._id_line = line + b"\n"
        if self.arrived > self._limit:
            self._go_over(line)
        if self.oversize:
            self.fields[:] = self._id_line
        else:
            self.fields += line
            self.fields.append(10)

    def text(self) -> bytes:
        """What is to be shown of the block: all of it, or its beginning when it is oversize."""
        if self.oversize:
            return self._beginning
        return b"".join((self.fields, *self._pieces)).removesuffix(b"\n")

    def _go_over(self, line: bytes) -> None:
        if not self.oversize:
            self.oversize = True
            shown = min(BEGINNING_BYTES, self._limit)  # so much is there however chunks were cut
            self._beginning = bytes(self.fields + line)[:shown]
            self.fields[:] = self._id_line
