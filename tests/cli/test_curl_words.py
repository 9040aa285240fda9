"""`--curl`: the words of a command line, held against bash where there is one."""

from __future__ import annotations

import contextlib
import random
import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st
from peers.program import LIMIT_S

from sse_tui.cli.curl.command import CurlCommand, parse_curl
from sse_tui.cli.curl.words import shell_words
from sse_tui.errors import UsageError


def test_one_command_is_one_value() -> None:
    assert parse_curl("curl x", {}) == CurlCommand(urls=("http://x",))


PIECES = [
    "a",
    "b ",
    "é",
    "'",
    '"',
    "\\",
    "\\'",
    '\\"',
    " ",
    "$'",
    "\\n",
    "\\x41",
    "\\u00e9",
    "\\101",
]
PIECES += ["$NAME", "${NAME}", " \\\n", "-H", "a#", "^", "=", "%", ":", "a~"]


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_words_are_those_of_bash() -> None:
    pick = random.Random(7)
    texts = ["".join(pick.choices(PIECES, k=pick.randint(1, 12))) for _ in range(3000)]
    readable = []
    for text in texts:
        with contextlib.suppress(UsageError):
            readable.append((text, shell_words(text, {"NAME": "v-w"})[0]))
    assert len(readable) > 500
    script = 'words() { printf \'%s\\0\' "$#" "$@"; }\nNAME=v-w\n'
    script += "".join(f"words {text}\n" for text, _ in readable)
    done = subprocess.run(
        ["bash"], input=script.encode(), capture_output=True, timeout=LIMIT_S, check=True
    )
    found = iter(done.stdout.decode("utf-8", "surrogateescape").split("\0"))
    for text, words in readable:
        assert [next(found) for _ in range(int(next(found)))] == words, text


@given(st.text("curl -HXdGu'\"\\$^{}[];:&|<>#=`\n\t\x00é%/.1", max_size=60))
def test_any_text_is_followed_or_refused(text: str) -> None:
    for command in (text, f"curl {text}", f'curl ^"{text}'):
        with contextlib.suppress(UsageError):
            assert parse_curl(command, {"HOME": "/"}).urls
