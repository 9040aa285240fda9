"""The log's letters, for when something else on the main screen has the focus."""

from __future__ import annotations

from dataclasses import replace

from textual.binding import Binding, BindingType

from sse_tui.tui.widgets.log_keys import LOG_BINDINGS

_ONLY_IN_LOG = frozenset(
    (
        *("log.down", "log.up", "log.page-down", "log.page-up", "log.right", "log.left"),
        *("log.half-page-down", "log.half-page-up", "log.first", "log.end"),
        *("log.detail", "log.copy"),
    )
)
"""Keys that mean something else in the other panes."""

FORWARDED: list[BindingType] = [
    replace(binding, action=f"in_log({binding.action!r})")
    for binding in LOG_BINDINGS
    if isinstance(binding, Binding) and binding.id not in _ONLY_IN_LOG
]
"""The same ids and keys: whoever remaps one remaps both."""
