"""Checks that what is to be sent is JSON, the way a hub does, so that nothing is sent in vain."""

from __future__ import annotations

import json
from typing import NoReturn

from sse_tui.errors import UsageError


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(parse_constant=_no_constant, parse_int=str, parse_float=str)


def checked_json(content: bytes, *, line: int | None = None, hint: str = "") -> str:
    """The text, if it is JSON (RFC 8259).

    Args:
        content: as given.
        line: its number in a file of lines; None where it stands alone.
        hint: what to do where it is not.

    Raises:
        UsageError: it is not JSON, with line and column; or not UTF-8.
    """
    where = "" if line is None else f", line {line}"
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise UsageError("Not JSON", f"not UTF-8 at byte {error.start + 1}{where}", hint) from error
    try:
        _DECODER.decode(text)
    except json.JSONDecodeError as error:
        place = f"{error.msg} at line {line or error.lineno}, column {error.colno}"
        raise UsageError("Not JSON", place, hint) from error
    except RecursionError as error:
        raise UsageError("Not JSON", f"nested too deep{where}", hint) from error
    except ValueError as error:
        raise UsageError("Not JSON", f"{error}{where}", hint) from error
    return text


def json_string(content: bytes, *, line: int | None = None) -> str:
    """A plain text as a JSON string, without the line end that closes it.

    Raises:
        UsageError: it is not UTF-8.
    """
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        where = "" if line is None else f", line {line}"
        raise UsageError("Not text", f"not UTF-8 at byte {error.start + 1}{where}") from error
    return json.dumps(text.removesuffix("\n").removesuffix("\r"), ensure_ascii=False)
