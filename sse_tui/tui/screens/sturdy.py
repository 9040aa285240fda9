"""Containers that outlive an unexpected error in one of their handlers."""

from __future__ import annotations

from textual.message import Message
from textual.screen import Screen


class SturdyScreen(Screen[None]):
    """A screen that reports what its handlers raise to the app, and goes on.

    Textual ends the message loop of what raised; for the main screen that would be the end of
    everything in sight.
    """

    async def _dispatch_message(self, message: Message) -> None:
        try:
            await super()._dispatch_message(message)
        except Exception as error:  # the app logs it and tells the user
            if not self.is_mounted:
                raise
            self.app._handle_exception(error)
