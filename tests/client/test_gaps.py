"""What a reconnect shows: gap rows, duplicates, and what a server says is gone."""

from __future__ import annotations

import json

import pytest
from peers.clocks import HastyClock
from peers.wire_server import Answer, WireServer

from sse_tui.client.gaps import DUPLICATE_WINDOW
from sse_tui.client.options import StreamOptions
from sse_tui.client.service import EventService
from sse_tui.client.subscription import Subscription
from sse_tui.events.model import Certainty, Comment, Event, Gap, StateChange, StreamState

from .rows import data_and_ids, ended, of_kind, rows_of, until


async def play(
    *answers: Answer, topic: bool = False, options: StreamOptions | None = None
) -> Subscription:
    """Play the answers, then 204, to a plain URL or to a topic of a hub."""
    async with (
        WireServer(answers) as server,
        EventService(server.url, clock=HastyClock()) as service,
    ):
        target = "orders" if topic else f"{server.url}/"
        stream = await service.subscribe(target, options=options)
        await ended(stream)
    return stream


def sent(text: str, end: str = "close") -> Answer:
    return Answer(write=[text.encode()], end=end)


def notice(reason: str, lost: int | None, requested: str = "1-7") -> str:
    facts = {"requested": requested, "reason": reason, "first_id": "1-9", "lost": lost}
    return f"id: 1-8\nevent: hub.gap\ndata: {json.dumps(facts)}\n\n"


async def test_a_first_connection_has_no_gap() -> None:
    stream = await play(Answer(503, {}), sent("data: a\n\n"))
    assert of_kind(stream, Gap) == []


async def test_a_reconnect_writes_the_gap_before_its_first_row() -> None:
    stream = await play(sent("retry: 2000\nid: k1\ndata: a\n\n"), sent("data: b\n\n"))
    (gap,) = of_kind(stream, Gap)
    assert gap.offline_s == pytest.approx(2, abs=0.5)
    assert gap.resumed_after == "k1"
    assert (gap.replayed, gap.duplicates, gap.lost, gap.completes) == (None, None, None, None)
    assert gap.certainty is Certainty.UNKNOWN
    following = rows_of(stream)[gap.number :]
    assert [type(row) for row in following[:2]] == [StateChange, Event]


async def test_a_gap_without_an_id_to_resume_after_says_so() -> None:
    stream = await play(sent("data: a\n\n"), sent("data: b\n\n"))
    assert [gap.resumed_after for gap in of_kind(stream, Gap)] == [None]


async def test_only_an_event_with_its_own_id_that_equals_a_kept_one_is_dropped() -> None:
    stream = await play(
        sent("id: 1\ndata: a\n\nid: 2\ndata: b\n\ndata: inherits 2\n\n"),
        sent(
            "id: 2\ndata: b\n\n"  # the same: dropped
            "id: 2\ndata: other\n\n"  # other data
            "id: 2\nevent: x\ndata: b\n\n"  # another type
            "id: 1\ndata: b\n\n"  # another id
            "id: 1\ndata: a\n\n"  # the same: dropped
            "id: 2\n\ndata: inherits 2\n\n"  # inherited: never dropped
        ),
    )
    assert [row.data for row in of_kind(stream, Event)] == (
        ["a", "b", "inherits 2", "other", "b", "b", "inherits 2"]
    )
    assert stream.duplicates == 2


async def test_nothing_is_dropped_on_a_first_connection() -> None:
    stream = await play(sent("id: 1\ndata: a\n\n" * 3))
    assert len(of_kind(stream, Event)) == 3


async def test_the_last_thousand_events_are_compared_and_no_more() -> None:
    before = "".join(f"id: {n}\ndata: {n}\n\n: c\n" for n in range(DUPLICATE_WINDOW + 1))
    stream = await play(sent(before), sent("id: 0\ndata: 0\n\nid: 2\ndata: 2\n\n"))
    data = [row.data for row in of_kind(stream, Event)]
    assert data[DUPLICATE_WINDOW + 1 :] == ["0"]


async def test_a_constant_event_is_not_silenced_for_ever_after_a_reconnect() -> None:
    tick = "id: 1\ndata: tick\n\n"
    stream = await play(sent(tick * 3), sent(tick * 10))
    assert stream.duplicates == 3
    assert len(of_kind(stream, Event)) == 3 + 7


