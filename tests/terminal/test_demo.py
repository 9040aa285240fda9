"""The demo as a new user meets it."""

from __future__ import annotations

import re
import signal
from collections.abc import Awaitable, Callable

import pytest
from peers.terminal import Terminal, look_until

OpenTerminal = Callable[..., Awaitable[Terminal]]
LEFT_AS_FOUND = {"alternate": False, "cursor": True, "mouse": False}


def newest(screen: str) -> int:
    """The number of the newest row in sight: it stands after the row's time."""
    numbers = re.findall(r"(?:\d\d:\d\d\.|\+\d+\.)\d{3} +(\d+) ", screen)
    return max(map(int, numbers), default=0)


async def is_live(terminal: Terminal) -> None:
    """Return once more events have arrived and are in sight."""
    before = newest(await terminal.screen())
    await look_until(terminal.screen, lambda seen: newest(seen) > before + 3)


async def quits_cleanly(terminal: Terminal) -> None:
    await terminal.keys("q")
    await terminal.shows("left with 0")
    assert await terminal.modes() == LEFT_AS_FOUND
    await terminal.all_ended()
    assert terminal.leftovers("sse-tui-demo-*") == []


async def test_it_opens_lives_filters_and_shows_an_event(open_terminal: OpenTerminal) -> None:
    demo = await open_terminal("demo")
    await demo.shows("4 open", "embedded hub", "user_events")
    await is_live(demo)

    await demo.type("/initialized")  # in one write: none of the letters is a command
    await demo.keys("Enter")
    await demo.shows(" 1 of ", "startup")
    await demo.keys("Enter")
    await demo.shows('"message": "System initialized"', "pretty")
    await demo.keys("Escape")
    await demo.hides('"message": "System initialized"')
    await demo.keys("Escape")
    await demo.hides(" 1 of ")
    await quits_cleanly(demo)


async def test_it_sends_an_event_that_the_stream_brings_back(open_terminal: OpenTerminal) -> None:
    demo = await open_terminal("demo")
    await demo.shows("4 open")
    await demo.keys("s")
    await demo.shows("Send an event", "^j send")
    await demo.type('{"sent": "by hand"}')
    await demo.shows("valid JSON")
    await demo.keys("C-j")
    await demo.hides("Send an event")
    await demo.keys("/")
    await demo.shows("/regex/")
    await demo.type("hand")
    await demo.keys("Enter")
    await demo.shows(" 1 of ", '{"sent": "by hand"}')
    await quits_cleanly(demo)


async def test_the_agent_sends_only_with_the_users_yes(open_terminal: OpenTerminal) -> None:
    demo = await open_terminal("demo", size=(160, 45))
    await demo.shows("4 open", "explain SSE")  # the agent has introduced itself
    await demo.keys("A")
    await demo.shows("F1 help")  # the input has the focus: letters are text
    await demo.type('send {"sent":"by agent"} to user_events')
    await demo.keys("Enter")
    await demo.shows("send_event", "^y to answer")
    await demo.keys("C-y")
    await demo.hides("^y to answer")
    await approve(demo)
    await demo.shows("Sent to user_events")
    await demo.keys("Escape")  # back to the log, where letters are keys
    await demo.shows("? help")
    await demo.keys("2", "/")
    await demo.shows("/regex/")
    await demo.type("agent")
    await demo.keys("Enter")
    await demo.shows(" 1 of ", '{"sent":"by agent"}')
    await quits_cleanly(demo)


async def approve(demo: Terminal) -> None:
    """Say yes; the card does not listen in its first moment, so say it until it is heard."""

    async def say_it() -> str:
        await demo.keys("a")
        return await demo.screen()

    await look_until(say_it, lambda seen: "deny" not in seen)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
async def test_a_signal_leaves_no_trace(
    open_terminal: OpenTerminal, number: int, code: int
) -> None:
    demo = await open_terminal("demo")
    await demo.shows("4 open")
    await demo.kill("sse_tui demo", number)
    await demo.shows(f"left with {code}")
    assert await demo.modes() == LEFT_AS_FOUND
    await demo.all_ended()
    assert demo.leftovers("sse-tui-demo-*") == []


async def test_the_hub_does_not_outlive_a_program_that_was_killed(
    open_terminal: OpenTerminal,
) -> None:
    demo = await open_terminal("demo")
    await demo.shows("4 open")
    await demo.kill("sse_tui demo")
    await demo.all_ended()


async def test_a_hub_killed_under_the_program_leaves_a_gap_and_the_stream_goes_on(
    open_terminal: OpenTerminal,
) -> None:
    demo = await open_terminal("demo")
    await demo.shows("4 open")
    await demo.kill("sse_tui serve")
    await demo.shows("gap", "4 open")
    await is_live(demo)
    await quits_cleanly(demo)


async def test_it_fits_a_small_terminal(open_terminal: OpenTerminal) -> None:
    demo = await open_terminal("demo", size=(80, 24))
    await demo.shows("4 open", "system_events")
    await is_live(demo)
    await quits_cleanly(demo)
