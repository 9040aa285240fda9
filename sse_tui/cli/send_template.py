"""The data of events that are sent again and again, each a little different."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime

from sse_tui.cli.send_check import checked_json, json_string

_NAME = re.compile(r"\{(seq|now|uuid)\}")


class DataTemplate:
    """Data in which `{seq}`, `{now}` and `{uuid}` stand for what each event has of its own.

    Anything else stays as it is, other braces too.

    Args:
        content: JSON, once the names are replaced; any text with `as_text`.
        as_text: the data is sent as a JSON string.

    Raises:
        UsageError: the first event would not be JSON.
    """

    def __init__(self, content: bytes, *, as_text: bool) -> None:
        self._pattern = json_string(content) if as_text else content.decode("utf-8", "replace")
        if not as_text:
            first = _filled(content.decode("utf-8", "surrogateescape"), 1)
            hint = "Nothing was sent. {now} and {uuid} go in quotes."
            checked_json(first.encode("utf-8", "surrogateescape"), hint=hint)

    def event(self, number: int) -> str:
        """The JSON text of the event with this number, which counts from 1; now."""
        return _filled(self._pattern, number)


def _filled(pattern: str, number: int) -> str:
    values = {
        "seq": str(number),
        "now": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "uuid": str(uuid.uuid4()),
    }
    return _NAME.sub(lambda match: values[match[1]], pattern)
