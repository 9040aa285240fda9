from __future__ import annotations

import asyncio
import socket

import pytest
from agent.house import Converse
from agent.talking import answer, failure, finished, scripted, talk
from peers.relay import Relay
from peers.wire_server import Answer, WireServer

from sse_tui.agent.approvals import Decision
from sse_tui.agent.conversation import Conversation
from sse_tui.agent.mcp_link import McpLink, sse_address
from sse_tui.agent.model_choice import ModelChoice
from sse_tui.agent.updates import ApprovalNeeded, ToolStarted, TurnFailed, TurnFinished
from sse_tui.client.service import EventService
from sse_tui.errors import AgentError
from sse_tui.mcp_server.server import McpServer


def port_of(server: McpServer) -> int:
    return int(server.url.rpartition(":")[2])


async def restart(server: McpServer, service: EventService) -> McpServer:
    """Stop a server and start another one in its place."""
    await server.stop()
    again = McpServer(service, token=server.token, port=port_of(server))
    await again.start()
    return again


@pytest.mark.parametrize("path", ["", "/", "/mcp", "/sse", "/mcp?x=1"])
def test_any_address_of_the_server_will_do(path: str) -> None:
    assert sse_address(f"http://127.0.0.1:8600{path}") == "http://127.0.0.1:8600/sse"


async def test_a_restart_between_turns_is_not_noticed(
    converse: Converse, mcp: McpServer, service: EventService
) -> None:
    conversation = converse(
        scripted(("c1", "list_topics", {}), "1", ("c2", "list_topics", {}), "2")
    )
    assert await answer(conversation, "first") == "1"
    again = await restart(mcp, service)
    updates = await talk(conversation, "second")
    assert finished(updates, "c2").ok
    assert updates[-1] == TurnFinished("2")
    await again.stop()


async def test_a_restart_under_a_pending_approval_still_sends_once(
    converse: Converse, mcp: McpServer, service: EventService
) -> None:
    conversation = converse(scripted(("c1", "send_event", {"topic": "a", "data": 1}), "sent"))
    again = mcp
    async for update in conversation.ask("send"):
        if isinstance(update, ApprovalNeeded):
            again = await restart(mcp, service)
            conversation.decide("c1", Decision("once"))
    assert update == TurnFinished("sent")
    assert [info.events for info in await service.list_topics()] == [1]
    await again.stop()


async def test_calls_that_read_are_made_again_when_the_connection_breaks(
    mcp: McpServer, service: EventService
) -> None:
    await (await service.subscribe("a")).opened(5)
    wait = {"topic": "a", "since": 3, "wait_seconds": 10}
    async with Relay(port_of(mcp)) as relay, asyncio.timeout(15):
        link = McpLink(relay.url, mcp.token)
        calls = [asyncio.create_task(link.call("get_event_stream", wait, reads=True)) for _ in "12"]
        await link.list_tools()
        await link.list_tools()  # answered after the calls were sent
        assert not any(call.done() for call in calls)
        made = relay.connections
        relay.cut()
        await link.list_tools()
        assert relay.connections > made
        await service.send_event("a", {"n": 1})
        for call in calls:
            result = await call
            assert result.structured_content is not None
            assert len(result.structured_content["events"]) == 1
        await link.close()


async def test_a_call_that_acts_is_never_made_twice(
    converse: Converse, mcp: McpServer, service: EventService
) -> None:
    held = Answer(status=200, end="hold")
    async with WireServer([held, held]) as server:
        service.use_server(server.url)
        conversation = converse(scripted(("c1", "send_event", {"topic": "a", "data": 1}), "sent"))
        async with asyncio.timeout(15):
            async for update in conversation.ask("send"):
                if isinstance(update, ApprovalNeeded):
                    conversation.decide("c1", Decision("once"))
                if isinstance(update, ToolStarted):
                    await server.until(lambda: len(server.requests) == 1)
                    await mcp.stop()
        assert isinstance(update, TurnFailed)
        assert update.error.title == "The connection to the tools broke"
        assert "is not known" in update.error.detail
        assert len(server.requests) == 1


async def test_no_tools_is_a_clear_error_and_the_next_turn_tries_again(
    converse: Converse, mcp: McpServer, service: EventService
) -> None:
    conversation = converse(scripted("hello"))
    await conversation.start()
    await mcp.stop()
    error = await failure(conversation)
    assert error.title == "The agent cannot reach its tools"
    assert mcp.url in error.detail
    assert error.hint
    again = McpServer(service, token=mcp.token, port=port_of(mcp))
    await again.start()
    assert await answer(conversation, "again") == "hello"
    await again.stop()


async def test_tools_that_go_in_the_middle_of_a_turn_end_it(
    converse: Converse, mcp: McpServer
) -> None:
    conversation = converse(scripted(("c1", "list_topics", {}), ("c2", "list_topics", {}), "never"))
    async for update in conversation.ask("look twice"):
        if getattr(update, "call_id", "") == "c1" and not isinstance(update, ToolStarted):
            await mcp.stop()
    assert isinstance(update, TurnFailed)
    assert update.error.title == "The agent cannot reach its tools"


async def test_a_wrong_token_is_said_so(mcp: McpServer) -> None:
    conversation = Conversation(mcp_url=mcp.url, mcp_token="wrong", model=ModelChoice.offline())
    with pytest.raises(AgentError, match="refuse the agent") as raised:
        await conversation.start()
    assert "wrong" not in str(raised.value)
    await conversation.stop()


async def test_a_proxy_of_the_environment_does_not_come_between(
    mcp: McpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        proxy = f"http://127.0.0.1:{nobody.getsockname()[1]}"
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    link = McpLink(mcp.url, mcp.token)
    assert len(await link.list_tools()) > 5
    await link.close()
