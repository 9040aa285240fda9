"""What one run of `tail` was asked to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from sse_tui.client.options import StreamOptions
    from sse_tui.events.query import Query


@dataclass(frozen=True, slots=True, kw_only=True)
class TailPlan:
    """What `tail` was asked to do.

    Attributes:
        targets: as given, each once.
        stream: how to open and keep the streams.
        topics: the targets that are topics even where they look like a URL.
        form: what a line looks like.
        everything: print rows of every kind, not events only.
        where: print only what matches.
        count: end after so many printed events.
        until: end after the first event that matches.
        timeout_s: end after this time in all.
        exit_idle_s: end when no event came for this time.
    """

    targets: tuple[str, ...]
    stream: StreamOptions
    topics: frozenset[str] = frozenset()
    form: Literal["text", "json", "raw"] = "text"
    everything: bool = False
    where: Query | None = None
    count: int | None = None
    until: Query | None = None
    timeout_s: float | None = None
    exit_idle_s: float | None = None
