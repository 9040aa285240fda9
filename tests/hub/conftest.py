"""Running hubs with their default options."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from peers.hub_in_loop import Hub, running_hub


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[Hub]:
    async with running_hub(tmp_path) as hub:
        yield hub


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_hub(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hub]:
    """One hub for all tests of a module, which keep to a `topic` of their own."""
    async with running_hub(tmp_path_factory.mktemp("hub")) as hub:
        yield hub


_numbers = itertools.count()


@pytest.fixture
def topic() -> str:
    return f"t{next(_numbers)}.x"
