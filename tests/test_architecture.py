"""The house rules that no linter knows: what is loaded at run time, and how large things may be."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "sse_tui").rglob("*.py"))

FILE_LINES = 400
FUNCTION_LINES = 50

SCREEN = {"textual", "rich"}
RARE_WAYS = {"aiohttp_socks", "python_socks", "sse_tui.client.unix_socket"}
HTTP_CLIENT = {"httpx", "httpx_sse", "httpx_aiohttp", "aiohttp"}
SERVER = {"starlette", "uvicorn", "sqlite3"}
AGENT = {"agents", "openai", "mcp"}


def loaded_by(statement: str) -> set[str]:
    """The modules that a fresh interpreter has loaded after a statement."""
    code = f"{statement}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("module", "strangers"),
    [
        ("sse_tui", {"sse_tui.errors", "click", "asyncio"}),
        ("sse_tui.errors", {"asyncio", "sse_tui.events"}),
        ("sse_tui.events.decoder", SCREEN | HTTP_CLIENT | SERVER | AGENT | {"asyncio", "lark"}),
        ("sse_tui.events.log", SCREEN | HTTP_CLIENT | SERVER | AGENT | {"asyncio", "lark"}),
        ("sse_tui.events.view", SCREEN | HTTP_CLIENT | SERVER | AGENT | {"asyncio"}),
        ("sse_tui.client.service", SCREEN | SERVER | AGENT | {"lark", "click", "pydantic"}),
        ("sse_tui.demo.traffic", SCREEN | HTTP_CLIENT | SERVER | AGENT),
        ("sse_tui.hub.server", SCREEN | HTTP_CLIENT | AGENT | {"sse_tui.client"}),
        ("sse_tui.agent.conversation", SCREEN | AGENT | {"starlette", "uvicorn"}),
        ("sse_tui.tui.app", AGENT | SERVER | HTTP_CLIENT | {"sse_tui.hub", "sse_tui.mcp_server"}),
        ("sse_tui.config", SCREEN | HTTP_CLIENT | SERVER | AGENT | {"pydantic", "dotenv"}),
        ("sse_tui.cli.main", SCREEN | HTTP_CLIENT | SERVER | AGENT | {"pydantic", "lark"}),
        ("sse_tui.cli.tail", SCREEN | HTTP_CLIENT | SERVER | AGENT | {"pydantic", "lark"}),
        ("sse_tui.cli.serve", SCREEN | HTTP_CLIENT | AGENT | {"pydantic"}),
        ("sse_tui.cli.send", SCREEN | HTTP_CLIENT | SERVER | AGENT | {"pydantic"}),
    ],
)
def test_a_part_loads_nothing_that_is_not_its_business(module: str, strangers: set[str]) -> None:
    loaded = loaded_by(f"import {module}")
    assert module.split(",")[0] in loaded
    assert sorted(loaded & strangers) == []


TAIL = """
from sse_tui.cli.main import run
try:
    run(["tail", "--no-reconnect", "http://127.0.0.1:9/discard"])
except SystemExit:
    pass
"""


OTHER_STREAMS = {
    "sse_tui.events.llm",
    "sse_tui.events.ndjson",
    "sse_tui.client.dialects.mercure",
    "sse_tui.client.dialects.openai",
}


def test_tail_at_work_loads_no_screen_no_agent_and_no_server() -> None:
    loaded = loaded_by(TAIL)
    assert sorted(loaded & OTHER_STREAMS) == []
    assert {"httpx", "sse_tui.cli.tail_follow"} <= loaded
    strangers = SCREEN | SERVER | AGENT | RARE_WAYS | {"pydantic", "lark"}
    assert sorted(loaded & strangers) == []


def test_the_version_is_told_without_loading_any_part() -> None:
    loaded = loaded_by(
        "import sys\n"
        "from sse_tui.cli.main import run\n"
        "try:\n    run(['--version'])\nexcept SystemExit:\n    pass"
    )
    assert "sse_tui.cli.main" in loaded
    heavy = SCREEN | HTTP_CLIENT | SERVER | AGENT | {"pydantic", "lark", "orjson", "asyncio"}
    assert sorted(loaded & heavy) == []


def test_layer_packages_hold_nothing_but_their_docstring() -> None:
    for path in (ROOT / "sse_tui").glob("*/**/__init__.py"):
        body = ast.parse(path.read_text()).body
        assert [type(node) for node in body] == [ast.Expr], path


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Each function with its lines, its docstring not counted."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            words = len((ast.get_docstring(node, clean=False) or "").splitlines())
            lines = node.end_lineno - node.lineno + 1 - words
            yield f"{path.relative_to(ROOT)}: {node.name}", lines


def test_no_file_and_no_function_is_too_long_to_read() -> None:
    files = {str(p.relative_to(ROOT)): len(p.read_text().splitlines()) for p in SOURCES}
    assert {name: lines for name, lines in files.items() if lines > FILE_LINES} == {}
    long = {name: n for path in SOURCES for name, n in functions(path) if n > FUNCTION_LINES}
    assert long == {}


def test_no_file_is_a_drawer_for_leftovers() -> None:
    drawers = {"utils", "util", "helpers", "helper", "common", "misc"}
    assert [path for path in SOURCES if path.stem in drawers] == []
