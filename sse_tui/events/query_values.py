"""The values that a filter compares with, and the comparisons themselves."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from sse_tui.events.query_terms import is_lower

Test: TypeAlias = Callable[[Any], bool]
"""Whether a field's value passes; of a list (a JSON array, or several names) any element counts."""

_NUMBER = re.compile(r"[+-]?(?:\d{1,300}(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?")
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
SIZES = {"b": 1, "k": 2**10, "m": 2**20, "g": 2**30}
SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}


def number_of(text: str) -> int | float | None:
    """The number that a text is, exactly if it is whole; None if it is none."""
    if not _NUMBER.fullmatch(text):
        return None
    try:
        return int(text)
    except ValueError:
        return float(text)


def size_of(text: str) -> int | float | None:
    """Bytes: `200`, `10k`, `1.5MiB`; k, m and g are powers of 1024."""
    match = re.fullmatch(r"(.*?)([bkmg]?)(?:i?b)?", text.lower())
    number = number_of(match[1]) if match else None
    return None if number is None or match is None else number * SIZES[match[2] or "b"]


def seconds_of(text: str) -> int | float | None:
    """Seconds: `90`, `500ms`, `90s`, `5m`, `2h`, `7d`."""
    match = re.fullmatch(r"(.*?)(ms|[smhd]?)", text.lower())
    number = number_of(match[1]) if match else None
    return None if number is None or match is None else number * SECONDS[match[2] or "s"]


def text_of(value: object) -> str | None:
    """A scalar as JSON writes it, strings without quotes; None for objects and arrays."""
    match value:
        case str():
            return value
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case _:
            return None


def like(text: str, *, wild: bool) -> Test:
    """`field:value`: the whole value, `*` and `?` standing for any characters.

    Without upper-case letters it matches in any case. Numbers are compared as numbers.
    """
    if wild and text == "*":
        return lambda value: True
    any_case = is_lower(text)
    number = number_of(text)
    fits = _wildcards(text, any_case) if wild and re.search(r"[*?]", text) else None

    def passes(value: Any) -> bool:  # noqa: ANN401 - any JSON value
        if number is not None and _is_number(value):
            return bool(value == number)
        shown = text_of(value)
        if shown is None:
            return False
        if fits is not None:
            return fits.fullmatch(shown) is not None
        return shown == text or (any_case and shown.lower() == text)

    return _any_element(passes)


def _wildcards(text: str, any_case: bool) -> re.Pattern[str]:
    meanings = {"*": ".*", "?": "."}
    parts = (meanings.get(part, re.escape(part)) for part in re.split(r"([*?])", text))
    return re.compile("".join(parts), re.DOTALL | (re.IGNORECASE if any_case else 0))


def equal(text: str) -> Test:
    """`field = value`: exactly this text, or this number."""
    return _any_element(_is(text))


def unequal(text: str) -> Test:
    """`field != value`: no value of the field is this one."""
    same = equal(text)
    return lambda value: not same(value)


def _is(text: str) -> Test:
    number = number_of(text)

    def passes(value: Any) -> bool:  # noqa: ANN401 - any JSON value
        if number is not None and _is_number(value):
            return bool(value == number)
        return text_of(value) == text

    return passes


def ordered(sign: str, limit: int | float | str) -> Test:
    """`field > value` and the like: numbers by size, also those written as text; or texts."""
    compare = _ORDER[sign]
    if isinstance(limit, str):
        return _any_element(lambda value: isinstance(value, str) and compare(value, limit))

    def passes(value: Any) -> bool:  # noqa: ANN401 - any JSON value
        number = number_of(value) if isinstance(value, str) else value
        return _is_number(number) and compare(number, limit)

    return _any_element(passes)


def found_by(pattern: re.Pattern[str]) -> Test:
    """`field ~ expression`: the expression matches somewhere in a value's text."""

    def passes(value: Any) -> bool:  # noqa: ANN401 - any JSON value
        shown = text_of(value)
        return shown is not None and pattern.search(shown) is not None

    return _any_element(passes)


def one_of(tests: Sequence[Test]) -> Test:
    """`field in (a, b)`."""
    return lambda value: any(test(value) for test in tests)


def _any_element(passes: Test) -> Test:
    def test(value: Any) -> bool:  # noqa: ANN401 - any JSON value
        return any(map(passes, value)) if isinstance(value, list) else passes(value)

    return test


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
