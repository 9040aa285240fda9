"""What became of the events of one `send`: their ids on stdout, how many on stderr."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Literal

import click

from sse_tui.cli.report import note, printable

if TYPE_CHECKING:
    from sse_tui.client.sending import SentEvent, SentEvents

TERMINAL_EVERY_S = 0.1
ELSEWHERE_EVERY_S = 10.0


class Tally:
    """Counts what the server has taken, and tells.

    Args:
        form: what stdout gets of each answer.
        progress: stderr gets the count while it goes on.
        total: how many there are, where it is known.
        quiet: say nothing but errors.

    Attributes:
        count: how many the server has taken.
        unknown: how many got no answer: they may or may not have arrived.
    """

    def __init__(
        self,
        *,
        form: Literal["id", "json", "none"],
        progress: bool = False,
        total: int | None = None,
        quiet: bool = False,
    ) -> None:
        self.count = 0
        self.unknown = 0
        self._first = self._last = ""
        self._form = form
        self._of = "" if total is None else f" of {total:,}"
        self._quiet = quiet
        self._shows = progress and not quiet
        self._on_terminal = sys.stderr.isatty()
        self._every = TERMINAL_EVERY_S if self._on_terminal else ELSEWHERE_EVERY_S
        self._shown_at = time.monotonic()
        self._line_open = False

    def add_event(self, sent: SentEvent) -> None:
        """One event was taken."""
        self._add(1, sent.id, sent.id)
        if self._form == "json":
            click.echo(json.dumps({"id": sent.id, "topic": sent.topic}))
        elif self._form == "id":
            click.echo(printable(sent.id))

    def add_events(self, sent: SentEvents) -> None:
        """A batch was taken."""
        self._add(sent.count, sent.first_id, sent.last_id)
        if self._form == "json":
            ids = {"first_id": sent.first_id, "last_id": sent.last_id}
            click.echo(json.dumps({**ids, "count": sent.count, "topic": sent.topic}))

    @property
    def summary(self) -> str:
        """As in `sent 12,345 events, 1-100 … 1-12444`."""
        events = "event" if self.count == 1 else "events"
        said = f"sent {self.count:,} {events}"
        if self._last:
            said += f", {self._first} … {self._last}" if self.count > 1 else f", {self._last}"
        if self.unknown:
            more = " more" if self.count else ""
            said += f"; {self.unknown:,}{more} may or may not have arrived"
        return said

    def tell(self) -> None:
        """Say the summary on stderr."""
        self.end_line()
        if not self._quiet:
            note(f"sse-tui: {self.summary}")

    def end_line(self) -> None:
        """Take the running count off the terminal, so that something else can be said."""
        if self._line_open:
            click.echo("\r\x1b[K", err=True, nl=False)
            self._line_open = False

    def _add(self, count: int, first: str, last: str) -> None:
        self._first = self._first or first
        self._last = last
        self.count += count
        now = time.monotonic()
        if not self._shows or now - self._shown_at < self._every:
            return
        self._shown_at = now
        text = f"sent {self.count:,}{self._of}"
        if self._on_terminal:
            click.echo(f"\r\x1b[K{text}", err=True, nl=False)
            self._line_open = True
        else:
            note(f"sse-tui: {text}")
