from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from peers.hub_process import ServedHub

import sse_tui.cli.hub_process as module
from sse_tui.cli.hub_process import HubProcess
from sse_tui.errors import HubError, HubUnavailableError

PARENT = """
import asyncio, sys
from pathlib import Path
from sse_tui.cli.hub_process import HubProcess

async def main():
    hub = HubProcess(Path(sys.argv[1]), own=True)
    await hub.start()
    print(hub.pid, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No hub is joined by accident: the usual port is one that nobody listens on."""
    monkeypatch.setattr(module, "DEFAULT_SERVER", "http://127.0.0.1:1")
    monkeypatch.chdir(tmp_path)


async def health(hub: HubProcess) -> dict[str, object]:
    headers = {"Authorization": f"Bearer {hub.token}"} if hub.token else {}
    async with httpx.AsyncClient(trust_env=False, headers=headers) as client:
        facts: dict[str, object] = (await client.get(f"{hub.url}/health")).json()
        return facts


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await turn_of_the_loop()


async def turn_of_the_loop() -> None:
    await asyncio.sleep(0)


def is_gone(pid: int) -> bool:
    """Whether a process has ended, fetched by its parent or not."""
    try:
        return "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True


async def test_an_own_hub_lives_as_long_as_it_is_wanted(tmp_path: Path) -> None:
    hub = HubProcess(tmp_path / "data", own=True)
    assert (hub.url, hub.status, hub.token) == ("", "", None)
    await hub.start()
    pid = hub.pid
    assert pid is not None
    assert hub.status == "embedded hub"
    assert (await health(hub))["server"] == "sse-tui"
    await hub.start()  # again: nothing happens
    assert hub.pid == pid
    await hub.stop()
    assert (hub.status, str(hub.pid)) == ("", "None")
    assert is_gone(pid)
    await hub.stop()


async def test_the_current_folder_is_not_imported_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "uvicorn.py").write_text("raise SystemExit('imported')")
    monkeypatch.chdir(tmp_path)
    hub = HubProcess(tmp_path / "data", own=True)
    await hub.start()
    await hub.stop()


async def test_a_killed_hub_comes_back_on_the_same_port_with_its_events(tmp_path: Path) -> None:
    hub = HubProcess(tmp_path, own=True)
    await hub.start()
    url, first, epoch = hub.url, hub.pid, (await health(hub))["epoch"]
    assert first is not None
    os.kill(first, signal.SIGKILL)
    await until(lambda: hub.pid not in (first, None) and hub.status == "embedded hub")
    assert hub.url == url
    assert (await health(hub))["epoch"] == epoch
    await hub.stop()


async def test_the_hub_ends_with_its_parent(tmp_path: Path) -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, str(tmp_path), stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    pid = int(await parent.stdout.readline())
    assert not is_gone(pid)
    parent.kill()
    await parent.wait()
    await until(lambda: is_gone(pid))


@pytest.mark.usefixtures("elsewhere")
async def test_the_hub_that_holds_the_folder_is_joined(tmp_path: Path) -> None:
    async with ServedHub(tmp_path / "data") as served:
        hub = HubProcess(tmp_path / "data")
        await hub.start()
        assert (hub.url, hub.status, hub.pid) == (served.url, "joined hub", None)
        await hub.stop()
        hub_is_alive = await served.stop()
    assert hub_is_alive == 0


async def test_the_hub_at_the_usual_address_is_joined(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSE_TUI_TOKEN", "s3cret")
    async with ServedHub(tmp_path / "served") as served:
        monkeypatch.setattr(module, "DEFAULT_SERVER", served.url)
        hub = HubProcess(tmp_path / "own")
        await hub.start()
        assert (hub.url, hub.status, hub.token) == (served.url, "joined hub", "s3cret")
        await hub.stop()
        own = HubProcess(tmp_path / "own", own=True)
        await own.start()
        assert own.url != served.url
        assert own.token is None
        assert (await health(own))["server"] == "sse-tui"
        await own.stop()


async def test_another_server_at_the_usual_address_is_not_joined(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = b'{"server":"something else"}'
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        writer.write(head % len(body) + body)
        writer.close()

    other = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = other.sockets[0].getsockname()[1]
    monkeypatch.setattr(module, "DEFAULT_SERVER", f"http://127.0.0.1:{port}")
    hub = HubProcess(tmp_path)
    await hub.start()
    assert hub.status == "embedded hub"
    assert not hub.url.endswith(f":{port}")
    assert (await health(hub))["server"] == "sse-tui"
    await hub.stop()
    other.close()


async def test_two_at_once_share_one_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "DEFAULT_SERVER", "http://127.0.0.1:1")
    hubs = [HubProcess(tmp_path), HubProcess(tmp_path)]
    outcomes = await asyncio.gather(*(h.start() for h in hubs), return_exceptions=True)
    assert outcomes == [None, None]
    assert hubs[0].url == hubs[1].url
    assert sorted(h.status for h in hubs) == ["embedded hub", "joined hub"]
    for hub in hubs:
        await hub.stop()


async def test_why_it_cannot_start_is_said_and_it_can_be_tried_again(tmp_path: Path) -> None:
    (tmp_path / "hub.db").write_bytes(b"damaged" * 1000)
    hub = HubProcess(tmp_path, own=True)
    with pytest.raises(HubError) as error:
        await hub.start()
    assert not isinstance(error.value, HubUnavailableError)
    assert str(tmp_path / "hub.db") in error.value.detail
    assert "Move" in error.value.hint
    assert (hub.pid, hub.status) == (None, "")
    (tmp_path / "hub.db").unlink()
    await hub.start()
    await hub.stop()


async def test_it_can_be_stopped_while_it_starts(tmp_path: Path) -> None:
    hub = HubProcess(tmp_path, own=True)
    starting = asyncio.create_task(hub.start())
    await until(lambda: hub.pid is not None)
    pid = hub.pid
    assert pid is not None
    starting.cancel()
    await asyncio.wait([starting])
    await hub.stop()
    await until(lambda: is_gone(pid))
