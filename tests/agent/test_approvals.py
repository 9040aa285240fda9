from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from agent.house import Converse
from agent.talking import (
    answer,
    finished,
    only,
    output_seen,
    scripted,
    seen_by,
    talk,
    whole,
)

from sse_tui.agent.approvals import Approvals, Decision
from sse_tui.agent.updates import (
    ApprovalNeeded,
    ToolFinished,
    ToolStarted,
    TurnCancelled,
    TurnFinished,
    Update,
)
from sse_tui.client.options import ClientOptions
from sse_tui.client.service import EventService

ONCE = Decision("once")
SESSION = Decision("session")
DENY = Decision("deny")


def send(call_id: str, topic: str = "orders", data: Any = 1) -> tuple[str, str, dict[str, Any]]:  # noqa: ANN401
    return (call_id, "send_event", {"topic": topic, "data": data})


async def sent_to(service: EventService, topic: str) -> int:
    """How many events the hub has got on a topic."""
    return sum(info.events or 0 for info in await service.list_topics() if info.name == topic)


def asked(updates: list[Update]) -> list[str]:
    return [update.call_id for update in only(updates, ApprovalNeeded)]


@pytest.mark.parametrize(
    ("name", "arguments", "must_ask"),
    [
        ("list_topics", {}, False),
        ("get_event_stream", {"topic": "a"}, False),
        ("search_events", {"query": "http://x"}, False),
        ("topic_stats", {}, False),
        ("subscribe", {"topic": "a"}, False),
        ("subscribe_to_events", {"topic": "a.>"}, False),
        ("subscribe", {"topic": "http://x/y"}, True),
        ("subscribe_to_events", {"topic": "https://x/y"}, True),
        ("send_event", {"topic": "a", "data": 1}, True),
        ("unsubscribe", {"topic": "a"}, True),
        ("a_tool_of_tomorrow", {}, True),
    ],
)
def test_who_must_be_asked(name: str, arguments: dict[str, Any], must_ask: bool) -> None:
    assert Approvals().must_ask(name, arguments) is must_ask


def test_topics_that_look_like_urls_are_read_without_asking() -> None:
    approvals = Approvals(
        EventService("https://x", options=ClientOptions(dialect="mercure")).is_url
    )
    assert not approvals.must_ask("subscribe", {"topic": "https://example.com/books/1"})
    assert approvals.must_ask("subscribe", {"topic": "https://other/.well-known/mercure?topic=a"})
    assert approvals.must_ask("send_event", {"topic": "https://example.com/books/1", "data": 1})


def test_a_session_covers_the_same_tool_on_the_same_topic_and_nothing_else() -> None:
    approvals = Approvals()
    approvals.allow_for_session("send_event", {"topic": "a", "data": 1})
    assert not approvals.must_ask("send_event", {"topic": "a", "data": {"other": "body"}})
    assert approvals.must_ask("send_event", {"topic": "a.b", "data": 1})
    assert approvals.must_ask("send_event", {"topic": " a", "data": 1})
    assert approvals.must_ask("unsubscribe", {"topic": "a"})
    approvals.clear()
    assert approvals.must_ask("send_event", {"topic": "a", "data": 1})


async def test_nothing_is_sent_before_the_yes(converse: Converse, service: EventService) -> None:
    model = scripted(send("c1", data={"a": 1}), "sent")
    conversation = converse(model)
    updates: list[Update] = []
    async for update in conversation.ask("send it"):
        updates.append(update)
        if isinstance(update, ApprovalNeeded):
            assert update.arguments == {"topic": "orders", "data": {"a": 1}}
            assert conversation.running
            assert await sent_to(service, "orders") == 0
            conversation.decide("another call", ONCE)
            conversation.decide("c1", ONCE)
            conversation.decide("c1", DENY)
    assert await sent_to(service, "orders") == 1
    order = [type(update) for update in updates if not hasattr(update, "text")]
    assert order == [ApprovalNeeded, ToolStarted, ToolFinished]
    assert isinstance(updates[-1], TurnFinished)


async def test_once_is_for_one_call(converse: Converse, service: EventService) -> None:
    model = scripted(send("c1"), send("c2"), "sent")
    assert asked(await talk(converse(model), decide=lambda _: ONCE)) == ["c1", "c2"]
    assert await sent_to(service, "orders") == 2


