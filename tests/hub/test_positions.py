from __future__ import annotations

import pytest

from sse_tui.hub.positions import AfterId, Earliest, Malformed, SinceTime, parse_position

NOW = 1_700_000_000_000


def test_nothing_asked_for_is_no_position() -> None:
    assert parse_position(None, {}, NOW) is None
    assert parse_position(b"", {"last_event_id": "", "since": ""}, NOW) is None


def test_the_header_goes_before_the_query_and_an_id_before_a_time() -> None:
    query = {"last_event_id": "e-2", "since": "earliest"}
    assert parse_position(b"e-1", query, NOW) == AfterId("e-1", "e", 1)
    assert parse_position(None, query, NOW) == AfterId("e-2", "e", 2)
    assert parse_position(None, {"since": "earliest"}, NOW) == Earliest()


@pytest.mark.parametrize(
    ("since", "time_ms"),
    [
        ("90s", NOW - 90_000),
        ("5m", NOW - 300_000),
        ("2h", NOW - 7_200_000),
        ("7d", NOW - 7 * 86_400_000),
        ("999999999d", 0),
        ("2023-11-14T22:13:20Z", NOW),
        ("2023-11-14t22:13:20.250z", NOW + 250),
        ("2023-11-14 23:13:20+01:00", NOW),
        ("2023-11-14T23:13:20 01:00", NOW),  # an unescaped plus in a query
        ("2023-11-14T21:13:20-01:00", NOW),
        ("2023-11-14T22:13:20.123456789Z", NOW + 123),
    ],
)
def test_times(since: str, time_ms: int) -> None:
    assert parse_position(None, {"since": since}, NOW) == SinceTime(since, time_ms)


@pytest.mark.parametrize(
    "since",
    [
        *("yesterday", "5", "5 m", "-5m", "5w", "Earliest", "2023-11-14", "2023-11-14T22:13:20"),
        *("20231114T221320Z", "2023-02-30T00:00:00Z", "2023-11-14T25:00:00Z"),
    ],
)
def test_what_names_no_time_is_malformed(since: str) -> None:
    assert parse_position(None, {"since": since}, NOW) == Malformed(since)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"42", "42"),
        (b"e-", "e-"),
        (b"e-1 ", "e-1 "),
        (b"e--1", "e--1"),
        (b"e-" + b"9" * 19, None),
        ("ü-1".encode(), "ü-1"),
        (b"\xff", "\ufffd"),
        ("e-\u0663".encode(), "e-\u0663"),  # an Arabic digit
    ],
)
def test_what_is_no_id_is_malformed(raw: bytes, text: str | None) -> None:
    assert parse_position(raw, {}, NOW) == Malformed(text or raw.decode())