async def test_the_hubs_mark_completes_the_gap() -> None:
    stream = await play(
        sent(": live\n\nid: 1-1\ndata: a\n\nid: 1-2\ndata: b\n\n"),
        sent("id: 1-2\ndata: b\n\nid: 1-3\ndata: c\n\n: live\n\nid: 1-4\ndata: d\n\n"),
        topic=True,
    )
    first, second = of_kind(stream, Gap)
    assert (first.completes, first.replayed, first.certainty) == (None, None, Certainty.UNKNOWN)
    assert second.completes == first.number
    assert (second.offline_s, second.resumed_after) == (first.offline_s, "1-2")
    assert (second.replayed, second.duplicates, second.lost) == (2, 1, 0)
    assert second.certainty is Certainty.NONE_LOST
    live = of_kind(stream, Comment)[-1]
    assert (live.text, live.number) == ("live", second.number - 1)
    assert data_and_ids(stream)[-2:] == [["c", "1-3"], ["d", "1-4"]]


async def test_without_a_position_the_hubs_mark_proves_nothing() -> None:
    stream = await play(sent(": live\n\n"), sent(": live\n\n"), topic=True)
    completed = of_kind(stream, Gap)[-1]
    assert (completed.replayed, completed.lost, completed.certainty) == (0, None, Certainty.UNKNOWN)


async def test_the_comment_means_nothing_on_other_servers() -> None:
    stream = await play(sent("id: 1\ndata: a\n\n"), sent(": live\n\ndata: b\n\n"))
    assert len(of_kind(stream, Gap)) == 1


@pytest.mark.parametrize(
    ("reason", "lost", "certainty"),
    [
        ("trimmed", 5, Certainty.LOST),
        ("trimmed", None, Certainty.LOST),
        ("epoch", None, Certainty.UNKNOWN),
        ("ahead", 0, Certainty.NONE_LOST),
        ("malformed", None, Certainty.UNKNOWN),
    ],
)
async def test_what_the_hub_cannot_give_becomes_a_gap_row(
    reason: str, lost: int | None, certainty: Certainty
) -> None:
    stream = await play(
        sent("id: 1-7\ndata: a\n\n: live\n\n"),
        sent(f"{notice(reason, lost)}id: 1-9\ndata: c\n\n: live\n\n"),
        topic=True,
    )
    first, told, completed = of_kind(stream, Gap)
    assert told.completes == completed.completes == first.number
    assert (told.lost, told.certainty, told.resumed_after) == (lost, certainty, "1-7")
    assert (completed.lost, completed.certainty, completed.replayed) == (lost, certainty, 1)
    assert [row.type for row in of_kind(stream, Event)] == ["message", "message"]
    assert stream.lost == (lost or 0)


async def test_a_gap_on_the_very_first_connection_is_told_too() -> None:
    stream = await play(
        sent(f"{notice('malformed', None, 'zzz')}id: 1-9\ndata: c\n\n: live\n\n"),
        topic=True,
        options=StreamOptions(last_event_id="zzz"),
    )
    told, completed = of_kind(stream, Gap)
    assert (told.offline_s, told.resumed_after, told.completes) == (0, "zzz", None)
    assert (completed.completes, completed.replayed) == (told.number, 1)


async def test_events_trimmed_under_a_slow_reader_are_a_gap_of_their_own() -> None:
    stream = await play(
        sent(f": live\n\nid: 1-1\ndata: a\n\n{notice('trimmed', 6)}id: 1-8\ndata: b\n\n"),
        topic=True,
    )
    (gap,) = of_kind(stream, Gap)
    assert (gap.lost, gap.certainty, gap.completes) == (6, Certainty.LOST, None)
    assert [type(row) for row in rows_of(stream)][3:6] == [Event, Gap, Event]
    assert stream.lost == 6


@pytest.mark.parametrize("data", ["not JSON", "[1]", '{"requested": "x"}'])
async def test_an_event_that_only_looks_like_the_hubs_notice_stays_an_event(data: str) -> None:
    stream = await play(sent(f"event: hub.gap\ndata: {data}\n\n"))
    assert [row.type for row in of_kind(stream, Event)] == ["hub.gap"]


async def test_the_end_of_the_replay_can_be_waited_for() -> None:
    answer = Answer(write=[b"id: 1-1\ndata: a\n\n", b": live\n\n"], end="hold")
    async with WireServer([answer]) as server, EventService(server.url) as service:
        stream = await service.subscribe("orders", options=StreamOptions(since="5m"))
        await until(service, stream.replay_done.is_set)
        assert stream.state is StreamState.OPEN
        assert server.requests[0].path == "/events/orders?since=5m"
