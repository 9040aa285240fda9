"""An event that the user is writing; it outlives the dialog in which it is written."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Draft:
    """An unsent event.

    Attributes:
        topic: where to send it; may be empty.
        event: its event type; empty means the default, `message`.
        body: its data, JSON text; may be anything while it is written.
    """

    topic: str = ""
    event: str = ""
    body: str = ""

    @property
    def is_worth_keeping(self) -> bool:
        """Whether quitting would lose something that the user typed."""
        return bool(self.body.strip())

    def sent(self) -> None:
        """The event is on its way: the next one begins with the same topic and event type."""
        self.body = ""
