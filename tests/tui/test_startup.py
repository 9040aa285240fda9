from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tui.screen_app import Screen, running_app, sight, text_of

from sse_tui.agent.conversation import Conversation
from sse_tui.agent.model_choice import ModelChoice
from sse_tui.client.service import EventService
from sse_tui.errors import HubUnavailableError, UsageError
from sse_tui.hub.server import HubServer
from sse_tui.mcp_server.server import McpServer
from sse_tui.tui.app import SseTuiApp
from sse_tui.tui.setup import AppSetup
from sse_tui.tui.widgets.status_bar import StatusBar
from sse_tui.tui.widgets.tool_call import ToolCall


class HubBeside:
    """A real hub as the screen sees one; it starts when it is allowed to.

    Args:
        folder: its data.
        refuses: what it raises instead of starting.
    """

    token = None

    def __init__(self, folder: Path, refuses: Exception | None = None) -> None:
        self._folder, self._refuses = folder, refuses
        self._server: HubServer | None = None
        self.status = ""
        self.may_start = asyncio.Event()
        self.may_start.set()

    @property
    def url(self) -> str:
        assert self._server is not None
        return self._server.url

    async def start(self) -> None:
        await self.may_start.wait()
        if self._refuses is not None:
            raise self._refuses
        self._server = HubServer(self._folder, 0)
        await self._server.start()
        self.status = "embedded hub"

    async def stop(self) -> None:
        if self._server is not None:
            await self._server.stop()


@pytest.fixture
async def beside(tmp_path: Path) -> AsyncIterator[HubBeside]:
    hub = HubBeside(tmp_path)
    yield hub
    await hub.stop()


def status(screen: Screen) -> str:
    return text_of(screen.main.query_one(StatusBar))


async def test_the_screen_is_there_before_the_hub(beside: HubBeside) -> None:
    ready: list[bool] = []
    beside.may_start.clear()
    setup = AppSetup(hub=beside, on_ready=lambda: ready.append(True))
    async with running_app(None, "orders", setup=setup) as screen:
        assert "starting the hub" in status(screen)
        assert not screen.service.subscriptions
        beside.may_start.set()
        await screen.until_open("orders")
        await screen.until(
            lambda: "embedded hub" in status(screen) and beside.url in status(screen)
        )
        assert ready == [True]


async def test_a_hub_that_cannot_start_is_told_and_the_screen_stays(tmp_path: Path) -> None:
    why = HubUnavailableError("The data folder is in use", "/x", "Close the other program.")
    setup = AppSetup(hub=HubBeside(tmp_path, why), on_ready=lambda: pytest.fail("not ready"))
    async with running_app(None, "orders", setup=setup) as screen:
        await screen.until(lambda: "no hub" in status(screen))
        shown = text_of(screen.main.log_pane.log_view)
        assert "The data folder is in use" in shown
        assert "Close the other program." in shown
        toasts = [toast for toast in screen.toasts if "The data folder is in use" in toast]
        assert len(toasts) == 1
        await screen.press("s")
        assert screen.app.screen is not screen.main


@pytest.mark.parametrize(
    ("words", "role"), [("hub restarting", "waiting"), ("hub down: disk full", "failed")]
)
async def test_how_the_hub_is_can_be_seen(beside: HubBeside, words: str, role: str) -> None:
    async with running_app(None, setup=AppSetup(hub=beside)) as screen:
        await screen.until(lambda: "embedded hub" in status(screen))
        beside.status = words
        await screen.until(lambda: words in status(screen))
        assert screen.main.query_one(StatusBar)._facts.hub_role == role


def make_conversation(url: str, token: str | None) -> Conversation:
    return Conversation(mcp_url=url, mcp_token=token, model=ModelChoice.offline())


async def test_the_agent_reads_acts_with_consent_and_its_rows_can_be_opened(
    beside: HubBeside,
) -> None:
    async with EventService() as service:
        mcp = McpCompanionOfTest(service)
        setup = AppSetup(topics=("orders",), hub=beside, mcp=mcp, conversation=make_conversation)
        app = SseTuiApp(service, setup=setup)
        async with app.run_test(size=(140, 40), notifications=True) as pilot:
            screen = Screen(app, pilot, service)
            await screen.until_open("orders")
            await screen.until(lambda: screen.main.chat.conversation is not None)
            await ask(screen, 'send {"n": 41} to orders')
            await screen.until(lambda: screen.main.chat.card is not None)
            card = screen.main.chat.card
            assert card is not None
            assert service.logs["orders"].events == 0
            card._clock = lambda: card._shown_at + 1
            await screen.press("ctrl+y", "a")
            await screen.until(lambda: service.logs["orders"].events == 1)
            await screen.until(lambda: not screen.main.chat.is_running)
            assert screen.main.chat.card is None

            await ask(screen, "last 5 events")
            await screen.until(lambda: not screen.main.chat.is_running)
            assert len(app.screen.query(ToolCall)) >= 2
            shown = sight(app)
            assert "[orders#" in shown
            assert "offline assistant" in shown
        await mcp.stop()


async def ask(screen: Screen, question: str) -> None:
    if not screen.main.chat.input.has_focus:
        await screen.press("ctrl+g")
    screen.main.chat.input.value = question
    await screen.press("enter")


class McpCompanionOfTest:
    """The real MCP server, as the command line gives it."""

    status = ""

    def __init__(self, service: EventService, refuses: Exception | None = None) -> None:
        self._server = McpServer(service)
        self._refuses = refuses

    @property
    def url(self) -> str:
        return self._server.url

    @property
    def token(self) -> str | None:
        return self._server.token

    async def start(self) -> None:
        if self._refuses is not None:
            raise self._refuses
        await self._server.start()

    async def stop(self) -> None:
        await self._server.stop()


async def test_an_agent_that_cannot_start_is_told_in_its_pane(beside: HubBeside) -> None:
    why = UsageError("There is no port to listen on", "all taken", "Close something.")
    async with EventService() as service:
        mcp = McpCompanionOfTest(service, why)
        setup = AppSetup(topics=("orders",), hub=beside, mcp=mcp, conversation=make_conversation)
        app = SseTuiApp(service, setup=setup)
        async with app.run_test(size=(140, 40), notifications=True) as pilot:
            screen = Screen(app, pilot, service)
            await screen.until(lambda: "no port to listen on" in sight(app))
            await screen.until_open("orders")
            await ask(screen, "hello?")
            await screen.until(lambda: sight(app).count("no port to listen") >= 2)
            assert not screen.main.chat.is_running


async def test_a_question_waits_for_the_agent_and_can_be_taken_back(beside: HubBeside) -> None:
    beside.may_start.clear()
    async with running_app(None, setup=AppSetup(hub=beside)) as screen:
        await ask(screen, "what failed?")
        await screen.until(lambda: screen.main.chat.is_running)
        await screen.press("escape")
        await screen.until(lambda: not screen.main.chat.is_running)
        await ask(screen, "and now?")
        beside.may_start.set()
        await screen.until(lambda: "There is no agent in this run" in sight(screen.app))
        assert not screen.main.chat.is_running
