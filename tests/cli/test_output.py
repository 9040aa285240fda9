from __future__ import annotations

import asyncio
import json
import signal
import sys
from asyncio.subprocess import PIPE, create_subprocess_exec
from pathlib import Path

import pytest
from peers.program import Program
from peers.wire_server import Answer, WireServer

from sse_tui.cli.file_output import FileOutput, open_output, parse_size
from sse_tui.errors import SseTuiError, UsageError

DONE = b"data: [DONE]\n\n"


def stream(*pieces: bytes) -> Answer:
    return Answer(write=pieces, end="hold")


def numbers(count: int) -> bytes:
    return b"".join(b"data: %d\n\n" % n for n in range(count))


def youngest_first(folder: Path) -> list[Path]:
    return sorted(folder.glob("out*"), key=lambda path: int(path.suffix[1:] or 0))


@pytest.mark.parametrize(
    ("form", "first"),
    [
        (["--raw"], "0"),
        (["--format", "{data}-{event:>9}"], "0-  message"),
        (["--time", "none"], "{url} message 0"),
    ],
)
async def test_rows_go_to_the_file_and_not_to_stdout(
    program: Program, form: list[str], first: str
) -> None:
    async with WireServer([stream(numbers(3), DONE)]) as server:
        done = await program.run("tail", *form, "--output", "out.txt", server.url)
    lines = (program.folder / "out.txt").read_text().splitlines()
    assert (done.code, done.out, len(lines)) == (0, "", 4)
    assert lines[0] == first.format(url=server.url)


async def test_what_is_there_stays(program: Program) -> None:
    (program.folder / "out.txt").write_text("cut off")
    async with WireServer(lambda _: stream(numbers(1), DONE)) as server:
        await program.run("tail", "--raw", "-o", "out.txt", server.url)
        await program.run("tail", "--raw", "-o", "out.txt", server.url)
    assert (program.folder / "out.txt").read_text() == "cut off\n0\n[DONE]\n0\n[DONE]\n"


async def test_a_dash_is_standard_output(program: Program) -> None:
    async with WireServer([stream(DONE)]) as server:
        done = await program.run("tail", "--raw", "-o", "-", server.url)
    assert done.out == "[DONE]\n"


async def test_a_device_is_written_like_a_pipe(program: Program) -> None:
    async with WireServer(lambda _: stream(DONE)) as server:
        through = await program.run("tail", "--raw", "-o", "/dev/stdout", server.url)
        full = await program.run("tail", "--raw", "-o", "/dev/full", server.url)
    assert through.out == "[DONE]\n"
    assert full.code == 1
    assert "No space left" in full.err


@pytest.mark.parametrize("form", ["--raw", "--json"])
async def test_rotation_loses_no_row_and_splits_none(program: Program, form: str) -> None:
    async with WireServer([stream(numbers(5000), DONE)]) as server:
        options = ["--rotate-size", "8k", "--keep", "200", "-o", "out"]
        done = await program.run("tail", form, *options, server.url)
    assert done.code == 0
    names = youngest_first(program.folder)
    assert len(names) > 2
    texts = [name.read_text() for name in reversed(names)]
    assert all(len(text) <= 8192 and text.endswith("\n") for text in texts)
    assert all(len(text) > 8192 - 300 for text in texts[:-1])
    rows = "".join(texts).splitlines()
    data = [json.loads(row)["data"] for row in rows] if form == "--json" else rows
    assert data == [*map(str, range(5000)), "[DONE]"]


async def test_a_signal_leaves_whole_rows(program: Program) -> None:
    flood = b"".join(b'data: {"n":%d,"pad":"%s"}\n\n' % (n, b"x" * 200) for n in range(60_000))
    async with WireServer([Answer(write=(flood,), end="hold")]) as server:
        running = await program.start(
            "tail", "--json", "-o", "out", "--rotate-size", "300k", "--keep", "999", server.url
        )
        async with asyncio.timeout(10):
            while not (program.folder / "out.1").exists():  # noqa: ASYNC110 - nothing tells
                await asyncio.sleep(0)
        done = await running.stop(signal.SIGTERM)
    assert done.code == 143
    rows = [
        json.loads(row)
        for path in reversed(youngest_first(program.folder))
        for row in path.read_text().splitlines()
    ]
    assert [json.loads(row["data"])["n"] for row in rows] == list(range(len(rows)))


