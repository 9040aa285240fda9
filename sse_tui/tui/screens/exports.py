"""What `e` and `E` write: one event's data, or all rows of the view."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sse_tui.events.format import json_lines
from sse_tui.events.model import Event, Row
from sse_tui.events.view import RowView
from sse_tui.history.export import ExportFile, export_name

ROWS_AT_ONCE = 500
SEARCH_FOR_S = 0.008


def export_row(row: Row, folder: Path, now: datetime) -> Path:
    """Write an event's data, exact; of another kind of row, its JSON line.

    Args:
        row: the row.
        folder: where the file goes.
        now: the time in its name.

    Returns:
        Where it is.

    Raises:
        SseTuiError: it could not be written.
    """
    name = export_name(f"{row.topic}-{row.number}", now)
    if isinstance(row, Event):
        data = row.data.encode("utf-8", "surrogatepass")
        ending = ".json" if _is_json(row.data) else ".txt"
    else:
        data, ending = json_lines([row], row.topic), ".jsonl"
    with ExportFile(folder, name, ending) as file:
        file.write(data)
    return file.path


async def export_view(
    view: RowView, topic: str | None, folder: Path, now: datetime
) -> tuple[Path, int]:
    """Write the rows that a view shows now, a JSON object a line as `tail --json --all` prints.

    Args:
        view: the view; what arrives meanwhile is left out, what falls out meanwhile too.
        topic: whose view; None for all.
        folder: where the file goes.
        now: the time in its name.

    Returns:
        Where it is, and how many rows it has.

    Raises:
        SseTuiError: it could not be written.
    """
    while view.search_older(SEARCH_FOR_S):  # noqa: ASYNC110 - this is no waiting, it searches
        await asyncio.sleep(0)
    count = 0
    with ExportFile(folder, export_name(topic or "all", now), ".jsonl") as file:
        for rows in _pages(view):
            count += len(rows)
            # A slow disk must not stop the screen.
            await asyncio.to_thread(_write, file, rows)
    return file.path, count


def _pages(view: RowView) -> Iterator[list[Row]]:
    place, end = view.base, view.base + len(view)
    while place < end:
        place = max(place, view.base)
        stop = min(place + ROWS_AT_ONCE, end)
        found = (view.row(at - view.base) for at in range(place, stop))
        yield [row for row in found if row is not None]
        place = stop


def _write(file: ExportFile, rows: list[Row]) -> None:
    file.write(b"".join(json_lines([row], row.topic) for row in rows))


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
