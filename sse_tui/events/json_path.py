"""Ways into JSON data, written `data.a.b[0]["odd key"]`: one grammar for filters and templates."""

from __future__ import annotations

import re
from typing import Any, Final, TypeAlias

MISSING: Final = object()
"""What a row has for a field that it does not have; JSON's null is None."""

Path: TypeAlias = tuple[str | int, ...]
"""The way into a JSON value: keys and indexes."""

STEPS = r"(?:\.[\w$@-]+|\[-?\d+\]|\[\"(?:[^\"\\]|\\.)*\"\])*"
"""What may follow the first name of a path, as a regular expression."""

_STEP = re.compile(r'\.?([\w$@-]+)|\[(-?\d+)\]|\["((?:[^"\\]|\\.)*)"\]')


def parse_path(text: str) -> Path:
    """The steps of a path that is well formed, its first name included."""
    steps: list[str | int] = []
    for key, index, quoted in _STEP.findall(text):
        if index:
            steps.append(int(index))
        else:
            steps.append(key or re.sub(r"\\(.)", r"\1", quoted))
    return tuple(steps)


def value_at(value: Any, path: Path) -> Any:  # noqa: ANN401 - any JSON value
    """The value at the end of the path; `MISSING` where the path leads nowhere."""
    for step in path:
        if isinstance(step, str):
            value = value.get(step, MISSING) if isinstance(value, dict) else MISSING
        elif isinstance(value, list) and -len(value) <= step < len(value):
            value = value[step]
        else:
            return MISSING
    return value
