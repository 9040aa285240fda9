"""The fields that a template of `--format` may name."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cached_property
from typing import Any, TypeAlias

from sse_tui.cli.tail_times import RowTimes, iso
from sse_tui.events.format import clock, escape, one_line
from sse_tui.events.json_path import MISSING, Path, value_at
from sse_tui.events.model import Event, Partial, Row


class RowFields:
    """One row that is being printed.

    Args:
        row: the row.
        target: its target as given.
        times: has taken the row's arrival.
        terminal: the line goes to a terminal.
    """

    def __init__(self, row: Row, target: str, times: RowTimes, terminal: bool) -> None:
        self.row = row
        self.target = target
        self.times = times
        self.terminal = terminal

    @cached_property
    def json(self) -> Any:  # noqa: ANN401 - any JSON value
        """The data of an event parsed as JSON, once; `MISSING` where it is not."""
        if not isinstance(self.row, Event):
            return MISSING
        from orjson import loads

        try:
            return loads(self.row.data)
        except ValueError:
            return MISSING


Field: TypeAlias = Callable[[RowFields], str]
"""The text of a field, escaped; empty where a row has no such field."""


def json_field(path: Path) -> Field:
    """The value at a path into JSON data: a text as it is, all else as JSON."""

    def text(fields: RowFields) -> str:
        value = value_at(fields.json, path)
        if value is MISSING:
            return ""
        if isinstance(value, str):
            return escape(value)
        return escape(json.dumps(value, ensure_ascii=False, separators=(",", ":")))

    return text


def _attribute(name: str) -> Field:
    def text(fields: RowFields) -> str:
        value = getattr(fields.row, name, None)
        if isinstance(value, bool):
            return "true" if value else "false"
        return "" if value is None else escape(str(value))

    return text


def _source(fields: RowFields) -> str:
    return escape(getattr(fields.row, "source", None) or fields.target)


def _size(fields: RowFields) -> str:
    row = fields.row
    if isinstance(row, Event):
        return str(len(row.data.encode("utf-8", "surrogatepass")))
    return str(row.size) if isinstance(row, Partial) else ""


def _raw(fields: RowFields) -> str:
    data: str = getattr(fields.row, "data", "")
    return escape(data) if fields.terminal else data


FIELDS: dict[str, Field] = {
    "time": lambda fields: clock(fields.row.received_at),
    "date": lambda fields: fields.row.received_at.astimezone().date().isoformat(),
    "received_at": lambda fields: iso(fields.row.received_at),
    "elapsed": lambda fields: f"{fields.times.elapsed_s:.3f}",
    "delta": lambda fields: f"{fields.times.delta_s:.3f}",
    "topic": lambda fields: escape(fields.target),
    "source": _source,
    "event": _attribute("type"),
    "data": _attribute("data"),
    "raw": _raw,
    "line": lambda fields: one_line(fields.row),
    "size": _size,
    **{name: _attribute(name) for name in ("number", "kind", "id", "own_id", "text", "ms")},
    **{name: _attribute(name) for name in ("state", "detail", "status", "attempt", "retry_in_ms")},
    **{name: _attribute(name) for name in ("offline_s", "resumed_after", "replayed")},
    **{name: _attribute(name) for name in ("duplicates", "lost", "certainty")},
}
"""By name: those of `tail --json`, the times, `size`, `line` (the default line after its topic) and
`raw` (the data, exact where it does not go to a terminal)."""
