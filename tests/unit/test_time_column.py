"""The three forms of a row's time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sse_tui.events.format import clock
from sse_tui.tui.widgets.time_column import SHORT_WIDTH, WIDTH, TimeForm, age, time_text

AT = datetime(2024, 1, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "now"),
        (0.9, "now"),
        (1, "1s ago"),
        (59.9, "59s ago"),
        (190, "3m 10s ago"),
        (3_600, "1h 00m ago"),
        (86_400 * 3 + 3_600 * 4, "3d 04h ago"),
    ],
)
def test_an_age_has_two_units_at_most(seconds: float, text: str) -> None:
    assert age(seconds) == text


@pytest.mark.parametrize(
    ("after", "text"),
    [(0.0, "+0.000"), (0.29, "+0.290"), (12.5, "+12.500"), (999.9, "+999.900"), (-0.004, "-0.004")],
)
def test_a_delta_has_milliseconds(after: float, text: str) -> None:
    at = AT + timedelta(seconds=after)
    assert time_text(TimeForm.DELTA, at, AT, at).strip() == text


def test_a_long_delta_is_a_clock() -> None:
    at = AT + timedelta(seconds=1000)
    assert time_text(TimeForm.DELTA, at, AT, at) == clock(at)
    assert time_text(TimeForm.DELTA, at, AT, at, SHORT_WIDTH) == clock(at)[:8]


def test_the_forms_turn_round() -> None:
    assert TimeForm.DELTA.next.next.next is TimeForm.DELTA


@given(
    form=st.sampled_from(TimeForm),
    seconds=st.floats(-1e7, 1e8, allow_nan=False),
    width=st.sampled_from([WIDTH, SHORT_WIDTH]),
)
def test_every_time_fits_its_column(form: TimeForm, seconds: float, width: int) -> None:
    at = AT + timedelta(seconds=seconds)
    assert 0 < len(time_text(form, at, AT, AT, width)) <= width
    assert 0 < len(time_text(form, AT, None, at, width)) <= width
