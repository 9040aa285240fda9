"""Which dialect a profile, an option or a target means."""

from __future__ import annotations

from sse_tui.client.dialects.dialect import Dialect
from sse_tui.client.dialects.hub import HubDialect
from sse_tui.client.dialects.mercure import MercureDialect
from sse_tui.client.dialects.nchan import NchanDialect
from sse_tui.client.dialects.ntfy import NtfyDialect
from sse_tui.client.dialects.url import UrlDialect
from sse_tui.client.dialects.wikimedia import WikimediaDialect
from sse_tui.errors import UsageError

DIALECTS: dict[str, Dialect] = {
    each.name: each
    for each in (
        HubDialect(),
        UrlDialect(),
        NchanDialect(),
        MercureDialect(),
        NtfyDialect(),
        WikimediaDialect(),
    )
}


def dialect(name: str) -> Dialect:
    """The dialect of this name.

    Raises:
        UsageError: there is none.
    """
    try:
        return DIALECTS[name]
    except KeyError:
        known = ", ".join(sorted(DIALECTS))
        raise UsageError("Unknown dialect", repr(name), f"Known: {known}.") from None


def dialect_for(target: str, profile_dialect: str, *, as_topic: bool = False) -> Dialect:
    """The dialect that a target is spoken to with.

    A target with `://` is a plain URL, unless it is named as a topic or the profile's kind of
    server has URLs for topics.

    Raises:
        UsageError: there is no such dialect.
    """
    if "://" not in target or as_topic:
        return dialect(profile_dialect)
    known = DIALECTS.get(profile_dialect)
    return known if known is not None and known.has_topic(target) else dialect("url")
