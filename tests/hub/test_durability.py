from __future__ import annotations

import asyncio
import json
import resource
import socket
import sqlite3
from pathlib import Path

import httpx
import pytest
from peers.hub_in_loop import running_hub
from peers.hub_process import NotStarted, ServedHub
from peers.stream_reader import StreamReader, field

from sse_tui.errors import HubError, HubUnavailableError
from sse_tui.hub.app import HubOptions
from sse_tui.hub.folder import DataFolder, read_owner
from sse_tui.hub.server import HubServer

JSON = {"Content-Type": "application/json"}


def client_of(hub: ServedHub) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=hub.url, trust_env=False, timeout=20)


async def test_what_was_acknowledged_survives_kill_9(tmp_path: Path) -> None:
    acknowledged: list[str] = []
    async with ServedHub(tmp_path) as hub:
        for round_ in range(3):
            enough = asyncio.Event()

            async def publish(name: str, enough: asyncio.Event = enough) -> None:
                async with client_of(hub) as client:
                    for n in range(10_000):
                        try:
                            answer = await client.post(
                                f"/events/{name}", content=str(n), headers=JSON
                            )
                        except httpx.TransportError:
                            return
                        acknowledged.append(answer.json()["id"])
                        if n == 20:
                            enough.set()

            publishers = [asyncio.create_task(publish(f"p{k}.r{round_}")) for k in range(4)]
            await asyncio.wait_for(enough.wait(), 20)
            await hub.kill()
            await asyncio.gather(*publishers)
            await hub.start()
        async with StreamReader(hub.url, "/events/>?since=earliest") as stream:
            blocks = await stream.until(": live")
    kept = [field(block, "id") for block in blocks]
    assert len(set(acknowledged)) == len(acknowledged) >= 3 * 20
    assert set(acknowledged) <= set(kept)
    assert len(set(kept)) == len(kept)
    assert len({(id_ or "").split("-")[0] for id_ in kept}) == 1


async def test_a_stream_resumes_after_kill_9_without_loss(tmp_path: Path) -> None:
    async with ServedHub(tmp_path) as hub:
        async with client_of(hub) as client, StreamReader(hub.url, "/events/t") as stream:
            await stream.block()
            await client.post("/events/t", content="1", headers=JSON)
            last = field(await stream.block(), "id") or ""
            await client.post("/events/t", content="2", headers=JSON)
            await hub.kill()
        await hub.start()
        async with StreamReader(hub.url, "/events/t", {"Last-Event-ID": last}) as stream:
            assert [field(b, "data") for b in await stream.until(": live")] == ["2"]


async def test_sigterm_ends_streams_well_and_the_hub_at_once(tmp_path: Path) -> None:
    async with ServedHub(tmp_path) as hub, client_of(hub) as client:
        readers = [StreamReader(hub.url, f"/events/{'t' if n % 2 else '>'}") for n in range(50)]
        for reader in readers:
            await reader.__aenter__()
            await reader.block()
        stuck = StreamReader(hub.url, "/events/big", receive_buffer=4096)
        await stuck.__aenter__()
        big = json.dumps("x" * 1_000_000)
        for _ in range(20):
            await client.post("/events/big", content=big, headers=JSON)
        began = asyncio.get_running_loop().time()
        assert await hub.stop() == 0
        assert asyncio.get_running_loop().time() - began < 3
        for reader in readers[1::2]:
            assert await reader.rest() == []  # a proper end, not a broken one
        for reader in [*readers, stuck]:
            await reader.__aexit__(None, None, None)


async def test_a_second_hub_on_the_same_folder_or_port_is_exit_2(tmp_path: Path) -> None:
    async with ServedHub(tmp_path / "a") as hub:
        same_folder = await run_serve("--data-dir", str(tmp_path / "a"), "--port", "0")
        port = hub.url.rsplit(":", 1)[1]
        same_port = await run_serve("--data-dir", str(tmp_path / "b"), "--port", port)
    for code, said in (same_folder, same_port):
        assert code == 2
        assert "Traceback" not in said
    assert hub.url in same_folder[1]
    assert "--data-dir" in same_folder[1]
    assert f"127.0.0.1:{port}" in same_port[1]
    assert "--port" in same_port[1]


async def run_serve(*options: str) -> tuple[int, str]:
    with pytest.raises(NotStarted) as failure:
        async with ServedHub(Path("unused"), *options):
            pass  # it started: the block's end stops it, and the test fails
    return failure.value.code, failure.value.said


