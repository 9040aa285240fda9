"""`tail --text`: a language model's answer as it comes, and in the end how it went."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sse_tui.cli.report import note
from sse_tui.cli.tail_print import Printer, is_noted
from sse_tui.errors import UsageError
from sse_tui.events.format import escape
from sse_tui.events.llm import Answer, delta
from sse_tui.events.model import Event, Row

if TYPE_CHECKING:
    from sse_tui.cli.output import Output
    from sse_tui.cli.tail_plan import TailPlan
    from sse_tui.client.subscription import Subscription
    from sse_tui.events.log import EventLog

_LAYOUT = re.compile(r"([\n\t])")
_HIGH_HALF = re.compile("[\\ud800-\\udbff]$")


def check_text_options(options: Mapping[str, Any]) -> None:
    """Refuse what does not go together with `--text`; `options` is what click parsed.

    Raises:
        UsageError: it is a form of line, or there are several streams.
    """
    form, template = options["form"], options["template"]
    for given, name in (
        (form is not None, f"--{form}"),
        (template is not None, "--format"),
        (options["time_form"] is not None, "--time"),
        (options["everything"], "--all"),
    ):
        if given:
            raise UsageError("--text prints an answer, not lines", f"leave out {name}")
    named = dict.fromkeys((*options["targets"], *options["topics"]))
    if len(named) > 1:
        raise UsageError("--text reads one answer", f"{len(named)} streams are named")


class TextPrinter(Printer):
    """Prints the text that the events of one stream add up to; a summary goes to stderr.

    Attributes:
        answer: as far as it has come.
    """

    def __init__(self, plan: TailPlan, output: Output, streams: Mapping[str, Subscription]) -> None:
        super().__init__(plan, output, streams)
        self.answer = Answer()
        self._target = next(iter(plan.streams))
        self._in_line = False
        self._half = ""

    def finish(self) -> None:
        """End the line on a terminal, and say how the answer went."""
        self._write("", last=True)
        self._end_line()
        stream = self._streams[self._target]
        if stream.log.events:
            note(f"sse-tui: {self._target}: {self.answer.summary()}")
        whole = self.answer.complete and self.answer.error is None
        self.failed = stream.is_over and self.answer.found and not whole and not self.met

    def _print_rows(self, log: EventLog, first: int, count: int) -> None:
        rows = log.read(first, count)
        self.answer.take(rows)
        wanted = [row for row in self._chosen(log, rows, first, count) if isinstance(row, Event)]
        self._write("".join([delta(event) or "" for event in wanted]))
        self._note_all(log.topic, [row for row in rows if not isinstance(row, Event)])
        self._count(len(wanted))

    def _note_all(self, target: str, rows: Sequence[Row]) -> None:
        if any(is_noted(row) for row in rows):
            self._end_line()
        super()._note_all(target, rows)

    def _write(self, text: str, *, last: bool = False) -> None:
        text = self._half + text
        half = None if last else _HIGH_HALF.search(text)
        self._half = half[0] if half else ""  # its other half may come with the next chunk
        text = text.removesuffix(self._half)
        if not text:
            return
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        self._in_line = not text.endswith("\n")
        if self._output.is_terminal:
            text = "".join([p if p in ("\n", "\t") else escape(p) for p in _LAYOUT.split(text)])
        self._put(text)

    def _end_line(self) -> None:
        """A note must not follow the text on its line; a file holds the text and nothing else."""
        if self._in_line and self._output.is_terminal:
            self._put("\n")
            self._in_line = False

    def _put(self, text: str) -> None:
        if self._output.row_by_row:
            self._output.write_rows([text.encode()])
        else:
            self._output.write(text.encode())
