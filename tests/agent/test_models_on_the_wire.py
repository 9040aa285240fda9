from __future__ import annotations

import asyncio
import json
import logging
import socket
from collections.abc import AsyncIterator
from typing import Literal

import pytest
import pytest_asyncio
from agent.house import Converse, House, conversations, running_house
from agent.talking import answer, failure, finished, only, talk, text_of
from peers.model_server import ModelServer, Plain, Refuse, Say

from sse_tui.agent.approvals import Decision
from sse_tui.agent.model_choice import ModelChoice
from sse_tui.agent.updates import TextDelta, TurnCancelled, TurnFailed, TurnFinished, Usage
from sse_tui.errors import AgentError

pytestmark = pytest.mark.asyncio(loop_scope="module")

Wire = Literal["responses", "chat"]

KEY = "sk-very-secret-key"
LONG = "A long answer, which comes in many small pieces."


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with running_house(tmp_path_factory.mktemp("hub")) as house:  # these share one
        yield house


@pytest_asyncio.fixture(loop_scope="module")
async def converse(house: House) -> AsyncIterator[Converse]:
    async with conversations(house.mcp) as make:
        yield make


@pytest.fixture(params=["responses", "chat"])
def wire(request: pytest.FixtureRequest) -> Wire:
    which: Wire = request.param
    return which


def choice(server: ModelServer, wire: Wire | None = None, **fields: str) -> ModelChoice:
    return ModelChoice(
        name=fields.get("name", "some-model"),
        base_url=server.url,
        api_key=fields.get("api_key"),
        max_retries=0,
        wire=wire,
    )


async def test_an_answer_streams_and_is_counted(converse: Converse, wire: Wire) -> None:
    async with ModelServer(Say(LONG)) as server:
        updates = await talk(converse(choice(server, wire)), "hello")
    assert updates[-1] == TurnFinished(LONG, Usage(11, 7))
    assert text_of(updates) == LONG
    assert len(only(updates, TextDelta)) > 3


async def test_a_model_calls_tools_and_is_given_their_fenced_output(
    converse: Converse, wire: Wire
) -> None:
    calls = [("list_topics", {}), ("subscribe", {"topic": "orders"})]
    async with ModelServer(Say("Looking.", calls), Say("Done.")) as server:
        updates = await talk(converse(choice(server, wire)), "subscribe")
        assert updates[-1] == TurnFinished("Looking.\n\nDone.", Usage(22, 14))
        first, second = (asked.body for asked in server.asked)
    assert "event assistant" in json.dumps(first)
    assert {"send_event", "search_events"} <= set(tool_names(first))
    assert json.dumps(second).count("UNTRUSTED DATA") > json.dumps(first).count("UNTRUSTED DATA")


def tool_names(body: dict[str, list[dict[str, dict[str, str]]]]) -> list[object]:
    return [tool.get("name") or tool["function"]["name"] for tool in body["tools"]]


async def test_approval_and_edit_go_the_whole_way(converse: Converse, wire: Wire) -> None:
    call = ("send_event", {"topic": "orders", "data": {"a": 1}})
    async with ModelServer(Say(calls=[call]), Say("Sent.")) as server:
        conversation = converse(choice(server, wire))
        edited = Decision("once", arguments={"topic": "orders", "data": {"edited": 1}})
        assert await answer(conversation, "send it", lambda _: edited) == "Sent."
        told = json.dumps(server.asked[1].body)
    assert "The user edited this call" in told


async def test_the_history_is_sent_with_the_next_question(converse: Converse, wire: Wire) -> None:
    async with ModelServer(Say("", [("list_topics", {})]), Say("One."), Say("Two.")) as server:
        conversation = converse(choice(server, wire))
        await answer(conversation, "first question")
        await answer(conversation, "second question")
        sent = json.dumps(server.asked[2].body)
    for words in ("first question", "list_topics", "One.", "second question"):
        assert words in sent


