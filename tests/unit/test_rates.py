from __future__ import annotations

from sse_tui.events.rates import Rates


def test_the_rate_is_the_mean_over_the_window() -> None:
    rates = Rates()
    for second in range(20):
        rates.add(10, 100.0 + second)
    assert rates.per_second(119.0) == 60 / 5  # the running second has its ten already
    assert rates.per_second(120.0) == 10.0
    rates.add(40, 120.2)
    assert rates.per_second(120.5) == (5 * 10 + 40) / 5.5


def test_a_silent_stream_has_no_rate() -> None:
    rates = Rates()
    assert rates.per_second(5.0) == 0.0
    assert rates.buckets(5.0, 3) == [0, 0, 0]
    rates.add(100, 10.0)
    assert rates.per_second(16.5) == 0.0
    assert rates.per_second(10_000.0) == 0.0
    assert rates.buckets(10_000.0) == [0] * 30


def test_the_first_moments_are_not_diluted_and_not_exaggerated() -> None:
    rates = Rates()
    rates.add(3, 50.9)
    assert rates.per_second(50.9) == 3.0
    rates.add(3, 52.9)
    assert rates.per_second(52.9) == 3.0


def test_buckets_are_seconds_with_the_running_one_last() -> None:
    rates = Rates(seconds=10)
    rates.add(1, 5.5)
    rates.add(2, 7.1)
    rates.add(3, 7.9)
    assert rates.buckets(8.0, 5) == [0, 1, 0, 5, 0]
    assert rates.buckets(8.0, 40)[-4:] == [1, 0, 5, 0]
    assert len(rates.buckets(8.0, 40)) == 40
    rates.add(4, 18.0)  # second 7 has left the ring, second 8 was silent
    assert rates.buckets(18.0, 11) == [0] * 10 + [4]
