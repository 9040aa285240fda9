"""Comparisons of a filter: which field is named, and what it can be compared with."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeAlias

from sse_tui.events import query_fields as fields
from sse_tui.events import query_values as values
from sse_tui.events.json_path import parse_path
from sse_tui.events.model import Kind
from sse_tui.events.query_fields import Comparison
from sse_tui.events.query_values import Test

_Choice: TypeAlias = tuple[str, int, bool]
"""A value of `in (...)`: text, its position in the filter, whether it is quoted."""

# What reads a field, and how dear it is.
_KNOWN: dict[str, tuple[fields.Selector, int]] = {
    "topic": (fields.select_topic, 0),
    "event": (fields.select_event, 0),
    "kind": (fields.select_kind, 0),
    "number": (fields.select_number, 0),
    "age": (fields.select_age, 0),
    "id": (fields.select_id, 2),
    "size": (fields.select_size, 2),
    "data": (fields.select_text, 2),
}
_JSON_COST = 4

_NUMERIC: dict[str, tuple[Callable[[str], int | float | None], str]] = {
    "number": (values.number_of, "Rows have numbers, such as 4521"),
    "size": (values.size_of, "A size is written 200, 10k or 1.5m"),
    "age": (values.seconds_of, "An age is written 90s, 5m, 2h or 7d"),
}


class Fault(Exception):
    """What is wrong with a filter that is well formed, and where."""

    def __init__(self, title: str, position: int, hint: str = "") -> None:
        super().__init__(title)
        self.title = title
        self.position = position
        self.hint = hint


def compare(name: str, sign: str, text: str, position: int, *, quoted: bool) -> Comparison:
    """`name sign text`, such as `data.latency > 200`.

    Args:
        name: the field as typed.
        sign: `:`, `=`, `!=`, `>`, `>=`, `<` or `<=`.
        text: the value.
        position: where the value stands, for errors.
        quoted: it was quoted: no wildcards, and `>` compares texts.

    Raises:
        Fault: the field cannot be compared with this value.
    """
    sign = "=" if sign == "==" else sign
    if name in _NUMERIC:
        return _comparison(name, _numeric_test(sign, _number(name, text, position)))
    if sign in (":", "=", "!="):
        _check_kind(name, text, position, wild=sign == ":" and not quoted)
    match sign:
        case ":":
            test = values.like(text, wild=not quoted)
        case "=":
            test = values.equal(text)
        case "!=":
            test = values.unequal(text)
        case _:
            limit = None if quoted else values.number_of(text)
            test = values.ordered(sign, text if limit is None else limit)
    return _comparison(name, test)


def compare_any(name: str, choices: Sequence[_Choice]) -> Comparison:
    """`name in (a, b)`: any of them as with `:`.

    Raises:
        Fault: the field cannot be compared with one of the values.
    """
    tests = []
    for text, position, quoted in choices:
        if name in _NUMERIC:
            tests.append(_numeric_test("=", _number(name, text, position)))
        else:
            _check_kind(name, text, position, wild=not quoted)
            tests.append(values.like(text, wild=not quoted))
    return _comparison(name, values.one_of(tests))


def match_regex(name: str, pattern: re.Pattern[str], position: int) -> Comparison:
    """`name ~ expression`.

    Raises:
        Fault: the field is a number.
    """
    if name in _NUMERIC:
        raise Fault(f"`{name}` is a number, `~` looks into texts", position)
    return _comparison(name, values.found_by(pattern), pattern)


def _comparison(name: str, test: Test, pattern: re.Pattern[str] | None = None) -> Comparison:
    if name in _KNOWN:
        select, cost = _KNOWN[name]
        return Comparison(select, test, cost, pattern)
    path = parse_path(name)
    path = path[1:] if path[0] == "data" else path
    return Comparison(fields.JsonField(path), test, _JSON_COST, pattern)


def _number(name: str, text: str, position: int) -> int | float:
    parse, hint = _NUMERIC[name]
    number = parse(text)
    if number is None:
        raise Fault(f"`{name}` is a number", position, hint)
    return number


def _numeric_test(sign: str, number: int | float) -> Test:
    if sign in (":", "="):
        return lambda value: bool(value == number)
    if sign == "!=":
        return lambda value: bool(value != number)
    return values.ordered(sign, number)


def _check_kind(name: str, text: str, position: int, *, wild: bool) -> None:
    kinds = [str(kind) for kind in Kind]
    if name == "kind" and text.lower() not in kinds and not (wild and re.search(r"[*?]", text)):
        raise Fault("There is no such kind", position, f"Kinds are {', '.join(kinds)}.")
