"""One row of a stream as lines of the screen: an event, or what else the wire did."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from sse_tui.events.format import duration, escape
from sse_tui.events.llm import delta
from sse_tui.events.model import (
    Certainty,
    Comment,
    Event,
    Gap,
    Partial,
    Retry,
    Row,
    StateChange,
)
from sse_tui.tui.glyphs import GAP, KEEP_ALIVE, MARK, PROMPT, STATE_GLYPHS, STATE_ROLES
from sse_tui.tui.widgets.cell_cut import MORE, cells, crop, fit, pad, wrap
from sse_tui.tui.widgets.event_type_color import type_role
from sse_tui.tui.widgets.json_spans import Piece, Span, looks_like_json, payload_pieces
from sse_tui.tui.widgets.row_columns import BETWEEN, Columns

ROLES = (
    "text", "muted", "quiet", "faint", "open", "waiting", "failed", "stopped",
    "type-1", "type-2", "type-3", "type-4",
    "key", "string", "number", "word", "punctuation", "escape", "match", "mark",
)  # fmt: skip
"""The parts of a row that have a style of their own."""

MOST_WRAPPED = 60
"""Lines of one wrapped row; the detail pane shows the rest."""

LONGEST_DELTA = 16 * 1024
"""Characters of an event that is looked into for a model's words; those are small."""

_QUIET_COMMENTS = {"", "keep-alive", "keepalive", "ping", "heartbeat", "live"}
_RULE = GAP * 2


@dataclass(frozen=True)
class RowForm:
    """How rows are written.

    Attributes:
        columns: the columns.
        wrap: long payloads go on in the next line.
        pretty: payloads are coloured; else they stand as they came, escaped.
        offset: cells of the payload that are scrolled out to the left.
        lit: gives the spans of a text that match the lit filter.
    """

    columns: Columns
    wrap: bool = False
    pretty: bool = True
    offset: int = 0
    lit: Callable[[str], Sequence[Span]] | None = None


