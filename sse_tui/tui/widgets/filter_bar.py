"""The filter bar: filters the log while one types, counts, and shows where a filter goes wrong."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from rich.highlighter import Highlighter
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from sse_tui.errors import QueryError
from sse_tui.events.query import parse_query
from sse_tui.tui.messages import FilterChanged, FilterKept, FilterLifted
from sse_tui.tui.sturdy import Sturdy
from sse_tui.tui.widgets.cell_cut import MORE

HISTORY = 50
_ANY = "kind = event"


class _FilterInput(Input):
    """The input; its history and Escape are the bar's."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "recall(-1)", "earlier filter", id="filter.earlier", show=False),
        Binding("down", "recall(1)", "later filter", id="filter.later", show=False),
        Binding("escape", "lift", "lift the filter", id="filter.lift", show=False),
    ]

    def action_recall(self, step: int) -> None:
        """Put an earlier or a later filter into the input."""
        self._bar.recall(step)

    def action_lift(self) -> None:
        """Lift the filter and leave."""
        self._bar.lift()

    @property
    def _bar(self) -> FilterBar:
        bar = self.parent
        assert isinstance(bar, FilterBar)
        return bar


class _FaultMark(Highlighter):
    """Marks the place where the filter goes wrong, up to its end."""

    def __init__(self, bar: FilterBar) -> None:
        self._bar = bar

    def highlight(self, text: Text) -> None:
        """Mark the place in `text`, if there is one."""
        if self._bar.fault is not None:
            style = self._bar.get_component_rich_style("filter-bar--fault", partial=True)
            text.stylize(style, self._bar.fault)


class FilterBar(Sturdy, Horizontal):
    """One line, hidden until `open`; it stays in sight while a filter holds.

    Posts `FilterChanged` while one types (one for all keys of a tick, and only when the filter
    parses), `FilterKept` on Enter and `FilterLifted` on Escape. Letters never act while it has
    the focus.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"filter-bar--fault"}
    DEFAULT_CSS = """
    FilterBar {
        height: 1;
        display: none;
        background: $selection;
        & > .filter-bar--fault { color: $failed; text-style: bold underline; }
    }
    FilterBar.-open { display: block; }
    FilterBar > #filter-prompt { width: 3; padding: 0 1; color: $focus; text-style: bold; }
    FilterBar > Input, FilterBar > Input:focus {
        width: 1fr;
        height: 1;
        border: none;
        padding: 0;
        background: $selection;
        background-tint: $selection 0%;
    }
    FilterBar > #filter-result { width: auto; padding: 0 1; color: $muted; }
    FilterBar.-fault > #filter-result { color: $failed; max-width: 60%; text-overflow: ellipsis; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - the name of Textual's widgets
        super().__init__(id=id)
        self._history: list[str] = []
        self._recalled = 0
        self._fault: int | None = None
        self._posted = ""

    def compose(self) -> ComposeResult:
        """The prompt, the input, and what came of it."""
        yield Static("/", id="filter-prompt")
        yield _FilterInput(
            placeholder="words, /regex/, ! inverts",
            highlighter=_FaultMark(self),
            select_on_focus=False,
        )
        yield Static(id="filter-result")

    @property
    def text(self) -> str:
        """The filter as typed."""
        return self.query_one(Input).value

    @property
    def fault(self) -> int | None:
        """Where the filter as typed goes wrong, as an index into it; None while it parses."""
        return self._fault

    @property
    def is_open(self) -> bool:
        """The bar is in sight."""
        return self.has_class("-open")

    def open(self) -> None:
        """Show the bar and take the focus."""
        self.add_class("-open")
        self._recalled = len(self._history)
        self.query_one(Input).focus()
        # Loading the grammar takes 40 ms: while the first key is being looked for.
        self.run_worker(partial(parse_query, _ANY), thread=True, group="grammar", exclusive=True)

    def show_text(self, text: str) -> None:
        """Put another view's filter into the bar, without telling anybody; empty closes it."""
        self._posted = text
        self.query_one(Input).value = text
        self._clear_fault()
        self.set_class(bool(text), "-open")

    def show_count(self, matching: int, total: int, *, searching: bool = False) -> None:
        """Say how many rows match; not while a fault is shown.

        Args:
            matching: rows found so far.
            total: rows in all.
            searching: not all of them have been looked through yet.
        """
        if self._fault is None:
            more = f" {MORE}" if searching else ""
            counts = f"{matching:,} of {total:,}{more}" if self.text.strip() else ""
            self._result(Content(counts))

    def recall(self, step: int) -> None:
        """Put the filter `step` places later in the history into the input."""
        if not self._history:
            return
        self._recalled = min(max(self._recalled + step, 0), len(self._history))
        past = [*self._history, ""]
        field = self.query_one(Input)
        field.value = past[self._recalled]
        field.cursor_position = len(field.value)

    def lift(self) -> None:
        """Lift the filter: close the bar, and say what was lit."""
        text = self.text if self._fault is None else self._posted
        self._remember(text)
        self.show_text("")
        self.post_message(FilterLifted(text))

    @on(Input.Changed)
    def _wait_for_tick(self, event: Input.Changed) -> None:
        event.stop()
        self.call_after_refresh(self._parse)

    @on(Input.Submitted)
    def _keep(self, event: Input.Submitted) -> None:
        event.stop()
        self._parse()
        if self._fault is not None:
            return
        if not event.value.strip():
            self.lift()
            return
        self._remember(event.value)
        self.post_message(FilterKept(event.value))

    def _parse(self) -> None:
        """Take in what was typed since the last tick."""
        text = self.text
        try:
            parse_query(text)
        except QueryError as error:
            self._fault = min(error.position, max(0, len(text) - 1))
            self.add_class("-fault")
            self._result(Content(f"{error.title}, column {error.position + 1}"))
            self.query_one(Input).refresh()
            return
        self._clear_fault()
        if text != self._posted:
            self._posted = text
            self.post_message(FilterChanged(text))

    def _clear_fault(self) -> None:
        if self._fault is not None:
            self._fault = None
            self.remove_class("-fault")
            self._result(Content(""))
            self.query_one(Input).refresh()

    def _result(self, content: Content) -> None:
        self.query_one("#filter-result", Static).update(content)

    def _remember(self, text: str) -> None:
        if text.strip() and self._history[-1:] != [text]:
            self._history = [*self._history[-HISTORY:], text]
