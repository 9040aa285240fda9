from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from sse_tui.errors import SseTuiError
from sse_tui.history.export import ExportFile, export_name

NOW = datetime(2026, 11, 24, 14, 2, 31)


def test_the_name_is_safe_whatever_the_topic_is() -> None:
    assert export_name("orders.eu", NOW) == "sse-tui-orders.eu-20261124-140231"
    name = export_name("https://host/a?b=c/../x" + "y" * 300, NOW)
    assert "/" not in name
    assert len(name) < 120
    assert export_name("..", NOW) == "sse-tui-events-20261124-140231"


def test_a_file_that_is_there_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"kept")
    paths = []
    for text in (b"one", b"two"):
        with ExportFile(tmp_path, "a", ".jsonl") as file:
            file.write(text)
        paths.append(file.path)
    assert [path.read_bytes() for path in paths] == [b"one", b"two"]
    assert (tmp_path / "a.jsonl").read_bytes() == b"kept"
    assert len(list(tmp_path.iterdir())) == 3


def test_an_error_within_leaves_no_file(tmp_path: Path) -> None:
    def write_half() -> None:
        with ExportFile(tmp_path, "a", ".txt") as file:
            file.write(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_half()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(SseTuiError, match="No such file") as caught:
        ExportFile(tmp_path / "gone", "a", ".txt")
    assert str(tmp_path / "gone") in caught.value.detail
    assert caught.value.hint


def test_a_full_disk_is_told_in_words() -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    folder = Path("/dev/shm")
    if not folder.is_dir():
        pytest.skip("this system has no /dev/shm")

    def write_to_full() -> None:
        with ExportFile(folder, "a", ".txt") as file:
            file._file.close()
            file._file = full.open("wb", buffering=0)  # type: ignore[assignment]
            file.write(b"x")

    with pytest.raises(SseTuiError, match="No space left"):
        write_to_full()
    assert not list(folder.glob(".a-*"))
