"""Cutting styled text by cells."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment

from sse_tui.tui.widgets.cell_cut import cells, crop, fit, wrap

LETTERS = st.sampled_from(["a", "é", "日", "🎉", "e\u0301", "ﾊ", "\u0301", "~"])
TEXT = st.lists(LETTERS, max_size=12).map("".join)
SEGMENTS = st.lists(TEXT.map(Segment), max_size=5)


def text_of(segments: list[Segment]) -> str:
    return "".join(segment.text for segment in segments)


@given(text=TEXT, width=st.integers(0, 30))
def test_fitted_text_is_exactly_as_wide_as_asked(text: str, width: int) -> None:
    assert cell_len(fit(text, width)) == width


def test_fit_pads_or_ends_in_an_ellipsis() -> None:
    assert fit("ab", 4) == "ab  "
    assert fit("abcd", 4) == "abcd"
    assert fit("abcde", 4) == "abc…"
    assert fit("日本語", 4) == "日 …"


@given(segments=SEGMENTS, start=st.integers(0, 20), width=st.integers(0, 20))
def test_a_crop_is_never_wider_than_asked(segments: list[Segment], start: int, width: int) -> None:
    taken, used, more = crop(segments, start, width)
    assert cells(taken) == used <= width
    assert more == (max(0, cells(segments) - start) > width)
    if not more:
        assert used == max(0, cells(segments) - start)


def test_a_wide_character_cut_by_the_edge_leaves_a_blank() -> None:
    taken, used, more = crop([Segment("a日b")], 0, 2)
    assert (text_of(taken), used, more) == ("a ", 2, True)
    taken, used, more = crop([Segment("日b")], 1, 5)
    assert (text_of(taken), used, more) == (" b", 2, False)


@given(segments=SEGMENTS, width=st.integers(2, 9))
def test_wrapped_lines_fit_and_hold_everything(segments: list[Segment], width: int) -> None:
    lines, more = wrap(segments, width, 1000)
    assert not more
    assert "".join(map(text_of, lines)) == text_of(segments)
    assert all(cells(line) <= width for line in lines)


@given(segments=SEGMENTS, width=st.integers(2, 9), most=st.integers(1, 4))
def test_wrapping_stops_at_the_most_lines(segments: list[Segment], width: int, most: int) -> None:
    whole, _ = wrap(segments, width, 1000)
    lines, more = wrap(segments, width, most)
    assert lines == whole[:most]
    assert more == (len(whole) > most)


def test_a_line_feed_of_its_own_ends_the_line() -> None:
    parts = [Segment("ab"), Segment("\n"), Segment("cd"), Segment("\n")]
    lines, _ = wrap(parts, 10, 10)
    assert list(map(text_of, lines)) == ["ab", "cd", ""]