async def test_a_server_of_ones_own_needs_no_key_and_gets_chat_completions(
    converse: Converse,
) -> None:
    async with ModelServer(Say("hi")) as server:
        conversation = converse(choice(server))
        assert (conversation.label, conversation.offline) == ("some-model", False)
        assert await answer(conversation, "hello") == "hi"
        [asked] = server.asked
    assert asked.path == "/v1/chat/completions"
    assert asked.body["model"] == "some-model"


async def test_an_answer_without_usage_is_whole_if_it_says_so(
    converse: Converse, wire: Wire
) -> None:
    async with ModelServer(Say(LONG, usage=False)) as server:
        assert (await talk(converse(choice(server, wire))))[-1] == TurnFinished(LONG, None)


async def test_a_stream_that_ends_too_early_is_an_error(converse: Converse, wire: Wire) -> None:
    async with ModelServer(Say(LONG, ends="early"), Say("back")) as server:
        conversation = converse(choice(server, wire))
        updates = await talk(conversation)
        assert isinstance(updates[-1], TurnFailed)
        assert updates[-1].error.title == "The answer broke off"
        assert LONG.startswith(text_of(updates))
        assert text_of(updates)
        assert await answer(conversation, "again") == "back"


async def test_a_connection_that_breaks_is_an_error(converse: Converse, wire: Wire) -> None:
    async with ModelServer(Say(LONG, ends="cut"), Say("back")) as server:
        conversation = converse(choice(server, wire))
        assert (await failure(conversation)).title == "The answer broke off"
        assert await answer(conversation, "again") == "back"


async def test_a_call_that_breaks_off_is_not_made(converse: Converse, wire: Wire) -> None:
    call = ("subscribe", {"topic": "orders.with.a.long.name"})
    async with ModelServer(Say(calls=[call], ends="early")) as server:
        updates = await talk(converse(choice(server, wire)))
    assert isinstance(updates[-1], TurnFailed)
    assert len(updates) == 1


async def test_the_token_limit_is_an_error(converse: Converse, wire: Wire) -> None:
    async with ModelServer(Say(LONG, ends="length")) as server:
        assert (await failure(converse(choice(server, wire)))).title == "The answer was cut off"


async def test_an_empty_answer_is_an_error(converse: Converse, wire: Wire) -> None:
    async with ModelServer(Say("")) as server:
        error = await failure(converse(choice(server, wire)))
    assert error.title == "The model gave an empty answer"


@pytest.mark.parametrize(
    ("refusal", "title", "hint"),
    [
        (Refuse(403, "not allowed"), "The key may not use this model", "OPENAI_MODEL"),
        (Refuse(404, "no such model"), "The model is not known there", "some-model"),
        (Refuse(429, "slow down"), "The model's server wants fewer requests", "Wait"),
        (Refuse(429, "pay", "insufficient_quota"), "The account has no quota left", "billing"),
        (Refuse(400, "too long", "context_length_exceeded"), "The answer was cut off", "clear"),
        (Refuse(400, "x does not support tools"), "The model cannot call tools", "OPENAI_MODEL"),
        (Refuse(422, "odd request"), "The model's server refused", ""),
        (Refuse(503, "overloaded"), "The model's server has trouble", "moment"),
    ],
)
async def test_a_refusal_is_said_clearly_and_the_conversation_lives_on(
    converse: Converse, wire: Wire, refusal: Refuse, title: str, hint: str
) -> None:
    async with ModelServer(refusal, Say("back")) as server:
        conversation = converse(choice(server, wire))
        error = await failure(conversation)
        assert error.title == title
        assert hint in error.hint
        if error.title != "The answer was cut off":
            assert refusal.message in error.detail
            assert f"HTTP {refusal.status}" in error.detail
        assert await answer(conversation, "again") == "back"


async def test_a_short_wait_is_waited_and_a_long_one_is_told(
    converse: Converse, wire: Wire
) -> None:
    short = Refuse(503, "one moment", headers="retry-after-ms: 1\r\n")
    long = Refuse(429, "slow down", headers="retry-after: 60\r\n")
    async with ModelServer(short, short, Say("hi"), long, Say("never")) as server:
        conversation = converse(ModelChoice(base_url=server.url, wire=wire))
        assert await answer(conversation, "hello") == "hi"
        error = await failure(conversation)
        assert error.title == "The model's server wants fewer requests"
        assert error.hint == "Wait 60 s, then ask again."
        assert len(server.asked) == 4


