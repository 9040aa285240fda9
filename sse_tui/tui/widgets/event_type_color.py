"""Which of the four colours an event type has, the same in every run and on every machine."""

from __future__ import annotations

from zlib import crc32

TYPE_ROLES = ("type-1", "type-4", "type-3", "type-2")


def type_role(event_type: str) -> str:
    """The colour role of an event type; the default type `message` stays quiet."""
    if event_type == "message":
        return "muted"
    return TYPE_ROLES[(crc32(event_type.encode("utf-8", "surrogatepass")) >> 2) & 3]
