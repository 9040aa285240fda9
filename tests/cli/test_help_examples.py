"""Every example on a help page can be typed as it stands."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click
import pytest

from sse_tui.cli.context import AppContext
from sse_tui.cli.main import COMMANDS, main


def pages() -> dict[str, str]:
    """The words of each help page by command; of the program itself under its own name."""
    ctx = click.Context(main)
    commands = {name: main.get_command(ctx, name) for name in COMMANDS}
    return {"sse-tui": main.help or ""} | {n: c.help or "" for n, c in commands.items() if c}


def words(line: str) -> list[str]:
    """The arguments of `sse-tui` in an example: no comment, no other command of the line."""
    line = re.sub(r"^eval \"\$\((.*)\)\"", r"\1", line.strip())
    line = re.sub(r" {2,}[a-z].*", "", line)
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&>")
    lexer.whitespace_split = True
    found = list(lexer)
    found = found[found.index("sse-tui") + 1 :]
    ends = [at for at, word in enumerate(found) if word in ("|", "&&", ">")]
    return found[: ends[0]] if ends else found


def examples() -> Iterator[str]:
    """The lines below `Examples:`, to the next empty one."""
    for page in pages().values():
        block = page.partition("Examples:\n")[2].partition("\n\n")[0]
        yield from (line.strip() for line in block.splitlines())


EXAMPLES = [pytest.param(words(line), id=line) for line in examples()]


def parsed(arguments: list[str]) -> click.Context:
    """What the command line says, without doing it."""
    app = AppContext()
    ctx = main.make_context("sse-tui", list(arguments), obj=app)
    rest = [*ctx._protected_args, *ctx.args]
    if not rest:
        return ctx
    name, command, rest = main.resolve_command(ctx, rest)
    assert command is not None
    return command.make_context(name, rest, parent=ctx)


@pytest.mark.parametrize("arguments", EXAMPLES)
def test_an_example_can_be_typed_as_it_stands(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in (word[1:] for word in arguments if re.match(r"@\w", word)):
        (tmp_path / name).write_text("{}")
    stand_ins = {"URL": "http://localhost/x", "admin": "admin:asked-for-on-a-terminal"}
    ctx = parsed([stand_ins.get(word, word) for word in arguments])
    if ctx.info_name in ("tail", "wait"):
        module = import_module(f"sse_tui.cli.{ctx.info_name}")
        assert module.plan_of(ctx.find_object(AppContext), **ctx.params).streams


def test_every_page_has_examples() -> None:
    for name, page in pages().items():
        own = name if name == "sse-tui" else f"sse-tui {name}"
        assert any(own in line for line in page.partition("Examples:\n")[2].splitlines()), name
