"""What only a terminal shows: a password is asked for, and the screen goes by a unix socket."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from peers.terminal import Terminal
from peers.wire_server import Answer, WireServer

OpenTerminal = Callable[..., Awaitable[Terminal]]


def held() -> Answer:
    return Answer(write=[b"event: hello\ndata: from the wire\n\n"], end="hold")


async def test_a_password_is_asked_for_and_not_shown(open_terminal: OpenTerminal) -> None:
    async with WireServer([held()]) as server:
        screen = await open_terminal("tail", "--count", "1", "--user", "me", server.url)
        await screen.shows("Password of me")
        await screen.type("s3cret")
        await screen.keys("Enter")
        seen = await screen.shows("from the wire", "left with 0")
        assert "s3cret" not in seen
        assert server.requests[0].headers["authorization"] == "Basic bWU6czNjcmV0"


async def test_the_screen_goes_by_a_unix_socket(
    open_terminal: OpenTerminal, tmp_path: Path
) -> None:
    folder = tmp_path / "0"
    folder.mkdir()
    (folder / ".env").write_text("SSE_TUI_TOPICS=good\n")
    path = tmp_path / "server.sock"
    async with WireServer(lambda _: held(), path=path) as server:
        screen = await open_terminal("--unix-socket", str(path))
        await screen.shows("1 open", "hello", "from the wire")
        await screen.keys("q")
        await screen.shows("left with 0")
    assert "/events/good" in {request.path for request in server.requests}
