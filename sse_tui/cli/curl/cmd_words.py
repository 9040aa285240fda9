"""Splits a command that was copied for the Windows command prompt into words."""

from __future__ import annotations

import re

from sse_tui.errors import UsageError

_SIGN = re.compile(r'[ \t]\^"|\^\r?\n')
_CARET = re.compile(r'"[^"\r\n]*"|\^(\r?\n(?:\r?\n)?|.)', re.DOTALL)
_PIECE = re.compile(r'"(?P<quoted>(?:[^"\\]|\\.|"")*)"|(?P<plain>[^\s"]+)', re.DOTALL)


def is_for_cmd(text: str) -> bool:
    """Whether the carets say that it was written for cmd.exe."""
    return _SIGN.search(text) is not None


def cmd_words(text: str) -> list[str]:
    """The words of a command for cmd.exe: carets first, then quotes as a C program reads them.

    Raises:
        UsageError: a quote is not closed.
    """
    words: list[str] = []
    plain = _CARET.sub(_without_caret, text)
    at = 0
    for blank_or_word in re.finditer(r'\s+|(?:"(?:[^"\\]|\\.|"")*"|[^\s"])+', plain):
        if blank_or_word.start() != at:
            break
        at = blank_or_word.end()
        if not blank_or_word[0].isspace():
            words.append("".join(_meaning(match) for match in _PIECE.finditer(blank_or_word[0])))
    if at != len(plain):
        raise UsageError(
            "A quote of the curl command is not closed",
            f"near {' '.join(plain[at : at + 30].split())}",
            "Paste the whole command.",
        )
    return words


def _without_caret(match: re.Match[str]) -> str:
    escaped = match[1]
    if escaped is None:
        return match[0]
    # A line end after a caret goes on to the next line; an empty line there is a line end itself.
    return "\n" * (escaped.count("\n") - 1) if "\n" in escaped else str(escaped)


def _meaning(match: re.Match[str]) -> str:
    if match["plain"] is not None:
        return match["plain"]
    return re.sub(r'\\(["\\])|"(")', lambda quote: quote[1] or quote[2], match["quoted"])