async def test_a_place_that_cannot_be_written_is_2(program: Program) -> None:
    for place, said in (("gone/out", "No such file"), (".", "directory")):
        done = await program.run("tail", "-o", place, "http://127.0.0.1:9/")
        assert (done.code, done.out) == (2, "")
        assert said in done.err


async def test_a_full_disk_leaves_whole_rows(program: Program) -> None:
    (program.folder / "out").write_text("before\n")
    async with WireServer([stream(numbers(9000), DONE)]) as server:
        process = await create_subprocess_exec(
            *("bash", "-c", 'ulimit -f 16; exec "$@"', "-", sys.executable, "-m", "sse_tui"),
            *("tail", "--raw", "-o", "out", server.url),
            cwd=program.folder,
            env=program.environ,
            stderr=PIPE,
        )
        async with asyncio.timeout(20):
            _, said = await process.communicate()
    assert process.returncode == 1
    assert b"The output cannot be written" in said
    assert b"File too large" in said
    text = (program.folder / "out").read_text()
    assert text.startswith("before\n")
    assert text.endswith("\n")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--rotate-size", "1M"], "needs a file"),
        (["--rotate-size", "1M", "-o", "-"], "needs a file"),
        (["--rotate-size", "1M", "-o", "x", "--text"], "--text has no rows"),
        (["--keep", "3", "-o", "x"], "--keep goes with --rotate-size"),
        (["--rotate-size", "huge", "-o", "x"], "Not a size"),
        (["--rotate-size", "0", "-o", "x"], "Not a size"),
        (["--rotate-size", "1M", "-o", "/dev/null"], "Only a file can be rotated"),
    ],
)
async def test_options_that_do_not_go_together_are_2(
    program: Program, args: list[str], said: str
) -> None:
    done = await program.run("tail", *args, "http://127.0.0.1:9/")
    assert (done.code, done.out) == (2, "")
    assert said in done.err


@pytest.mark.parametrize(
    ("text", "size"),
    [("500", 500), ("2k", 2048), ("1M", 2**20), ("1GiB", 2**30), ("3 MB", 3 << 20)],
)
def test_sizes_have_units(text: str, size: int) -> None:
    assert parse_size(text) == size


def opened(path: Path, limit: int | None, keep: int = 2) -> FileOutput:
    output = open_output(str(path), limit, keep)
    assert isinstance(output, FileOutput)
    return output


def test_only_so_many_older_files_are_kept(tmp_path: Path) -> None:
    output = opened(tmp_path / "out", 4)
    output.write_rows([b"1\n", b"2\n", b"3\n", b"larger\n", b"4\n", b"5\n", b"6\n"])
    texts = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert texts == {"out": "6\n", "out.1": "4\n5\n", "out.2": "larger\n"}


def test_the_size_that_is_there_counts(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("there\n")
    opened(tmp_path / "out", 7).write_rows([b"1\n"])
    assert (tmp_path / "out.1").read_text() == "there\n"
    assert (tmp_path / "out").read_text() == "1\n"


def test_a_link_is_followed_and_the_mode_is_kept(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    real = tmp_path / "folder" / "real"
    real.touch(mode=0o600)
    (tmp_path / "link").symlink_to(real)
    opened(tmp_path / "link", 2).write_rows([b"1\n", b"2\n"])
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "folder" / "real.1").read_text() == "1\n"
    assert real.stat().st_mode & 0o777 == 0o600


def test_two_runs_do_not_write_one_file(tmp_path: Path) -> None:
    first = opened(tmp_path / "out", None)
    with pytest.raises(UsageError, match="Another run"):
        open_output(str(tmp_path / "out"), None, 5)
    first.write(b"1\n")


def test_a_file_that_cannot_be_renamed_says_so(tmp_path: Path) -> None:
    output = opened(tmp_path / "out", 2, keep=1)
    (tmp_path / "out.1" / "full").mkdir(parents=True)
    with pytest.raises(SseTuiError, match="cannot be written"):
        output.write_rows([b"1\n", b"2\n"])
    assert (tmp_path / "out").read_text() == "1\n"
