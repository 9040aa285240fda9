from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from itertools import islice

from sse_tui.demo.traffic import TOPICS, WELL_KNOWN, SampleEvent, traffic

START = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)


def first(count: int, seed: int = 1) -> list[SampleEvent]:
    return list(islice(traffic(seed, START), count))


def test_it_begins_with_the_three_well_known_events_exactly() -> None:
    assert [(e.topic, e.type, e.data) for e in first(3)] == [
        (
            "system_events",
            "startup",
            '{"type":"startup","message":"System initialized","timestamp":"2024-01-01T00:00:00Z"}',
        ),
        ("user_events", "login", '{"type":"login","user_id":"user123","action":"logged_in"}'),
        ("data_events", "update", '{"type":"update","dataset":"analytics","records":1500}'),
    ]
    assert tuple(first(3)) == WELL_KNOWN


def test_the_same_seed_gives_the_same_events() -> None:
    assert first(500) == first(500)
    assert first(500) != first(500, seed=2)


def test_time_never_falls_and_each_event_says_its_own() -> None:
    events = first(800)
    times = [event.at_s for event in events]
    assert times == sorted(times)
    late = events[-1]
    assert isinstance(late.data, dict)
    said = datetime.fromisoformat(late.data["timestamp"])
    assert abs((said - START).total_seconds() - late.at_s) < 0.001


def test_it_is_varied_and_every_topic_is_subscribed_to() -> None:
    events = first(2000)
    topics = Counter(event.topic for event in events)
    assert {t if t in TOPICS else t.split(".")[0] + ".*" for t in topics} == set(TOPICS)
    assert len({event.type for event in events}) >= 12
    levels = Counter(e.data.get("level") for e in events if isinstance(e.data, dict))
    assert levels["error"] > 10
    assert levels["warn"] > 10
    json.dumps([event.data for event in events])


def test_it_is_lively_but_can_be_read_and_has_bursts() -> None:
    events = first(4000)
    per_second = Counter(int(event.at_s) for event in events)
    assert 3 <= len(events) / events[-1].at_s <= 15
    assert max(per_second.values()) >= 30
    assert sum(1 for event in events if event.at_s < 5) >= 40
