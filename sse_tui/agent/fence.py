"""Marks what tools bring (payloads of strangers among it) as data, before a model reads it.

Every tool output enters the prompt between two lines that carry a random word. A payload cannot
know the word, so it cannot end the fence; the instructions say what the fence means.
"""

from __future__ import annotations

import re
import secrets

MAX_CHARACTERS = 40_000

_FENCED = re.compile(r"<<<UNTRUSTED DATA (\w+)[^\n]*\n(.*)\n>>>END OF DATA \1", re.DOTALL)


def new_word() -> str:
    """A random word for the fences of one turn."""
    return secrets.token_hex(4)


def fenced(output: str, *, tool: str, word: str, note: str = "") -> str:
    """A tool's output as the model shall see it.

    Args:
        output: the tool's text; cut beyond `MAX_CHARACTERS`, which is said.
        tool: the tool's name.
        word: from `new_word`.
        note: a word of our own to the model, put outside the fence.
    """
    cut = len(output) - MAX_CHARACTERS
    if cut > 0:
        output = output[:MAX_CHARACTERS]
        note = f"{note} The last {cut} characters were cut off; ask for less.".strip()
    text = f"<<<UNTRUSTED DATA {word} from {tool}\n{output}\n>>>END OF DATA {word}"
    return f"{note}\n{text}" if note else text


def unfenced(text: str) -> str:
    """What stands inside the fence; a text without one comes back as it is."""
    match = _FENCED.search(text)
    return match.group(2) if match else text


def shortened(text: str, characters: int) -> str:
    """A fenced text cut to about `characters`, its fence closed again."""
    if len(text) <= characters:
        return text
    last_line = text.rpartition("\n")[2]
    end = f"\n{last_line}" if last_line.startswith(">>>END OF DATA") else ""
    return f"{text[:characters]}\n[the rest was dropped]{end}"