class RowPainter:
    """Makes the lines of rows, each exactly as wide as the columns.

    Args:
        styles: a whole style (with its ground) for each of `ROLES`.
        form: how rows are written.
    """

    def __init__(self, styles: Mapping[str, Style], form: RowForm) -> None:
        self._styles = styles
        self._form = form

    def lines(
        self, row: Row, time: str, *, cursor: bool = False, marked: bool = False, attempt: int = 0
    ) -> list[Strip]:
        """The lines of `row`.

        Args:
            row: the row.
            time: its time, as the column shows it.
            cursor: the cursor stands on it.
            marked: the reader marked it.
            attempt: for a gap: the attempt that ended it, when it was not the first.
        """
        gutter = MARK if marked else PROMPT if cursor else " "
        head = [Segment(gutter, self._styles["mark"])]
        match row:
            case Event():
                head += self._head(row, time)
                head += self._type(row.type)
                return self._with_payload(head, row.data, self._said(row))
            case Partial():
                head += self._head(row, time) + self._partial(row)
                return self._with_payload(head, row.data)
            case StateChange():
                return [self._line(head + self._head(row, time) + self._state(row))]
            case Gap():
                return [self._line(head + self._gap(row, attempt))]
            case Comment():
                quiet = row.text.strip().lower() in _QUIET_COMMENTS
                text = escape(row.text) or "empty comment"
                return [self._aside(head, row, text, "faint" if quiet else "muted")]
            case Retry():
                text = f"reconnection time {duration(row.ms / 1000)}"
                return [self._aside(head, row, text, "muted")]

    def height(self, row: Row) -> int:
        """How many lines `row` takes."""
        if not self._form.wrap or not isinstance(row, Event | Partial):
            return 1
        return len(self.lines(row, ""))

    def _segment(self, text: str, role: str) -> Segment:
        return Segment(text, self._styles[role])

    def _column(self, text: str, width: int, role: str) -> Segment:
        return self._segment(fit(escape(text), width) + " " * BETWEEN, role)

    def _type(self, event_type: str) -> list[Segment]:
        """The column of the event type, matches lit."""
        width, role = self._form.columns.type, type_role(event_type)
        lit = self._form.lit(event_type) if self._form.lit else ()
        if not lit:
            return [self._column(event_type, width, role)]
        pieces = payload_pieces(event_type, as_json=False, lit=lit)
        text = [self._piece(piece, role) for piece in pieces]
        text, used, more = crop(text, 0, width)
        if more:
            text = [*crop(text, 0, width - 1)[0], self._segment(MORE, role)]
        return pad(text, used, width + BETWEEN, self._styles["text"])

    def _piece(self, piece: Piece, role: str) -> Segment:
        style = self._styles[role]
        return Segment(piece.text, style + self._styles["match"] if piece.lit else style)

    def _head(self, row: Row, time: str) -> list[Segment]:
        """Time, number and topic."""
        columns = self._form.columns
        head = []
        if columns.time:
            head.append(self._column(time, columns.time, "muted"))
        if columns.number:
            head.append(self._column(f"{row.number:>{columns.number}}", columns.number, "quiet"))
        if columns.topic:
            head.append(self._column(row.topic, columns.topic, "muted"))
        return head

    def _said(self, event: Event) -> list[Segment]:
        """The text that an event adds to a model's answer, in front of the JSON it came in."""
        form = self._form
        if not form.pretty or len(event.data) > LONGEST_DELTA or not (text := delta(event)):
            return []
        quoted = json.dumps(text, ensure_ascii=False)
        lit = form.lit(quoted) if form.lit else ()
        pieces = payload_pieces(quoted, as_json=True, lit=lit)
        return [*(self._piece(piece, piece.role) for piece in pieces), self._segment("  ", "text")]

    def _with_payload(
        self, head: list[Segment], data: str, said: Sequence[Segment] = ()
    ) -> list[Strip]:
        if self._form.wrap:
            return self._wrapped(head, data, said)
        columns, offset = self._form.columns, self._form.offset
        used = cells(head)
        room = max(0, columns.width - used)
        text = [*said, *self._payload(data, offset + room, quiet=bool(said))]
        payload, width, more = crop(text, offset, room)
        if more and room > 1:
            payload, width, _ = crop(payload, 0, room - 1)
            payload.append(self._segment(MORE, "muted"))
            width += 1
        return [self._line(head + payload, used + width)]

    def _wrapped(self, head: list[Segment], data: str, said: Sequence[Segment]) -> list[Strip]:
        columns = self._form.columns
        room = columns.payload_width
        text = list(said)
        parts = data.split("\n", MOST_WRAPPED) if self._form.pretty else [data]
        for number, line in enumerate(parts):
            if number:
                text.append(Segment("\n"))
            text += self._payload(line, room * MOST_WRAPPED, quiet=bool(said))
        # The head of a partial row reaches into the payload's columns.
        intrusion = cells(head) - columns.payload
        if intrusion > 0:
            text = [head.pop(), *text]
        lines, more = wrap(text, room, MOST_WRAPPED)
        if more:
            rest = f"{MORE} {len(data):,} characters in all; Enter shows them"
            lines[-1] = [self._segment(rest, "muted")]
        indent = [self._segment(" " * columns.payload, "text")]
        return [
            self._line((indent if number else head) + line) for number, line in enumerate(lines)
        ]

    def _payload(self, data: str, width: int, *, quiet: bool = False) -> list[Segment]:
        """The payload as far as `width` cells can show it; quiet where it has been said before."""
        form = self._form
        # A little more than fits, so that a token at the edge is known for what it is.
        text = data[: width + 64]
        pieces = payload_pieces(
            text,
            as_json=form.pretty and looks_like_json(data),
            lit=form.lit(text) if form.lit else (),
        )
        return [self._piece(piece, "quiet" if quiet else piece.role) for piece in pieces]

    def _partial(self, row: Partial) -> list[Segment]:
        note = "too large, its rest skipped" if row.oversize else "never finished"
        return [
            self._segment(f"{GAP} partial  ", "waiting"),
            self._segment(f"{row.size:,} bytes, {note}  ", "muted"),
        ]

    def _state(self, row: StateChange) -> list[Segment]:
        words = f"{STATE_GLYPHS[row.state]} {row.state.value}"
        details = [row.detail] if row.detail else []
        if row.status is not None and str(row.status) not in row.detail:
            details.insert(0, str(row.status))
        if row.attempt > 1:
            details.append(f"attempt {row.attempt}")
        if row.retry_in_ms is not None:
            details.append(f"again in {duration(row.retry_in_ms / 1000)}")
        width = max(self._form.columns.type, cell_len(words))
        return [
            self._column(words, width, STATE_ROLES[row.state]),
            self._segment(escape(", ".join(details)), "muted"),
        ]

    def _gap(self, gap: Gap, attempt: int) -> list[Segment]:
        """What is known of a gap: as much as there is room for, its verdict in any case."""
        columns = self._form.columns
        head = [fit(escape(gap.topic), columns.topic)] if columns.topic else []
        head.append(f"gap {duration(gap.offline_s)}")
        attempts = [f"attempt {attempt}"] if attempt > 1 else []
        resumed = (
            f"resumed after {escape(gap.resumed_after)}" if gap.resumed_after else "begun anew"
        )
        counts = _counts(gap)
        end = ", ".join(counts)
        for facts in (
            [*head, *attempts, resumed, end],
            [*head, *attempts, end],
            [*head, end],
            [*head[-1:], counts[-1]],
        ):
            text = f"{_RULE} {f' {GAP} '.join(facts)} {_RULE}"
            if cell_len(text) < columns.width:
                break
        return [self._segment(text, "failed" if gap.lost else "waiting")]

    def _aside(self, head: list[Segment], row: Row, text: str, role: str) -> Strip:
        columns = self._form.columns
        if columns.topic:
            blank = columns.body - columns.topic - BETWEEN - 1
            head.append(self._segment(" " * blank, "text"))
            head.append(self._column(row.topic, columns.topic, "faint"))
        else:
            head.append(self._segment("  ", "text"))
        return self._line([*head, self._segment(f"{KEEP_ALIVE} {text}", role)])

    def _line(self, segments: list[Segment], used: int | None = None) -> Strip:
        width = self._form.columns.width
        if used is None:
            used = cells(segments)
        if used > width:
            segments, used, _ = crop(segments, 0, width - 1)
            segments.append(self._segment(MORE, "muted"))
            used += 1
        return Strip(pad(segments, used, width, self._styles["text"]), width)


def _counts(gap: Gap) -> list[str]:
    """What became of the events in a gap, as far as it is known; the verdict last."""
    known = []
    if gap.replayed is not None:
        known.append(f"{gap.replayed:,} replayed")
    if gap.duplicates:
        known.append(f"{gap.duplicates:,} duplicates dropped")
    if gap.lost is not None:
        known.append(f"{gap.lost:,} lost")
    elif gap.certainty is Certainty.LOST:
        known.append("some lost")
    elif gap.certainty is Certainty.NONE_LOST:
        known.append("none lost")
    else:
        known.append("loss unknown")
    return known
