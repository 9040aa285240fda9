"""What the detail pane says of a row in each of its forms, as lines of text with roles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rich.cells import cell_len

from sse_tui.events.format import byte_size, clock, duration, escape, note_text, one_line, pretty
from sse_tui.events.llm import Answer
from sse_tui.events.model import Comment, Event, Gap, Partial, Retry, Row, StateChange
from sse_tui.tui.widgets.cell_cut import MORE
from sse_tui.tui.widgets.json_spans import payload_pieces, safe_pieces
from sse_tui.tui.widgets.row_diff import Change, changes, values_by_line

TABS = ("pretty", "raw", "stream", "diff")

NOTE = "note"

DetailLine = list[tuple[str, str]]
"""A line as (safe text, role) pairs: a role of `row_strips.ROLES`, or `NOTE` for what stands at the
side of the line and is cut where it does not fit."""

MOST_CHARACTERS = 128 * 1024
MOST_LINES = 8192
"""Of a payload; the rest is counted, and `y` copies all of it."""

_BEFORE_NOTE = 4
_WIDEST_BEFORE_NOTE = 48
_LONGEST_NOTE = 60
_LONGEST_VALUE = 400
_WIDEST_NAME = 32
_FACT_WIDTH = 15
_FOLDED_LINES = 4


def detail_lines(
    tab: str, row: Row | None, previous: Event | None, facts: Mapping[str, str]
) -> list[DetailLine]:
    """The text of a tab.

    Args:
        tab: one of `TABS`.
        row: the row; None for an empty pane.
        previous: the event of the same type before it, if it is known.
        facts: what is known of its stream besides: name -> value.
    """
    if row is None:
        return [[("Enter on a row shows it here.", "muted")]]
    match tab:
        case "raw":
            return _raw(row)
        case "stream":
            return _stream(row, facts)
        case "diff":
            return _diff(row, previous)
        case _:
            return _pretty(row, previous)


def answer_lines(answer: Answer, *, folded: bool) -> list[DetailLine]:
    """How a model's answer came, and its text, to stand above the facts of its stream.

    Args:
        answer: as far as it has come.
        folded: the beginning of its text only.
    """
    lines = _cut(answer.text)[0].split("\n") if answer.text else []
    shown = lines[:_FOLDED_LINES] if folded else lines
    said: list[DetailLine] = [[(part, "string") for part, _ in _safe(line)] for line in shown]
    if len(shown) < len(lines):
        said.append([(f"{MORE} {len(lines):,} lines in all; Enter shows them", "muted")])
    return [_fact("answer", answer.summary()), *_fact_of("model", answer.model), *said, []]


def copy_of(row: Row) -> tuple[str, str]:
    """What `y` copies of a row, and what to call it: an event's exact data, else its line."""
    if isinstance(row, Event):
        return row.data, f"data of event {row.number}"
    return one_line(row), f"row {row.number}"


def _pretty(row: Row, previous: Event | None) -> list[DetailLine]:
    if not isinstance(row, Event):
        return [_safe(line) for line in note_text(row).split("\n")]
    if not row.data:
        return [[("no data", "muted")]]
    laid_out = pretty(row.data)
    if laid_out is None:
        text, whole = _cut(row.data)
        lines = [_safe(line) for line in text.split("\n")]
    else:
        text, whole = _cut(laid_out)
        lines = _json(text, _laid_out(previous))
    return lines + _rest(row.data, whole)


def _cut(text: str) -> tuple[str, bool]:
    """As much of a text as is shown, and whether that is all of it."""
    lines = text[:MOST_CHARACTERS].split("\n", MOST_LINES)
    cut = "\n".join(lines[:MOST_LINES])
    return cut, len(cut) == len(text)


def _json(laid_out: str, before: str | None) -> list[DetailLine]:
    """Coloured JSON, each changed value with what it was at its side."""
    lines = [
        [(piece.text, piece.role) for piece in payload_pieces(line, as_json=True)]
        for line in laid_out.split("\n")
    ]
    if before is None:
        return lines
    old = dict(filter(None, values_by_line(before)))
    notes = [
        "" if value is None or old.get(value[0]) == value[1] else _note(old.get(value[0]))
        for value in values_by_line(laid_out)
    ]
    widths = [sum(cell_len(text) for text, _ in line) for line in lines]
    noted = [
        width
        for width, note in zip(widths, notes, strict=True)
        if note and width <= _WIDEST_BEFORE_NOTE
    ]
    column = max(noted, default=0) + _BEFORE_NOTE
    for line, width, note in zip(lines, widths, notes, strict=True):
        if note:
            line.append((" " * max(_BEFORE_NOTE, column - width), "text"))
            line.append((note, NOTE))
    return lines


def _note(before: str | None) -> str:
    if before is None:
        return "new"
    return f"was {before[:_LONGEST_NOTE]}{MORE if len(before) > _LONGEST_NOTE else ''}"


def _laid_out(event: Event | None) -> str | None:
    return None if event is None else pretty(event.data)


