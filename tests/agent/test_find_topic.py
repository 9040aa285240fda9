from __future__ import annotations

import pytest

from sse_tui.agent.offline.pages import find_topic

NAMES = ["user_events", "orders.eu", "orders.us", "Payments"]


@pytest.mark.parametrize(
    ("named", "topic"),
    [
        ("user_events", "user_events"),
        ("User-Events", "user_events"),
        ("user_event", "user_events"),
        ("user", "user_events"),
        ("payments", "Payments"),
        ("orders_eu", "orders.eu"),
        ("orders", None),  # two of them
        ("nonsense", None),
        ("orders.*", "orders.*"),
        ("http://localhost/x", "http://localhost/x"),
    ],
)
def test_a_topic_is_found_by_what_the_user_calls_it(named: str, topic: str | None) -> None:
    known = {"topics": [{"name": name} for name in NAMES], "server_error": ""}
    assert find_topic(named, known) == topic


def test_without_the_servers_list_a_name_is_taken_as_it_is() -> None:
    known = {"topics": [{"name": "user_events"}], "server_error": "no such route"}
    assert find_topic("nonsense", known) == "nonsense"
    assert find_topic("user events", known) == "user_events"
    assert find_topic("nonsense", {}) == "nonsense"
