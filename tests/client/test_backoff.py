from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sse_tui.client.backoff import Backoff, reconnection_s, retry_after_s

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def lowest(low: float, high: float) -> float:
    return low


def highest(low: float, high: float) -> float:
    return high


def middle(low: float, high: float) -> float:
    return (low + high) / 2


@pytest.mark.parametrize(
    ("retry_ms", "seconds"),
    [(None, 1), (0, 0.1), (99, 0.1), (100, 0.1), (2500, 2.5), (300_000, 300), (10**15, 300)],
)
def test_a_servers_retry_is_held_between_100_ms_and_5_min(
    retry_ms: int | None, seconds: float
) -> None:
    assert reconnection_s(retry_ms) == seconds


def test_a_clean_end_waits_exactly_the_reconnection_time_however_often() -> None:
    backoff = Backoff(highest)
    backoff.retry_ms = 2500
    assert [backoff.after_end() for _ in range(3)] == [2.5, 2.5, 2.5]


def test_failures_in_a_row_double_the_delay_up_to_30_s() -> None:
    backoff = Backoff(middle)
    assert [backoff.after_failure() for _ in range(8)] == [1, 2, 4, 8, 16, 30, 30, 30]


def test_jitter_is_a_fifth_and_never_undercuts_the_reconnection_time_or_passes_the_ceiling() -> (
    None
):
    low, high = Backoff(lowest), Backoff(highest)
    assert [low.after_failure() for _ in range(7)] == [1, 1.6, 3.2, 6.4, 12.8, 24, 24]
    assert [high.after_failure() for _ in range(7)] == pytest.approx(
        [1.2, 2.4, 4.8, 9.6, 19.2, 30, 30]
    )


def test_a_reconnection_time_over_the_ceiling_is_kept_to() -> None:
    backoff = Backoff(lowest)
    backoff.retry_ms = 120_000
    assert [backoff.after_failure() for _ in range(3)] == [120, 120, 120]


def test_only_a_connection_open_for_60_s_clears_the_failures() -> None:
    backoff = Backoff(middle)
    delays = [backoff.after_failure(), backoff.after_failure()]
    backoff.was_open(59.9)
    delays.append(backoff.after_failure())
    backoff.was_open(60)
    delays.append(backoff.after_failure())
    assert delays == [1, 2, 4, 1]


def test_thousands_of_failures_do_not_overflow() -> None:
    backoff = Backoff(middle)
    assert {backoff.after_failure() for _ in range(5000)} == {1, 2, 4, 8, 16, 30}


def test_retry_after_is_kept_to_but_never_undercuts_the_reconnection_time() -> None:
    backoff = Backoff(middle)
    assert [backoff.after_failure(after) for after in (7, 0, 600)] == [7, 1, 600]
    assert backoff.after_failure() == 8  # they count as failures


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 3 ", 3),
        ("0", 0),
        ("Fri, 02 Jan 2026 03:04:35 GMT", 30),
        ("Fri, 02 Jan 2026 03:04:05 -0000", 0),
        ("Fri, 02 Jan 2026 03:00:00 GMT", 0),
        ("99999999999999999999", 86_400),
        ("Sat, 02 Jan 2027 03:04:05 GMT", 86_400),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, seconds: float | None) -> None:
    assert retry_after_s(value, NOW) == seconds


def test_a_retry_after_date_counts_from_the_answer() -> None:
    date = "Fri, 02 Jan 2026 03:04:35 GMT"
    assert retry_after_s(date, NOW + timedelta(seconds=10)) == 20
