"""Where the hub of this user keeps its events."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def user_data_dir() -> Path:
    """SSE_TUI_DATA_DIR, else the program's folder among the user's data."""
    named = os.environ.get("SSE_TUI_DATA_DIR")
    return Path(named) if named else platformdirs.user_data_path("sse-tui")