async def test_another_machine_needs_a_token(tmp_path: Path) -> None:
    code, said = await run_serve("--data-dir", str(tmp_path), "--host", "0.0.0.0", "--port", "0")
    assert code == 2
    assert "--token" in said
    with pytest.raises(HubUnavailableError):
        HubServer(tmp_path, 0, HubOptions(host="::"))


@pytest.mark.parametrize(
    "content",
    [b"not a database at all, but long enough for a header" * 40, b"SQLite format 3\0" * 9],
)
async def test_a_damaged_log_is_named_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "hub.db"
    path.write_bytes(content)
    code, said = await run_serve("--data-dir", str(tmp_path), "--port", "0")
    assert code == 1
    assert str(path) in said
    assert "Move" in said
    assert "Traceback" not in said
    assert path.read_bytes() == content


def damage_the_middle(path: Path) -> None:
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (size - 4096))


async def test_damage_behind_a_good_header_is_found_at_the_start(tmp_path: Path) -> None:
    async with running_hub(tmp_path) as hub:
        await hub.post_many("t", [json.dumps("x" * 500)] * 500)
    damage_the_middle(tmp_path / "hub.db")
    with pytest.raises(HubError) as error:
        HubServer(tmp_path, 0)
    assert error.value.exit_code == 1
    assert "Move" in error.value.hint


def test_a_database_of_another_program_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "hub.db"
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE mine (x)")
    db.commit()
    db.close()
    with pytest.raises(HubError, match="damaged"):
        HubServer(tmp_path, 0)
    assert sqlite3.connect(path).execute("SELECT count(*) FROM mine").fetchone() == (0,)


def test_a_folder_that_cannot_be_made_is_exit_2(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(HubUnavailableError, match="data folder"):
        HubServer(tmp_path / "file" / "data", 0)


def test_a_failed_start_leaves_nothing_locked(tmp_path: Path) -> None:
    (tmp_path / "hub.db").write_bytes(b"no" * 5000)
    taken = socket.create_server(("127.0.0.1", 0))
    for port in (taken.getsockname()[1], 0):
        with pytest.raises(HubError):
            HubServer(tmp_path, port)
    DataFolder(tmp_path).release()
    taken.close()


def test_the_lock_names_its_hub(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    folder.announce("http://127.0.0.1:4711")
    assert read_owner(tmp_path) == "http://127.0.0.1:4711"
    with pytest.raises(HubUnavailableError, match="4711"):
        DataFolder(tmp_path)
    folder.release()
    (tmp_path / "hub.lock").write_text("{")
    assert read_owner(tmp_path) is None


async def test_a_disk_that_takes_no_more_is_said_and_survived(tmp_path: Path) -> None:
    async with ServedHub(tmp_path) as hub, client_of(hub) as client:
        answer = await client.post("/events/t", content="1", headers=JSON)
        before = resource.prlimit(hub.pid, resource.RLIMIT_FSIZE)
        big = json.dumps("x" * 500_000)
        resource.prlimit(hub.pid, resource.RLIMIT_FSIZE, (100_000, before[1]))
        for _ in range(2):
            answer = await client.post("/events/t", content=big, headers=JSON)
            assert answer.status_code in (503, 507)
            assert "Nothing of this request was kept" in answer.json()["hint"]
            facts = (await client.get("/health")).json()
            assert facts["status"] == "failing"
            assert str(tmp_path) in facts["problem"]
        resource.prlimit(hub.pid, resource.RLIMIT_FSIZE, before)
        answer = await client.post("/events/t", content='"again"', headers=JSON)
        assert answer.status_code == 200
        assert (await client.get("/health")).json()["status"] == "ok"
        async with StreamReader(hub.url, "/events/t?since=earliest") as stream:
            blocks = await stream.until(": live")
        assert [field(b, "data") for b in blocks] == ["1", '"again"']
        numbers = [int((field(b, "id") or "").rsplit("-", 1)[1]) for b in blocks]
        assert numbers == [1, 2]  # a failed write uses up no number


async def test_a_full_database_is_507(tmp_path: Path) -> None:
    from sse_tui.hub.engine import LogFailure, NewEvents
    from sse_tui.hub.sqlite_log import SqliteLog

    log = SqliteLog(tmp_path / "hub.db")
    log._connection.execute("PRAGMA max_page_count = 20")  # SQLite's own "disk full"
    log.start(lambda _: None)
    with pytest.raises(LogFailure) as error:
        await log.append(NewEvents("t", "message", ["x" * 200_000]))
    assert error.value.full
    assert (await log.append(NewEvents("t", "message", ["1"]))).last == 1
    await log.close()
