from __future__ import annotations

import json
from pathlib import Path

import pytest
from peers.hub_in_loop import Hub
from tui.screen_app import Screen, running_app

from sse_tui.events.model import Event


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, empty but for the hub's."""
    place = tmp_path / "here"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


async def with_events(screen: Screen, hub: Hub, *bodies: str) -> None:
    await screen.until_open("orders")
    for body in bodies:
        await hub.post("orders", body)
    log = screen.service.logs["orders"]
    await screen.until(lambda: log.events == len(bodies))
    await screen.until(lambda: screen.main.log_pane.chosen_row is not None)


def is_event(screen: Screen, data: str) -> bool:
    row = screen.main.log_pane.chosen_row
    return isinstance(row, Event) and row.data == data


def files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def take_away(folder: Path) -> None:
    folder.rmdir()


async def test_an_event_is_written_as_it_came(hub: Hub, folder: Path) -> None:
    async with running_app(hub.url, "orders") as screen:
        await with_events(screen, hub, '{"n":  1}', '{"n":  2}')
        await screen.until(lambda: is_event(screen, '{"n":  2}'))
        await screen.press("k", "e")
        await screen.until(lambda: screen.toasts)
        (path,) = files_in(folder)
        assert path.read_text() == '{"n":  1}'
        assert path.suffix == ".json"
        assert str(path) in screen.toasts[0]


async def test_a_view_is_written_as_its_filter_shows_it(hub: Hub, folder: Path) -> None:
    async with running_app(hub.url, "orders") as screen:
        await with_events(screen, hub, '{"n":1}', '{"n":20}', '{"n":30}')
        await screen.press("slash")
        await screen.type("n > 10")
        await screen.press("enter", "E")
        await screen.until(lambda: screen.toasts)
        (path,) = files_in(folder)
        rows = [json.loads(line) for line in path.read_text().splitlines()]
        assert [row["data"] for row in rows] == ['{"n":20}', '{"n":30}']
        assert [row["topic"] for row in rows] == ["orders", "orders"]
        assert "2 rows" in screen.toasts[0]


async def test_a_folder_that_takes_no_file_is_told(hub: Hub, folder: Path) -> None:
    async with running_app(hub.url, "orders") as screen:
        await with_events(screen, hub, "1")
        take_away(folder)
        await screen.press("E")
        await screen.until(lambda: screen.toasts)
        assert "not written" in screen.toasts[0]