def _raw(row: Row) -> list[DetailLine]:
    """The row's lines as on the wire; only what is known to have stood there."""
    match row:
        case Event():
            fields = [("id", row.id)] if row.own_id else []
            fields += [("event", row.type)] if row.type != "message" else []
            fields += [("topic", row.source)] if row.source is not None else []
            text, whole = _cut(row.data)
            fields += [("data", line) for line in text.split("\n")]
            return [_field(name, value) for name, value in fields] + _rest(row.data, whole)
        case Comment():
            return [_field("", row.text)]
        case Retry():
            return [_field("retry", str(row.ms))]
        case Partial():
            text, whole = _cut(row.data)
            return [_safe(line) for line in text.split("\n")] + _rest(row.data, whole)
        case _:
            return [[("Nothing on the wire: this is what happened to the stream.", "muted")]]


def _field(name: str, value: str) -> DetailLine:
    return [(f"{name}: ", "key"), *_safe(value)]


def _rest(data: str, whole: bool) -> list[DetailLine]:
    if whole:
        return []
    return [
        [(f"{MORE} cut here: the data has {len(data):,} characters; y copies them all", "muted")]
    ]


def _stream(row: Row, facts: Mapping[str, str]) -> list[DetailLine]:
    received = row.received_at.astimezone()
    known = {
        "topic": row.topic,
        "number": f"{row.number:,}",
        "kind": row.kind.value,
        "received": f"{received:%Y-%m-%d} {clock(row.received_at)} {received:%z}",
    }
    match row:
        case Event():
            size = len(row.data.encode("utf-8", "surrogatepass"))
            lines = row.data.count("\n") + 1
            known["type"] = row.type
            known["id"] = _id(row)
            known["size"] = f"{byte_size(size)} in {lines:,} line{'s' if lines > 1 else ''}"
            if row.source is not None:
                known["source"] = row.source
        case Gap():
            known |= _gap(row)
        case StateChange():
            known["state"] = row.state.value
            if row.attempt:
                known["attempt"] = str(row.attempt)
            if row.status is not None:
                known["status"] = str(row.status)
    return [_fact(name, value) for name, value in (known | dict(facts)).items()]


def _id(event: Event) -> str:
    if not event.id:
        return "none"
    return event.id if event.own_id else f"{event.id} (of an earlier event)"


def _gap(gap: Gap) -> dict[str, str]:
    def count(value: int | None) -> str:
        return "unknown" if value is None else f"{value:,}"

    return {
        "offline": duration(gap.offline_s),
        "resumed after": gap.resumed_after or "no event ID",
        "replayed": count(gap.replayed),
        "duplicates": count(gap.duplicates),
        "lost": count(gap.lost),
        "certainty": gap.certainty.value.replace("_", " "),
    }


def _fact(name: str, value: str) -> DetailLine:
    return [(f"{name:<{_FACT_WIDTH}}", "muted"), *_safe(value)]


def _fact_of(name: str, value: str | None) -> list[DetailLine]:
    return [_fact(name, value)] if value else []


def _diff(row: Row, previous: Event | None) -> list[DetailLine]:
    if not isinstance(row, Event) or previous is None:
        return [[("Nothing to compare with: no earlier event of this type is kept.", "muted")]]
    seconds = (row.received_at - previous.received_at).total_seconds()
    head: DetailLine = [
        ("against ", "muted"),
        (str(previous.number), "text"),
        (f", {duration(seconds)} before", "muted"),
    ]
    before, after = _laid_out(previous), _laid_out(row)
    if previous.data == row.data:
        return [head, [], [("The same data.", "muted")]]
    if before is None or after is None:
        return [head, [], *_whole("-", previous.data), *_whole("+", row.data)]
    found = changes(_cut(before)[0], _cut(after)[0])
    if not found:
        return [head, [], [("The same values, written in another way.", "muted")]]
    width = min(_WIDEST_NAME, max(cell_len(escape(change.name)) for change in found))
    return [head, [], *(_change(change, width) for change in found)]


def _whole(sign: str, data: str) -> Iterable[DetailLine]:
    role = "failed" if sign == "-" else "open"
    for line in _cut(data)[0].split("\n"):
        yield [(f"{sign} ", role), *_safe(line)]


def _change(change: Change, width: int) -> DetailLine:
    name = escape(change.name)
    sign, role = "~", "waiting"
    if change.before is None or change.after is None:
        sign, role = ("+", "open") if change.before is None else ("-", "failed")
    line: DetailLine = [(f"{sign} ", role), (name + " " * (width + 2 - cell_len(name)), "key")]
    if change.before is not None:
        line += _value(change.before)
    if change.before is not None and change.after is not None:
        line.append(("  →  ", "muted"))
    if change.after is not None:
        line += _value(change.after)
    return line


def _value(text: str) -> DetailLine:
    cut = text[:_LONGEST_VALUE]
    pieces = payload_pieces(cut, as_json=True)
    rest: DetailLine = [(MORE, "muted")] if len(text) > len(cut) else []
    return [(piece.text, piece.role) for piece in pieces] + rest


def _safe(text: str) -> DetailLine:
    return [(piece.text, piece.role) for piece in safe_pieces(text, "text")]