async def test_a_session_outlives_the_turn_until_it_is_cleared(
    converse: Converse, service: EventService
) -> None:
    model = scripted(send("c1"), send("c2"), "1", send("c3"), "2", send("c4", "other"), "3")
    model.extend(scripted(send("c5"), "4")._steps)
    conversation = converse(model)
    assert asked(await talk(conversation, decide=lambda _: SESSION)) == ["c1"]
    assert asked(await talk(conversation)) == []
    assert asked(await talk(conversation, decide=lambda _: DENY)) == ["c4"]
    conversation.clear()
    assert asked(await talk(conversation, decide=lambda _: ONCE)) == ["c5"]
    assert await sent_to(service, "orders") == 4


async def test_a_denied_call_is_not_made_and_the_model_is_told(
    converse: Converse, service: EventService
) -> None:
    model = scripted(send("c1"), "as you like")
    updates = await talk(converse(model), decide=lambda _: Decision("deny", reason="wrong topic"))
    assert only(updates, ToolStarted) == []
    assert finished(updates, "c1") == ToolFinished("c1", False, "wrong topic", 0, denied=True)
    assert await sent_to(service, "orders") == 0
    told = output_seen(model, "c1")
    assert told.startswith("The user denied this call")
    assert "wrong topic" in told


async def test_an_edited_call_is_the_one_that_is_made_and_the_model_is_told(
    converse: Converse, service: EventService
) -> None:
    edited = {"topic": "orders", "data": {"edited": True}, "event_type": "corrected"}
    model = scripted(send("c1", "orders", {"raw": 1}), "sent")
    updates = await talk(converse(model), decide=lambda _: Decision("once", arguments=edited))
    assert only(updates, ToolStarted) == [ToolStarted("c1", "send_event", edited)]
    assert '{"edited"' in await last_payload(service, "orders")
    note = output_seen(model, "c1").splitlines()[0]
    assert note.startswith("The user edited this call")
    assert json.loads(note[note.index("{") :]) == edited


async def test_a_session_with_an_edit_covers_what_was_made(
    converse: Converse, service: EventService
) -> None:
    edited = {"topic": "safe", "data": 1}
    model = scripted(send("c1", "orders"), send("c2", "safe"), send("c3", "orders"), "done")
    decisions = iter([Decision("session", arguments=edited), DENY])
    assert asked(await talk(converse(model), decide=lambda _: next(decisions))) == ["c1", "c3"]
    assert (await sent_to(service, "safe"), await sent_to(service, "orders")) == (2, 0)


async def test_several_calls_of_one_step_are_asked_one_by_one(
    converse: Converse, service: EventService
) -> None:
    calls = [send("c1", "a"), ("c2", "list_topics", {}), send("c3", "b"), send("c4", "a")]
    model = scripted(calls, "done")
    answers = {"c1": SESSION, "c3": DENY}
    updates = await talk(converse(model), decide=lambda needed: answers[needed.call_id])
    assert asked(updates) == ["c1", "c3"]
    assert (await sent_to(service, "a"), await sent_to(service, "b")) == (2, 0)
    assert finished(updates, "c2").ok
    assert whole(seen_by(model))


async def test_a_url_waits_and_a_topic_does_not(converse: Converse, service: EventService) -> None:
    url = f"{service.url}/events/orders"
    model = scripted(("c1", "subscribe", {"topic": "a"}), ("c2", "subscribe", {"topic": url}), "ok")
    updates = await talk(converse(model), decide=lambda _: DENY)
    assert asked(updates) == ["c2"]
    assert list(service.subscriptions) == ["a"]


async def test_unsubscribing_waits(converse: Converse, service: EventService) -> None:
    model = scripted(("c1", "subscribe", {"topic": "a"}), ("c2", "unsubscribe", {"topic": "a"}), "")
    model._steps[-1] = scripted("gone")._steps[0]
    assert asked(await talk(converse(model), decide=lambda _: ONCE)) == ["c2"]
    assert list(service.subscriptions) == []


async def test_cancelling_while_the_user_is_asked_sends_nothing(
    converse: Converse, service: EventService
) -> None:
    model = scripted(send("c1"), "next")
    conversation = converse(model)
    async with asyncio.timeout(8):
        async for update in conversation.ask("send"):
            if isinstance(update, ApprovalNeeded):
                conversation.cancel()
    assert isinstance(update, TurnCancelled)
    conversation.decide("c1", ONCE)
    assert await answer(conversation, "and now?") == "next"
    assert await sent_to(service, "orders") == 0
    assert whole(seen_by(model))


async def last_payload(service: EventService, topic: str) -> str:
    """The newest payload of a topic, by a subscription of its own."""
    from sse_tui.client.options import StreamOptions
    from sse_tui.events.model import Event

    payloads: asyncio.Queue[Event] = asyncio.Queue()
    await service.subscribe(
        topic, on_event=payloads.put_nowait, options=StreamOptions(since="earliest")
    )
    async with asyncio.timeout(8):
        return (await payloads.get()).data
