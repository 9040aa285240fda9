"""The reader's place, as random rows arrive and fall out: no widget."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from tui.log_app import event

from sse_tui.events.log import EventLog
from sse_tui.events.model import Batch
from sse_tui.events.query import parse_query
from sse_tui.events.view import RowView
from sse_tui.tui.widgets.log_window import LogWindow

LINES = 7
TALL = 3
"""Lines of every fifth row, in the tests of wrapping."""


class Reader:
    """A window over one log of 50 rows at most."""

    def __init__(self, *, tall: bool = False) -> None:
        self.log = EventLog("t", max_rows=50)
        self.view = RowView({"t": self.log}, None)
        self.window = LogWindow(self.view, lines=LINES)
        if tall:
            self.window.height_of = self.height
        self.arrive(60)

    def height(self, position: int) -> int:
        """Lines of the row at `position`."""
        ref = self.window.ref(position)
        return TALL if ref and ref[1] % 5 == 0 else 1

    def arrive(self, count: int) -> None:
        """Rows arrive; old ones fall out."""
        rows = [event("x" if number % 3 else "keep") for number in range(count)]
        self.view.add(Batch("t", self.log.extend(rows, 0), count))

    def sight(self) -> list[tuple[int, int]]:
        """Number and hidden lines of each row in sight."""
        rows = self.window.in_sight()
        refs = [self.window.ref(row.position) for row in rows]
        return [(ref[1], row.skipped) for ref, row in zip(refs, rows, strict=True) if ref]

    def lines_in_sight(self) -> int:
        """Lines that the rows in sight have below the upper edge."""
        return sum(
            self.window.height_of(row.position) - row.skipped for row in self.window.in_sight()
        )


MOVES = st.sampled_from(
    ["up", "down", "page up", "page down", "wheel up", "wheel down", "first", "drag", "mark"]
)


def move(window: LogWindow, name: str) -> None:
    """Do what a key or the mouse does."""
    match name:
        case "up" | "down":
            window.move_by(-1 if name == "up" else 1)
        case "page up" | "page down":
            window.page_by(-1 if name == "page up" else 1)
        case "wheel up" | "wheel down":
            window.scroll_by(-3 if name == "wheel up" else 3)
        case "first":
            window.to_first()
        case "drag":
            window.scroll_to((window.first + window.end) // 2)
        case _:
            window.toggle_mark()


@given(
    moves=st.lists(MOVES, min_size=1, max_size=8),
    batches=st.lists(st.integers(1, 9), max_size=4),
    tall=st.booleans(),
)
def test_the_view_stands_still_until_its_rows_fall_out(
    moves: list[str], batches: list[int], tall: bool
) -> None:
    reader = Reader(tall=tall)
    for name in moves:
        move(reader.window, name)
    if reader.window.follow:
        return
    before = reader.sight()
    for count in batches:
        reader.arrive(count)
        kept = [row for row in before if row[0] >= reader.log.first_number]
        if len(kept) == len(before):
            assert reader.sight() == before
        elif kept:
            assert kept[0][0] in [number for number, _ in reader.sight()]
        assert reader.lines_in_sight() >= LINES
        assert len(reader.sight()) == len(reader.window.in_sight())


@given(moves=st.lists(MOVES, max_size=12), tall=st.booleans())
def test_the_screen_is_full_and_the_cursor_on_it_wherever_one_goes(
    moves: list[str], tall: bool
) -> None:
    reader = Reader(tall=tall)
    for name in moves:
        move(reader.window, name)
        assert reader.lines_in_sight() >= LINES
        numbers = [number for number, _ in reader.sight()]
        assert numbers == list(range(numbers[0], numbers[-1] + 1))
        cursor = reader.window.cursor
        if cursor is not None:
            ref = reader.window.ref(cursor)
            assert ref is not None
            assert ref[1] in numbers


@settings(max_examples=60)
@given(moves=st.lists(MOVES, max_size=5), count=st.integers(0, 30))
def test_a_filter_that_is_lifted_at_once_moves_nothing(moves: list[str], count: int) -> None:
    reader = Reader()
    for name in moves:
        move(reader.window, name)
    before, follow = reader.sight(), reader.window.follow
    for text in ("k", "keep", "nowhere"):
        reader.window.filter(parse_query(text))
    reader.window.filter(None)
    assert reader.sight() == before
    assert reader.window.follow is follow


def test_a_row_taller_than_the_screen_is_read_line_by_line() -> None:
    reader = Reader()
    reader.window.height_of = lambda position: 20
    reader.window.move_to(30)
    assert reader.window.in_sight()[0].skipped == 0
    reader.window.scroll_by(5)
    assert [(row.position, row.skipped) for row in reader.window.in_sight()] == [(30, 5)]
    reader.window.scroll_by(-6)
    assert [(row.position, row.skipped) for row in reader.window.in_sight()] == [(29, 19), (30, 0)]


def test_everything_may_fall_out_of_a_paused_view() -> None:
    reader = Reader()
    reader.window.toggle_pause()
    reader.arrive(35)
    assert len(reader.sight()) == LINES
    reader.arrive(35)
    assert reader.sight() == []
    assert reader.window.current is None
    assert reader.window.new == 70
    reader.window.toggle_pause()
    assert reader.sight()[-1] == (130, 0)
