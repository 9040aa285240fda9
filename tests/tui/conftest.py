from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from peers.hub_in_loop import Hub, running_hub


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[Hub]:
    """A real hub on a free port."""
    async with running_hub(tmp_path / "hub") as hub:
        yield hub
