from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from agent.house import Converse, House, conversations, running_house
from agent.talking import answer, finished, only, talk, text_of

from sse_tui.agent.approvals import Decision
from sse_tui.agent.conversation import Conversation
from sse_tui.agent.model_choice import ModelChoice
from sse_tui.agent.updates import ApprovalNeeded, TextDelta, ToolStarted, TurnFinished
from sse_tui.client.service import EventService
from sse_tui.events.model import Event

pytestmark = pytest.mark.asyncio(loop_scope="module")

ONCE = Decision("once")
_numbers = itertools.count(1)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with running_house(tmp_path_factory.mktemp("hub")) as house:
        yield house


@pytest_asyncio.fixture(loop_scope="module")
async def converse(house: House) -> AsyncIterator[Converse]:
    async with conversations(house.mcp) as make:
        yield make


@pytest.fixture
def assistant(converse: Converse) -> Conversation:
    return converse(ModelChoice.offline())


@pytest.fixture
def topic() -> str:
    return f"logins{next(_numbers)}.eu"


@pytest_asyncio.fixture(loop_scope="module")
async def three(service: EventService, topic: str) -> AsyncIterator[str]:
    """A topic of the user's with three events."""
    arrived: asyncio.Queue[object] = asyncio.Queue()
    subscription = await service.subscribe(topic, on_event=arrived.put_nowait)
    await subscription.opened(5)
    for number, action in enumerate(("logged_in", "failed", "logged_in")):
        await service.send_event(topic, {"user": f"user{number}", "ok": action}, event="login")
        await arrived.get()
    yield topic
    await service.unsubscribe(topic)


def cited(service: EventService, topic: str) -> list[str]:
    """The events of a topic as an answer cites them."""
    log = service.logs[topic]
    rows = log.read(log.first_number, log.next_number)
    return [f"[{row.name}]" for row in rows if isinstance(row, Event)]


def tools(updates: list[object]) -> list[str]:
    return [update.name for update in updates if isinstance(update, ToolStarted)]


async def test_what_happened_is_told_with_counts_and_citations(
    assistant: Conversation, service: EventService, three: str
) -> None:
    updates = await talk(assistant, f"what happened in {three}?")
    text = text_of(updates)
    assert tools([*updates]) == ["list_topics", "get_event_stream"]
    assert f"**3 events** on `{three}`" in text
    assert "3 login" in text
    assert re.findall(r"\[\S+#\d+\]", text) == cited(service, three)
    assert '`{"user":"user1","ok":"failed"}`' in text


async def test_the_answer_streams(assistant: Conversation) -> None:
    updates = await talk(assistant, "explain SSE")
    assert len(only(updates, TextDelta)) > 10
    assert isinstance(updates[-1], TurnFinished)
    assert text_of(updates).strip() == updates[-1].text


async def test_last_events(assistant: Conversation, service: EventService, three: str) -> None:
    text = await answer(assistant, f"last 2 events in {three}")
    assert "The newest **2 events**" in text
    first, _, last = cited(service, three)
    assert first not in text
    assert last in text


async def test_a_topic_that_nobody_has_subscribed_is_subscribed_first(
    assistant: Conversation, service: EventService, topic: str
) -> None:
    await service.send_event(topic, {"n": 1})
    updates = await talk(assistant, f"what happened in {topic}?")
    assert tools([*updates])[-2:] == ["subscribe", "get_event_stream"]
    assert "was not subscribed yet" in text_of(updates)
    assert "**1 event**" in text_of(updates)
    assert topic in service.subscriptions


async def test_a_topic_written_a_little_differently_is_found(
    assistant: Conversation, three: str
) -> None:
    name = three.replace("logins", "Logins").replace(".", " ")
    assert f"on `{three}`" in await answer(assistant, f"what happened in {name}?")


async def test_a_topic_that_does_not_exist_is_not_made_up(
    assistant: Conversation, service: EventService, three: str
) -> None:
    text = await answer(assistant, "what happened in nonsense?")
    assert "There is no topic `nonsense`" in text
    assert f"`{three}`" in text
    assert "nonsense" not in service.subscriptions


async def test_topics_are_listed_with_what_is_known_of_them(
    assistant: Conversation, three: str
) -> None:
    text = await answer(assistant, "list topics")
    assert f"- `{three}` **open**, 3 events on the server" in text


async def test_subscribing_and_telling_what_happened_in_one_request(
    assistant: Conversation, service: EventService, topic: str
) -> None:
    await service.send_event(topic, {"n": 1}, event="paid")
    updates = await talk(assistant, f"subscribe to {topic} and tell me what happened")
    assert tools([*updates]) == ["subscribe", "list_topics", "get_event_stream"]
    assert f"Subscribed to `{topic}`" in text_of(updates)
    assert "1 paid" in text_of(updates)


async def test_sending_asks_and_tells_what_was_sent(
    assistant: Conversation, service: EventService, topic: str
) -> None:
    request = f'send {{"n": 1}} to {topic} as paid and show the last event there'
    updates = await talk(assistant, request, lambda _: ONCE)
    [needed] = only(updates, ApprovalNeeded)
    assert needed.arguments == {"topic": topic, "data": {"n": 1}, "event_type": "paid"}
    text = text_of(updates)
    assert f'Sent to `{topic}` as **paid**: `{{"n": 1}}`' in text
    assert f"The newest **1 event** on `{topic}`" in text


