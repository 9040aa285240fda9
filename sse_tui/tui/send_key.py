"""Tells ^j, the key that sends, from a line feed that a paste brought."""

from __future__ import annotations

from textual.events import Key

QUIET_S = 0.03
"""A hand leaves more time than this between two keys; the characters of a paste leave less."""


class SendKey:
    """Watches the keys of an editor.

    A terminal without bracketed paste delivers a pasted line feed as the very bytes of ^j. So ^j
    counts as a line feed when another key came just before it, and sends only if no other key
    comes just after it. A terminal that speaks the Kitty protocol names the key itself: no doubt
    is left there.
    """

    def __init__(self, quiet_s: float = QUIET_S) -> None:
        self.quiet_s = quiet_s
        self._last_key_at = float("-inf")

    def is_certain(self, event: Key) -> bool:
        """The terminal itself named the key: nothing pasted looks like this."""
        return event.character is None

    def is_pasted(self, event: Key) -> bool:
        """Whether this ^j came too soon after another key to be typed; remembers the key."""
        soon = event.time - self._last_key_at < self.quiet_s
        self._last_key_at = event.time
        return soon and not self.is_certain(event)

    def saw(self, event: Key) -> None:
        """Remember any other key."""
        self._last_key_at = event.time
