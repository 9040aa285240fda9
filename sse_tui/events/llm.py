"""A language model's answer, as the events of one stream: its text, its pace, how it ended."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sse_tui.events.format import escape
from sse_tui.events.llm_shapes import Piece, Usage, piece_of
from sse_tui.events.model import Event, Row, StateChange, StreamState

MAX_TEXT = 2**20
"""Characters of an answer that are kept; more than any model says at once."""


def delta(event: Event) -> str | None:
    """The text that one event adds to an answer; None where it adds none.

    Thoughts, a tool's arguments and counts are no text. Known by shape, whatever the server: chat
    completions, Responses, Anthropic's messages, Ollama, llama.cpp. Never raises, and takes no time
    over an event that is larger than any piece of an answer (`MAX_TEXT`).
    """
    piece = piece_of(event.data) if len(event.data) <= MAX_TEXT else None
    return None if piece is None else piece.text


class Answer:
    """An answer as far as it has come; a new connection begins a new one.

    Attributes:
        chunks: events that added something to it, thoughts and arguments of tools among them.
        first_event_s: seconds from asking to the first event; None before it, or where the
            `connecting` row was not seen.
        first_text_s: the same to the first text.
        finish_reason: why it ended, in the server's word (`stop`, `end_turn`, `max_tokens` ...).
        usage: tokens, as far as the server counts them.
        model: which model answers.
        error: the server's message, where the answer failed.
        complete: the server has said that it is whole.
    """

    def __init__(self) -> None:
        self._asked_at: datetime | None = None
        self._begin()

    def _begin(self) -> None:
        self.chunks = 0
        self.first_event_s: float | None = None
        self.first_text_s: float | None = None
        self.finish_reason: str | None = None
        self.usage = Usage()
        self.model: str | None = None
        self.error: str | None = None
        self.complete = False
        self._events = 0
        self._text: list[str] = []
        self._characters = 0
        self._thought_aloud = False
        self._first_chunk_at: datetime | None = None
        self._last_chunk_at: datetime | None = None

    @property
    def text(self) -> str:
        """The text so far, its first `MAX_TEXT` characters."""
        if len(self._text) > 1:
            self._text = ["".join(self._text)]
        return self._text[0] if self._text else ""

    @property
    def found(self) -> bool:
        """Whether anything was part of an answer at all."""
        return self.chunks > 0 or self.complete or self.error is not None

    @property
    def output(self) -> int | None:
        """Tokens written, thoughts not counted unless they were shown; None where not told."""
        written = self.usage.output
        if written is None or self._thought_aloud:
            return written
        return max(0, written - (self.usage.reasoning or 0))

    @property
    def rate(self) -> tuple[float, str] | None:
        """How fast it came, first chunk to last: tokens a second, or chunks where none are counted.

        Returns:
            The number and `tokens/s` or `chunks/s`; None where it came all at once.
        """
        first, last = self._first_chunk_at, self._last_chunk_at
        seconds = (last - first).total_seconds() if first and last else 0.0
        if seconds <= 0:
            return None
        if self.output:
            return self.output / seconds, "tokens/s"
        return self.chunks / seconds, "chunks/s"

    def take(self, rows: Iterable[Row]) -> list[str]:
        """Take a stream's next rows, each once and in order.

        Returns:
            The text that each of them adds, for those that add any.
        """
        said = []
        for row in rows:
            if isinstance(row, Event):
                text = self._event(row)
                if text is not None:
                    said.append(text)
            elif isinstance(row, StateChange) and row.state is StreamState.CONNECTING:
                self._asked_at = row.received_at
                if self._events:
                    self._begin()
        return said

    def summary(self) -> str:
        """One line: `first event 0.42 s · 57.3 tokens/s · 212 tokens out, 35 in · stop`.

        What is not known is left out; an answer without its end says so. Safe to print.
        """
        parts = [self._times(), self._pace(), self._tokens(), escape(self.finish_reason or "")]
        if self.error is not None:
            parts.append(f"error: {escape(self.error)}")
        elif not self.complete:
            parts.append("not complete" if self.found else "no answer")
        return " · ".join(part for part in parts if part)

    def _event(self, event: Event) -> str | None:
        self._events += 1
        if self._events == 1:
            self.first_event_s = self._since_asked(event.received_at)
        piece = piece_of(event.data)
        if piece is None:
            return None
        if piece.text is not None or piece.hidden:
            self._first_chunk_at = self._first_chunk_at or event.received_at
            self._last_chunk_at = event.received_at
        if piece.text is not None and self.first_text_s is None:
            self.first_text_s = self._since_asked(event.received_at)
        self._add(piece)
        return piece.text

    def _add(self, piece: Piece) -> None:
        if piece.text is not None:
            room = MAX_TEXT - self._characters
            if room > 0:
                self._text.append(piece.text[:room])
                self._characters += min(room, len(piece.text))
        self.chunks += piece.text is not None or piece.hidden
        self._thought_aloud = self._thought_aloud or piece.hidden
        self.finish_reason = piece.finish or self.finish_reason
        self.complete = self.complete or piece.complete
        self.model = piece.model or self.model
        self.error = piece.error or self.error
        if piece.usage is not None:
            self.usage = self.usage.updated(piece.usage)

    def _since_asked(self, moment: datetime) -> float | None:
        return None if self._asked_at is None else (moment - self._asked_at).total_seconds()

    def _times(self) -> str:
        if self.first_event_s is None:
            return ""
        text = f"first event {self.first_event_s:.2f} s"
        if self.first_text_s is None or self.first_text_s < self.first_event_s + 0.005:
            return text
        return f"{text}, first text {self.first_text_s:.2f} s"

    def _pace(self) -> str:
        if self.rate is None:
            return ""
        number, unit = self.rate
        return f"{number:.1f} {unit}"

    def _tokens(self) -> str:
        told = [(self.usage.output, "out"), (self.usage.input, "in")]
        known = [(count, way) for count, way in told if count is not None]
        if not known:
            return _counted(self.chunks) if self.chunks else ""
        (first, way), *others = known
        return ", ".join([f"{first} tokens {way}", *(f"{n} {way}" for n, way in others)])


def _counted(chunks: int) -> str:
    return f"{chunks} chunk" if chunks == 1 else f"{chunks} chunks"