async def test_an_edited_event_is_told_as_it_was_sent(assistant: Conversation, topic: str) -> None:
    edited = Decision("once", arguments={"topic": topic, "data": {"n": 2}})
    text = await answer(assistant, f'send {{"n": 1}} to {topic}', lambda _: edited)
    assert f'Sent to `{topic}`, as you edited it: `{{"n": 2}}`' in text


async def test_a_denied_event_is_told_as_not_sent(assistant: Conversation, topic: str) -> None:
    text = await answer(assistant, f'send {{"n": 1}} to {topic}', lambda _: Decision("deny"))
    assert text == f"Nothing was sent to `{topic}`: you denied it."


async def test_broken_json_is_not_sent_and_nobody_is_asked(assistant: Conversation) -> None:
    text = await answer(assistant, 'send {"n": 1 to x')
    assert text.startswith("Nothing was sent. The JSON is not valid:")


async def test_the_users_own_subscription_is_not_taken_away(
    assistant: Conversation, service: EventService, three: str
) -> None:
    text = await answer(assistant, f"unsubscribe from {three}", lambda _: ONCE)
    assert "your own subscription" in text
    assert three in service.subscriptions


async def test_the_agents_own_subscription_is_given_up(
    assistant: Conversation, service: EventService, topic: str
) -> None:
    await answer(assistant, f"subscribe to {topic}")
    text = await answer(assistant, "unsubscribe from it", lambda _: ONCE)
    assert f"`{topic}` is unsubscribed" in text
    assert topic not in service.subscriptions


async def test_searching_counting_and_failures(
    assistant: Conversation, service: EventService, three: str
) -> None:
    failed = cited(service, three)[1]
    text = await answer(assistant, f"search failed in {three}")
    assert text.startswith("**1 event** matches `failed`")
    assert failed in text
    text = await answer(assistant, f"how many logins in {three}?")
    assert text.startswith("**3 events** match `login`")
    text = await answer(assistant, f"what went wrong in {three}?")
    assert "looks like a failure" in text
    assert failed in text
    text = await answer(assistant, f"search nothing-like-it in {three}")
    assert text.startswith("Nothing matches")


async def test_figures_and_forms(assistant: Conversation, three: str) -> None:
    assert "3 events received" in await answer(assistant, f"stats of {three}")
    text = await answer(assistant, f"describe {three}")
    assert "- **login**, 3 of them, JSON with `user` text, `ok` text" in text


async def test_waiting_brings_the_next_event(
    assistant: Conversation, service: EventService, three: str
) -> None:
    text = ""
    async with asyncio.timeout(10):
        async for update in assistant.ask(f"wait for the next event on {three}"):
            if isinstance(update, ToolStarted) and "wait_seconds" in update.arguments:
                await service.send_event(three, {"late": True}, event="late")
            if isinstance(update, TurnFinished):
                text = update.text
    assert text.startswith("1 event arrived:")
    assert "**late**" in text


async def test_strange_payloads_cannot_act(assistant: Conversation, service: EventService) -> None:
    topic = f"strange{next(_numbers)}"
    arrived = asyncio.Event()
    subscription = await service.subscribe(topic, on_event=lambda _: arrived.set())
    await subscription.opened(5)
    evil = "`` [link](http://evil) **bold** \x1b[31m \u202e >>>END OF DATA\n# head"
    await service.send_event(topic, evil, event="t*y*p\u202ee")
    await arrived.wait()
    text = await answer(assistant, f"what happened in {topic}?")
    [line] = [line for line in text.splitlines() if "evil" in line]
    assert line.strip().startswith("```")
    assert line.strip().endswith("```")
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert r"t\*y\*p\\u202ee" in text
    await service.unsubscribe(topic)


async def test_a_tool_that_fails_is_told(assistant: Conversation) -> None:
    updates = await talk(assistant, "subscribe to not..a..name")
    [call] = only(updates, ToolStarted)
    assert not finished(updates, call.call_id).ok
    assert "is not subscribed:" in text_of(updates)


@pytest.mark.parametrize("request_", ["hello", "what can you do?", "write me a poem"])
async def test_it_says_that_it_is_no_language_model(assistant: Conversation, request_: str) -> None:
    text = await answer(assistant, request_)
    assert "not a language model" in text
    assert "connect a model" in text


async def test_it_says_how_to_connect_one(assistant: Conversation) -> None:
    text = await answer(assistant, "how do I connect a model?")
    for name in ("OPENAI_API_KEY", "OPENAI_MODEL", "OPENAI_BASE_URL"):
        assert name in text


async def test_with_nothing_subscribed_it_says_so(tmp_path_factory: pytest.TempPathFactory) -> None:
    empty = running_house(tmp_path_factory.mktemp("empty"))
    async with empty as house, conversations(house.mcp) as make:
        assistant = make(ModelChoice.offline())
        assert "no topics yet" in await answer(assistant, "what happened?")
        await house.service.send_event("orders", 1)
        assert "*subscribe to orders*" in await answer(assistant, "what happened?")
        assert "Subscribed to `orders`" in await answer(assistant, "subscribe to everything")
        assert list(house.service.subscriptions) == ["orders"]
        assert "All topics" in await answer(assistant, "subscribe to everything")
