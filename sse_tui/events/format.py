"""Rows as text: safe to print, on one line or laid out; and the objects of `tail --json`."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NoReturn

from sse_tui.events.model import (
    Certainty,
    Comment,
    Event,
    Gap,
    Note,
    Partial,
    Retry,
    Row,
    StateChange,
)

_UNSAFE = re.compile(
    # Control characters (categories Cc, Zl, Zp), lone surrogates (Cs), invisible ones and those
    # that change the direction of text (Cf), and fillers that draw nothing.
    "[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\ud800-\\udfff"
    "\\xad\\u0600-\\u0605\\u061c\\u06dd\\u070f\\u0890\\u0891\\u08e2\\u180e\\u200b-\\u200f"
    "\\u202a-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb\\U000110bd\\U000110cd"
    "\\U00013430-\\U0001343f\\U0001bca0-\\U0001bca3\\U0001d173-\\U0001d17a"
    "\\U000e0000-\\U000e007f\\u034f\\u115f\\u1160\\u17b4\\u17b5\\u3164\\uffa0]"
)
_SHORT = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')

PRETTY_CHARACTERS = 2**20
"""How much of a payload `pretty` lays out."""


def escape(text: str) -> str:
    r"""Text that is safe to send to a terminal: nothing in it acts, hides or turns around.

    Control characters, bidirectional controls, invisible characters and lone surrogates become
    `\n`, `\t`, `\r`, `\x1b`, `\u202e`, `\U000e0041`; everything else stays as it is, backslashes
    included.
    """
    if text.isprintable():
        return _UNSAFE.sub(_escaped, text) if not text.isascii() else text
    return _UNSAFE.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    character = match[0]
    code = ord(character)
    if short := _SHORT.get(character):
        return short
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def note_text(note: Note) -> str:
    """What a row that is no event says, unescaped; words of a filter look here."""
    match note:
        case Comment():
            return f": {note.text}"
        case Retry():
            return f"retry {note.ms} ms"
        case StateChange():
            return _state_text(note)
        case Gap():
            return _gap_text(note)
        case Partial(oversize=True):
            return f"event too large, {byte_size(note.size)}, skipped: {note.data}"
        case Partial():
            return f"unfinished event, {byte_size(note.size)}: {note.data}"


def _state_text(note: StateChange) -> str:
    parts = [str(note.state)]
    if note.retry_in_ms is not None:
        parts.append(f"next attempt in {duration(note.retry_in_ms / 1000)}")
    if note.status is not None:
        parts.append(f"status {note.status}")
    if note.detail:
        parts.append(note.detail)
    return ", ".join(parts)


def _gap_text(gap: Gap) -> str:
    parts = [f"gap {duration(gap.offline_s)}"]
    if gap.resumed_after is not None:
        parts.append(f"resumed after {gap.resumed_after}")
    if gap.replayed is not None:
        parts.append(f"{gap.replayed} replayed")
    if gap.duplicates:
        parts.append(f"{gap.duplicates} duplicates dropped")
    if gap.certainty is Certainty.NONE_LOST:
        parts.append("none lost")
    elif gap.certainty is Certainty.LOST:
        parts.append("events lost" if gap.lost is None else f"{gap.lost} lost")
    else:
        parts.append("loss unknown")
    return ", ".join(parts)


def one_line(row: Row, width: int | None = None) -> str:
    """A row without its time and topic, escaped: `type data` for an event, else what it says.

    Args:
        row: any row.
        width: most characters wanted; a longer line is cut and ends in an ellipsis.
    """
    if isinstance(row, Event):
        data = row.data if width is None else row.data[: width + 1]
        text = escape(f"{row.type} {data}")
    else:
        text = escape(note_text(row) if width is None else note_text(row)[: width + 1])
    if width is not None and len(text) > width:
        return text[: max(0, width - 1)] + "…"[:width]
    return text


def line(row: Row) -> str:
    """The line that `tail` prints: local time, topic, and the row on one line; escaped."""
    return f"{clock(row.received_at)} {escape(row.topic)} {one_line(row)}"


def pretty(data: str) -> str | None:
    """JSON laid out over lines, two spaces a level, every token exactly as it was sent.

    Numbers, string escapes, key order and repeated keys are kept; each line is escaped. Of a
    payload over `PRETTY_CHARACTERS` only the beginning is laid out, unchecked, and the last line
    says how much is missing.

    Returns:
        The lines joined by LF; None if `data` is not JSON.
    """
    missing = len(data) - PRETTY_CHARACTERS
    if missing <= 0:
        return _lay_out(data) if _is_json(data) else None
    if not data.lstrip().startswith(("{", "[")):
        return None
    return f"{_lay_out(data[:PRETTY_CHARACTERS])}\n… {missing:,} more characters"


def _is_json(data: str) -> bool:
    try:
        # Numbers stay text: int() refuses very long ones.
        json.loads(data, parse_constant=_refuse, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return False
    return True


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)


def _lay_out(data: str) -> str:
    parts: list[str] = []
    level = 0
    empty = False  # nothing has followed the last opening bracket
    for token in _TOKEN.findall(data):
        if token in ("}", "]"):
            level = max(0, level - 1)
            parts.append(token if empty else f"\n{'  ' * level}{token}")
            empty = False
            continue
        if empty:
            parts.append("\n" + "  " * level)
            empty = False
        if token in ("{", "["):
            level += 1
            empty = True
            parts.append(token)
        elif token == ",":
            parts.append(",\n" + "  " * level)
        elif token == ":":
            parts.append(": ")
        else:
            parts.append(escape(token))
    return "".join(parts)


def clock(moment: datetime) -> str:
    """`HH:MM:SS.mmm` in local time."""
    return moment.astimezone().strftime("%H:%M:%S.%f")[:-3]


def duration(seconds: float) -> str:
    """A span for reading: `250 ms`, `12.0 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`."""
    if seconds < 1:
        return f"{max(0.0, seconds) * 1000:.0f} ms"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    if whole < 86400:
        return f"{whole // 3600} h {whole % 3600 // 60} min"
    return f"{whole // 86400} d {whole % 86400 // 3600} h"


def byte_size(count: int) -> str:
    """Bytes for reading: `812 B`, `64.0 KiB`, `16.0 MiB`."""
    if count < 1024:
        return f"{count} B"
    return f"{count / 1024:.1f} KiB" if count < 2**20 else f"{count / 2**20:.1f} MiB"


def json_lines(rows: Sequence[Row], target: str) -> bytes:
    """What `tail --json` prints: a JSON object per row, each with LF; see `json_object`."""
    from orjson import OPT_APPEND_NEWLINE, dumps

    return b"".join([dumps(json_object(row, target), option=OPT_APPEND_NEWLINE) for row in rows])


def json_object(row: Row, target: str) -> dict[str, Any]:
    """The object that `tail --json` prints for a row; absent values are None, never left out.

    Args:
        row: any row.
        target: the target exactly as the user gave it.
    """
    received = row.received_at.isoformat(timespec="microseconds").replace("+00:00", "Z")
    head = {"kind": str(row.kind), "topic": target, "number": row.number, "received_at": received}
    match row:
        case Event():
            fields = ("data", "id", "own_id", "source")
            return {**head, "event": row.type, **{name: getattr(row, name) for name in fields}}
        case Comment():
            return {**head, "text": row.text}
        case Retry():
            return {**head, "ms": row.ms}
        case StateChange():
            retry_in = row.retry_in_ms
            state = {"state": str(row.state), "detail": row.detail or None, "status": row.status}
            return {**head, **state, "attempt": row.attempt or None, "retry_in_ms": retry_in}
        case Gap():
            counts = ("offline_s", "resumed_after", "replayed", "duplicates", "lost")
            known = {name: getattr(row, name) for name in counts}
            return {**head, **known, "certainty": str(row.certainty)}
        case Partial():
            return {**head, "data": row.data}
