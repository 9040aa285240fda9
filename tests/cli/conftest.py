from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from peers.program import Program


@pytest.fixture
async def program(tmp_path: Path) -> AsyncIterator[Program]:
    program = Program(tmp_path)
    yield program
    await program.end_all()
