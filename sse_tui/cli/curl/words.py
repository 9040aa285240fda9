"""Splits a pasted command into words, as the shell it was written for would."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NoReturn

from sse_tui.errors import UsageError

_BLANKS = re.compile(r"(?:[ \t\r\n]|\\[ \t]*\r?\n)+")
_OPERATOR = re.compile(r"[|;&<>]|[0-9][<>]|#")
_LAST_OPERATOR = re.compile(r"[|;&]+(?=[ \t\r\n]|$)|[|<>]")
_PIECE = re.compile(
    r"""
      (?P<plain>[^\ \t\r\n\\'"$`|<>;&]+ | [;&])
    | '(?P<single>[^']*)'
    | \$'(?P<ansi>(?:[^'\\]|\\.)*)'
    | \$?"(?P<double>(?:[^"\\]|\\.)*)"
    | \\(?P<escaped>\r?\n|.)
    | \$(?:(?P<name>[A-Za-z_][A-Za-z0-9_]*)|\{(?P<braced>[A-Za-z_][A-Za-z0-9_]*)\})
    | (?P<dollar>\$(?![({'"]))
    """,
    re.VERBOSE | re.DOTALL,
)
_IN_DOUBLE = re.compile(
    r"""
      \\(?P<escaped>["\\$`]|\r?\n)
    | \$(?:(?P<name>[A-Za-z_][A-Za-z0-9_]*)|\{(?P<braced>[A-Za-z_][A-Za-z0-9_]*)\})
    | (?P<command>`|\$[({])
    """,
    re.VERBOSE,
)
_ANSI = re.compile(
    r"\\(?:x(?P<byte>[0-9A-Fa-f]{1,2})|u(?P<u>[0-9A-Fa-f]{1,4})|U(?P<U>[0-9A-Fa-f]{1,8})"
    r"|(?P<octal>[0-7]{1,3})|c(?P<control>.)|(?P<letter>.))",
    re.DOTALL,
)
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_LONE = re.compile("[\ud800-\udc7f\udd00-\udfff]")
_LETTERS = dict(zip("abeEfnrtv", "\a\b\x1b\x1b\f\n\r\t\v", strict=True))


def shell_words(text: str, environ: Mapping[str, str]) -> tuple[list[str], str]:
    """The words of one command for a POSIX shell or bash.

    Variables come from `environ`, where the shell would put them in; nothing is ever run.

    Returns:
        The words up to the end of the command, and the rest: a pipe, a redirection.

    Raises:
        UsageError: a quote is not closed (with its place), a variable is not set, or the command
            holds another one.
    """
    return _Splitter(text, environ).words()


class _Splitter:
    def __init__(self, text: str, environ: Mapping[str, str]) -> None:
        self._text = text
        self._environ = environ
        self._at = 0

    def words(self) -> tuple[list[str], str]:
        found: list[str] = []
        while True:
            if blanks := _BLANKS.match(self._text, self._at):
                self._at = blanks.end()
            if self._at == len(self._text) or _OPERATOR.match(self._text, self._at):
                return found, self._text[self._at :].strip()
            found.append(self._word())

    def _word(self) -> str:
        pieces: list[str] = []
        while self._at < len(self._text) and self._text[self._at] not in " \t\r\n":
            if _LAST_OPERATOR.match(self._text, self._at):
                break
            match = _PIECE.match(self._text, self._at)
            if match is None:
                self._cannot()
            pieces.append(self._meaning(match))
            self._at = match.end()
        return _joined("".join(pieces))

    def _meaning(self, match: re.Match[str]) -> str:
        kind, value = match.lastgroup, match[match.lastgroup or 0]
        if kind == "ansi":
            return _ANSI.sub(_ansi_character, value)
        if kind == "double":
            return _IN_DOUBLE.sub(self._in_double, value)
        if kind in ("name", "braced"):
            return self._variable(value)
        return "" if kind == "escaped" and value.endswith("\n") else value

    def _in_double(self, match: re.Match[str]) -> str:
        if match["command"]:
            self._refuse_command()
        if match["escaped"]:
            return "" if match["escaped"].endswith("\n") else match["escaped"]
        return self._variable(match["name"] or match["braced"])

    def _variable(self, name: str) -> str:
        value = self._environ.get(name)
        if value is None:
            hint = f"Set it first: export {name}=..."
            raise UsageError("A variable of the curl command is not set", f"${name}", hint)
        return value

    def _cannot(self) -> NoReturn:
        if self._text[self._at] in "'\"" or self._text.startswith(("$'", '$"'), self._at):
            raise UsageError(
                "A quote of the curl command is not closed",
                _place(self._text, self._at),
                "Paste the whole command; within '...' write a single quote as '\\''.",
            )
        if self._text[self._at] == "\\":
            raise UsageError("The curl command ends in a backslash", "", "Paste the whole command.")
        self._refuse_command()

    def _refuse_command(self) -> NoReturn:
        raise UsageError(
            "The curl command holds a command of its own",
            _place(self._text, self._at),
            "$(...), `...` and ${...:-...} are not run; put their result there.",
        )


def _ansi_character(match: re.Match[str]) -> str:
    """One escape of `$'...'`; a byte above 0x7F stands as a lone surrogate until all are there."""
    if match["letter"]:
        return _LETTERS.get(match["letter"]) or (
            match["letter"] if match["letter"] in "\\'\"?" else match[0]
        )
    if match["control"]:
        return chr(ord(match["control"]) & 0x1F)
    if match["u"] or match["U"]:
        number = int(match["u"] or match["U"], 16)
        return chr(number) if number < 0x110000 else match[0]
    byte = int(match["byte"], 16) if match["byte"] else int(match["octal"], 8) & 0xFF
    return bytes([byte]).decode("utf-8", "surrogateescape")


def _joined(text: str) -> str:
    r"""Pairs of `\u` escapes (UTF-16, as browsers write them) and runs of bytes, as characters."""
    if text.isascii():
        return text
    text = _PAIR.sub(
        lambda match: match[0].encode("utf-16", "surrogatepass").decode("utf-16"), text
    )
    raw = _LONE.sub("\ufffd", text).encode("utf-8", "surrogateescape")
    return raw.decode("utf-8", "surrogateescape")


def _place(text: str, position: int) -> str:
    line = text.count("\n", 0, position) + 1
    column = position - (text.rfind("\n", 0, position) + 1) + 1
    near = " ".join(text[position : position + 30].split())
    return f"line {line}, column {column}: {near}"
