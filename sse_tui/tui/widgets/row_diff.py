"""What changed between an event and the one of the same type before it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_KEY = re.compile(r'("(?:[^"\\]++|\\.)*+"): ')

Path = tuple[str | int, ...]
"""Keys (as they stand in the JSON text, quoted) and indices, from the root."""


@dataclass(frozen=True)
class Change:
    """One value that differs; None on the side where there is no such value."""

    path: Path
    before: str | None
    after: str | None

    @property
    def name(self) -> str:
        """The path for reading: `items[2].price`."""
        parts = []
        for part in self.path:
            if isinstance(part, int):
                parts.append(f"[{part}]")
            else:
                plain = part[1:-1]
                name = plain if re.fullmatch(r"[\w-]+", plain) else f"[{part}]"
                parts.append(f".{name}" if parts and not name.startswith("[") else name)
        return "".join(parts) or "value"


def values_by_line(laid_out: str) -> Iterator[tuple[Path, str] | None]:
    """For each line of a JSON text as `format.pretty` gives it: path and value, if it holds one."""
    above: list[str | int] = []
    indices: list[int | None] = []
    for line in laid_out.split("\n"):
        text = line.strip()
        text = text[:-1] if text.endswith(",") else text
        if text in ("}", "]"):
            indices.pop() if indices else None
            above.pop() if above else None
            yield None
            continue
        key = _KEY.match(text) if indices and indices[-1] is None else None
        path: Path = tuple(above)
        if key:
            text = text[key.end() :]
            path = (*path, key[1])
        elif indices and (index := indices[-1]) is not None:
            path = (*path, index)
            indices[-1] = index + 1
        if text in ("{", "["):
            if path != tuple(above):
                above.append(path[-1])
            elif indices:
                above.append("")
            indices.append(None if text == "{" else 0)
            yield None
        else:
            yield path, text


def changes(before: str, after: str) -> list[Change]:
    """What changed between two JSON texts as `format.pretty` gives them, in their order."""
    old = dict(filter(None, values_by_line(before)))
    new = dict(filter(None, values_by_line(after)))
    found = [
        Change(path, old.get(path), value) for path, value in new.items() if old.get(path) != value
    ]
    return found + [Change(path, value, None) for path, value in old.items() if path not in new]
