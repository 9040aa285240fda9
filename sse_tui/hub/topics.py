"""Topic names, and the patterns with wildcards under which streams are opened."""

from __future__ import annotations

import re
from functools import cached_property

from sse_tui.hub.refusal import Refused

MAX_LENGTH = 128
"""Characters in a topic name or pattern."""

_LEVEL = re.compile(r"[A-Za-z0-9_~-]+")
_RULE = (
    f"A topic is levels of letters, digits, _ ~ and - joined by dots, {MAX_LENGTH} characters at"
    " most, as in orders.eu.created"
)
_PATTERN_RULE = f"{_RULE}; on a stream a level may be *, and the last one >"


def check_name(name: str) -> str:
    """Return `name` if it is a topic name.

    Raises:
        Refused: 400; it is not, or it holds a wildcard.
    """
    if len(name) > MAX_LENGTH or not all(map(_LEVEL.fullmatch, name.split("."))):
        raise Refused(400, "Not a topic name", repr(name), f"{_RULE}.")
    return name


class TopicPattern:
    """A topic name, or a pattern that stands for many: `orders.*`, `orders.>`.

    Args:
        text: levels joined by dots; `*` matches one whole level, `>` one or more, only at the end.

    Raises:
        Refused: 400; it is neither a name nor a pattern.
    """

    def __init__(self, text: str) -> None:
        levels = text.split(".")
        wild = [level in ("*", ">") for level in levels]
        if (
            len(text) > MAX_LENGTH
            or ">" in levels[:-1]
            or not all(w or _LEVEL.fullmatch(level) for w, level in zip(wild, levels, strict=True))
        ):
            raise Refused(400, "Not a topic name or pattern", repr(text), f"{_PATTERN_RULE}.")
        self.text = text
        self.is_wildcard = any(wild)
        self.is_everything = text == ">"

    def matches(self, name: str) -> bool:
        """Whether the topic `name` (a valid name) belongs to this pattern."""
        return self._expression.fullmatch(name) is not None

    @cached_property
    def _expression(self) -> re.Pattern[str]:
        parts = {"*": r"[^.]+", ">": r".+"}
        levels = self.text.split(".")
        return re.compile(r"\.".join(parts.get(level) or re.escape(level) for level in levels))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TopicPattern) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"TopicPattern({self.text!r})"
