"""Says where a text stops being JSON, by line and column."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

_STRING_OR_CONSTANT = re.compile(r'"(?:[^"\\]|\\.)*"|(-?Infinity|NaN)')


@dataclass(frozen=True)
class JsonFault:
    """Where a text is not JSON.

    Attributes:
        line, column: from 1, as an editor counts them.
        reason: a few words, without a full stop.
    """

    line: int
    column: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.reason}"


def find_fault(text: str) -> JsonFault | None:
    """The first place where `text` is not JSON (RFC 8259); None when it is JSON.

    Python's own reader takes `NaN` and `Infinity`; they are faults here, as for any other reader.
    """
    try:
        json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        reason = error.msg[0].lower() + error.msg[1:]
        return JsonFault(error.lineno, error.colno, reason if text.strip() else "it is empty")
    except RecursionError:
        return JsonFault(1, 1, "nested too deeply")
    except _ConstantError as error:
        return _locate_constant(text, str(error))
    return None


class _ConstantError(Exception):
    """A constant that JSON does not have."""


def _refuse(name: str) -> None:
    raise _ConstantError(name)


def _locate_constant(text: str, name: str) -> JsonFault:
    at = next((m.start() for m in _STRING_OR_CONSTANT.finditer(text) if m.group(1) == name), 0)
    line = text.count("\n", 0, at) + 1
    return JsonFault(line, at - text.rfind("\n", 0, at), f"{name} is not JSON")
