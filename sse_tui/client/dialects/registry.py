"""Which dialect a profile, an option or a target means; each is loaded when it is first meant."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from sse_tui.client.dialects.dialect import Dialect
from sse_tui.client.dialects.names import DIALECT_NAMES
from sse_tui.errors import UsageError


@cache
def dialect(name: str) -> Dialect:
    """The dialect of this name, always the same object.

    Raises:
        UsageError: there is none.
    """
    if name not in DIALECT_NAMES:
        known = ", ".join(sorted(DIALECT_NAMES))
        raise UsageError("Unknown dialect", repr(name), f"Known: {known}.")
    module = import_module(f"sse_tui.client.dialects.{name}")
    found = module.DIALECT
    assert isinstance(found, Dialect)
    return found


def dialect_for(target: str, profile_dialect: str, *, as_topic: bool = False) -> Dialect:
    """The dialect that a target is spoken to with.

    A target with `://` is a plain URL, unless it is named as a topic or the profile's kind of
    server has URLs for topics.

    Raises:
        UsageError: there is no such dialect.
    """
    if "://" not in target or as_topic:
        return dialect(profile_dialect)
    if profile_dialect in DIALECT_NAMES and dialect(profile_dialect).has_topic(target):
        return dialect(profile_dialect)
    return dialect("url")
