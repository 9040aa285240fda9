"""Keeps an app, a screen or a widget alive when one of its handlers raises."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from textual.message_pump import MessagePump
else:
    # A plain class: Textual takes styles from the first of its own kind among the bases only.
    MessagePump = object


class Sturdy(MessagePump):
    """Put before the base class: what a handler raises is reported to the app, and life goes on.

    Textual ends the message loop of what raised, and takes it off the screen: for the main screen
    or the log that would be the end of everything in sight.
    """

    async def _dispatch_message(self, message: Message) -> None:
        try:
            await super()._dispatch_message(message)
        except Exception as error:  # the app writes it down and tells the user
            if not self._is_mounted:
                raise
            self.app._handle_exception(error)
