"""The full screen on a server of the user's, as the configuration says."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from peers.terminal import Terminal
from peers.wire_server import Answer, Request, WireServer

OpenTerminal = Callable[..., Awaitable[Terminal]]


def answer(request: Request) -> Answer:
    if request.path == "/events/good":
        return Answer(write=[b"event: hello\ndata: from the wire\n\n"], end="hold")
    return Answer(401, {}, framing="length0")


async def test_a_profile_opens_its_topics_and_tells_what_failed(
    open_terminal: OpenTerminal, tmp_path: Path
) -> None:
    folder = tmp_path / "0"
    async with WireServer(answer) as server:
        folder.mkdir()
        (folder / ".env").write_text(
            f"SSE_TUI_URL={server.url}\nSSE_TUI_TOPICS=good,bad\nSSE_TUI_THEME=sse-light\n"
            "OPENAI_BASE_URL=http://127.0.0.1:9/v1\n"
        )
        screen = await open_terminal()
        await screen.shows("1 open", "hello", "from the wire", "401", "must stand in the same file")
        await screen.keys("q")
        await screen.shows("left with 0")
    assert {request.path for request in server.requests} >= {"/events/good", "/events/bad"}
