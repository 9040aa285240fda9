"""What the screens look like; `pytest --snapshot-update` takes the pictures anew."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from snapshots.stage import BROKEN, REFUSED, RESUMED, STREAMS, TURN, staged_app
from textual.pilot import Pilot
from textual.widgets import Input, TextArea
from tui.screen_app import sight

from sse_tui.tui.app import SseTuiApp
from sse_tui.tui.widgets.json_editor import JsonEditor

SnapCompare = Callable[..., bool]
Step = Callable[["Stage"], Awaitable[None]]
LIMIT_S = 20.0


class Stage:
    """The app while it is made ready for its picture."""

    def __init__(self, pilot: Pilot[Any]) -> None:
        self.pilot = pilot
        assert isinstance(pilot.app, SseTuiApp)
        self.app = pilot.app

    async def shows(self, *texts: str) -> None:
        """Wait until all of these are in sight."""
        async with asyncio.timeout(LIMIT_S):
            while not all(text in sight(self.app) for text in texts):
                await self.pilot.pause()

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    def keep_still(self) -> None:
        """A cursor that blinks is in half of the pictures."""
        for field in self.app.screen.query(Input):
            field.cursor_blink = False
        for area in self.app.screen.query(TextArea):
            area.cursor_blink = False


def picture(*steps: Step, first: str) -> Callable[[Pilot[Any]], Awaitable[None]]:
    """What is done before the picture: wait for `first`, then the steps."""

    async def make_ready(pilot: Pilot[Any]) -> None:
        stage = Stage(pilot)
        await stage.shows(first)
        for step in steps:
            await step(stage)
            stage.keep_still()
        await pilot.pause()

    return make_ready


def pressing(*keys: str, shows: str) -> Step:
    async def step(stage: Stage) -> None:
        await stage.press(*keys)
        await stage.shows(shows)

    return step


def filtering(text: str, *, shows: str) -> Step:
    async def step(stage: Stage) -> None:
        await stage.press("slash")
        stage.keep_still()
        stage.app.screen.query_one("#filter Input", Input).value = text
        await stage.shows(shows)

    return step


def writing(body: str) -> Step:
    async def step(stage: Stage) -> None:
        await stage.press("s")
        await stage.shows("Send an event")
        stage.keep_still()
        editor = stage.app.screen.query_one(JsonEditor)
        editor.load_text(body)
        editor.focus()

    return step


def asking(question: str) -> Step:
    async def step(stage: Stage) -> None:
        await stage.press("ctrl+g")
        stage.keep_still()
        stage.app.screen.query_one("#agent Input", Input).value = question
        await stage.press("enter")
        await stage.shows("deny", "235 ms")

    return step


LAST_LOGIN = "user143"


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (160, 45), (200, 60)])
def test_main(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    assert snap_compare(staged_app(), terminal_size=size, run_before=picture(first=LAST_LOGIN))


def test_main_light(snap_compare: SnapCompare) -> None:
    app = staged_app(theme="sse-light")
    assert snap_compare(app, terminal_size=(120, 40), run_before=picture(first=LAST_LOGIN))


def test_empty(snap_compare: SnapCompare) -> None:
    assert snap_compare(
        staged_app({}), terminal_size=(120, 40), run_before=picture(first="subscribe")
    )


def test_all_topics_merged(snap_compare: SnapCompare) -> None:
    ready = picture(pressing("4", shows="keep-alive"), first=LAST_LOGIN)
    assert snap_compare(staged_app(), terminal_size=(140, 40), run_before=ready)


def test_reconnecting_and_refused(snap_compare: SnapCompare) -> None:
    app = staged_app({"user_events": BROKEN, "deploys": REFUSED, **_quiet()})
    assert snap_compare(app, terminal_size=(120, 40), run_before=picture(first="refused"))


def test_gaps(snap_compare: SnapCompare) -> None:
    app = staged_app({"user_events": RESUMED, **_quiet()})
    assert snap_compare(app, terminal_size=(140, 40), run_before=picture(first="gap 1 min"))


def test_filter_with_its_count(snap_compare: SnapCompare) -> None:
    steps = filtering("data.latency > 200", shows="8 of 27"), pressing("enter", shows="8 of 27")
    assert snap_compare(
        staged_app(), terminal_size=(120, 40), run_before=picture(*steps, first=LAST_LOGIN)
    )


def test_filter_that_does_not_parse(snap_compare: SnapCompare) -> None:
    ready = picture(filtering("data.latency > (", shows="column"), first=LAST_LOGIN)
    assert snap_compare(staged_app(), terminal_size=(120, 40), run_before=ready)


def test_detail_with_what_changed(snap_compare: SnapCompare) -> None:
    ready = picture(pressing("k", "enter", shows="was "), first=LAST_LOGIN)
    assert snap_compare(staged_app(), terminal_size=(120, 40), run_before=ready)


def test_compose_valid(snap_compare: SnapCompare) -> None:
    ready = picture(writing('{\n  "user_id": "user123",\n  "ok": true\n}'), first=LAST_LOGIN)
    assert snap_compare(staged_app(), terminal_size=(120, 40), run_before=ready)


def test_compose_invalid(snap_compare: SnapCompare) -> None:
    steps = writing('{\n  "user_id": "user123"\n  "ok": true\n}'), _send_refused
    assert snap_compare(
        staged_app(), terminal_size=(120, 40), run_before=picture(*steps, first=LAST_LOGIN)
    )


def test_help(snap_compare: SnapCompare) -> None:
    ready = picture(pressing("question_mark", shows="Everywhere"), first=LAST_LOGIN)
    assert snap_compare(staged_app(), terminal_size=(120, 40), run_before=ready)


def test_palette(snap_compare: SnapCompare) -> None:
    ready = picture(pressing("colon", shows="what to do"), first=LAST_LOGIN)
    assert snap_compare(staged_app(), terminal_size=(120, 40), run_before=ready)


@pytest.mark.parametrize("theme", ["sse-dark", "sse-light"])
def test_approval(snap_compare: SnapCompare, theme: str) -> None:
    app = staged_app(theme=theme, updates=TURN)
    ready = picture(asking("what failed just now?"), first=LAST_LOGIN)
    assert snap_compare(app, terminal_size=(160, 45), run_before=ready)


async def _send_refused(stage: Stage) -> None:
    await stage.press("ctrl+j")
    await stage.shows("nothing sent")


def _quiet() -> dict[str, Any]:
    return {name: STREAMS[name] for name in ("system_events", "data_events")}