async def test_a_wrong_key_is_said_and_never_shown(
    converse: Converse, wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    async with ModelServer(Say("hi"), key="the right one") as server:
        with caplog.at_level(logging.DEBUG):
            error = await failure(converse(choice(server, wire, api_key=KEY)), "my question")
    assert error.title == "The model's server refuses the key"
    assert "OPENAI_API_KEY" in error.hint
    assert KEY not in str(error)
    assert KEY not in caplog.text
    assert "my question" not in caplog.text


async def test_a_key_in_a_servers_words_is_blotted_out(converse: Converse) -> None:
    async with ModelServer(Refuse(400, f"bad key {KEY}!")) as server:
        error = await failure(converse(choice(server, api_key=KEY)))
    assert "bad key [key]!" in error.detail


async def test_an_endpoint_that_is_down_is_said(converse: Converse, wire: Wire) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}/v1"
    conversation = converse(ModelChoice(base_url=url, max_retries=0, wire=wire))
    error = await failure(conversation)
    assert error.title == "The model cannot be reached"
    assert url in error.detail
    assert "OPENAI_BASE_URL" in error.hint


@pytest.mark.parametrize(
    "body", [Plain("<html>hello</html>", "text/html"), Plain("data: {nonsense\n\n"), Plain("")]
)
async def test_what_is_no_model_server_is_said(converse: Converse, wire: Wire, body: Plain) -> None:
    async with ModelServer(body, Say("back")) as server:
        conversation = converse(choice(server, wire))
        error = await failure(conversation)
        assert error.title in (
            "The answer broke off",
            "The model's server sent something unreadable",
        )
        assert error.hint
        assert await answer(conversation, "again") == "back"


@pytest.mark.parametrize("url", ["localhost:11434", "ftp://x/v1", "nonsense"])
async def test_an_address_that_is_no_url_is_said(converse: Converse, url: str) -> None:
    conversation = converse(ModelChoice(base_url=url))
    with pytest.raises(AgentError, match="not a URL"):
        await conversation.start()
    assert (await failure(conversation)).title == "The model's address is not a URL"


async def test_cancelling_hangs_up_on_the_model(converse: Converse, wire: Wire) -> None:
    hold = asyncio.Event()
    async with ModelServer(Say(LONG, hold=hold), Say("back")) as server:
        conversation = converse(choice(server, wire))
        async with asyncio.timeout(10):
            async for update in conversation.ask("hello"):
                if isinstance(update, TextDelta):
                    conversation.cancel()
            await server.left.wait()
        assert isinstance(update, TurnCancelled)
        assert LONG.startswith(update.text)
        assert await answer(conversation, "again") == "back"


async def test_broken_arguments_reach_the_model_as_an_error(converse: Converse, wire: Wire) -> None:
    steps = [Say(calls=[("subscribe", '{"topic": ')]), Say("sorry"), Say("fine")]
    async with ModelServer(*steps) as server:
        conversation = converse(choice(server, wire))
        assert await answer(conversation, "subscribe") == "sorry"
        assert "not a JSON object" in json.dumps(server.asked[1].body)
        assert await answer(conversation, "and now?") == "fine"


async def test_prompts_and_payloads_are_never_logged(
    converse: Converse, wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    call = ("send_event", {"topic": "orders", "data": "payload-4711"})
    with caplog.at_level(logging.DEBUG):
        async with ModelServer(Say(calls=[call]), Say("answer-4712")) as server:
            conversation = converse(choice(server, wire, api_key=KEY))
            updates = await talk(conversation, "question-4713", lambda _: Decision("once"))
            assert finished(updates, updates[0].call_id).ok  # type: ignore[union-attr]
    for secret in ("payload-4711", "answer-4712", "question-4713", KEY):
        assert secret not in caplog.text
