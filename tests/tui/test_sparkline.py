from __future__ import annotations

import pytest
from textual.content import Content

from sse_tui.tui.widgets.sparkline import bars
from sse_tui.tui.widgets.text_line import compact, name_of, rate_text, spread


def test_the_largest_count_is_a_full_bar_and_none_is_the_base_line() -> None:
    assert bars([0, 5, 10], 3) == "▁▅█"


def test_one_event_stands_out_of_the_base_line_beside_a_thousand() -> None:
    assert bars([0, 1, 1000], 3) == "▁▂█"


@pytest.mark.parametrize(
    ("counts", "shown"), [([], "▁▁▁▁"), ([4], "▁▁▁█"), ([9, 9, 9, 9, 0, 0, 0, 9], "▁▁▁█")]
)
def test_the_newest_counts_stand_at_the_right(counts: list[int], shown: str) -> None:
    assert bars(counts, 4) == shown


def test_no_width_is_nothing() -> None:
    assert bars([1, 2], 0) == ""


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, "0"), (999, "999"), (1000, "1k"), (48_900, "48k"), (3_200_000, "3M"), (10**10, "10G")],
)
def test_counts_take_four_characters_at_most(count: int, shown: str) -> None:
    assert compact(count) == shown


@pytest.mark.parametrize(
    ("rate", "shown"),
    [
        (0.0, ""),
        (0.04, ""),
        (0.2, "0.2/s"),
        (9.94, "9.9/s"),
        (9.96, "10/s"),
        (148.4, "148/s"),
        (9999.4, "9,999/s"),
        (12_600.0, "12k/s"),
    ],
)
def test_rates(rate: float, shown: str) -> None:
    assert rate_text(rate) == shown


def test_two_ends_of_a_line_keep_the_right_one_whole() -> None:
    assert spread(Content("a long name"), Content("12/s"), 12).plain == "a long… 12/s"
    assert spread(Content("name"), Content("12/s"), 12).plain == "name    12/s"


@pytest.mark.parametrize(
    ("topic", "shown"),
    [
        ("orders", "orders"),
        ("https://a.example/b", "a.example/b"),
        ("http://127.0.0.1:3000/events/orders", "…vents/orders"),
        ("a\x1b", "a\\x1b"),
    ],
)
def test_names_keep_their_ends(topic: str, shown: str) -> None:
    assert name_of(topic, 13).plain == shown
