"""Reads the options of a curl command line in their order."""

from __future__ import annotations

import getopt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from sse_tui.cli.curl.option_table import (
    LONG_SPEC,
    REFUSED,
    REFUSED_WITH_VALUE,
    SHORT,
    SHORT_SPEC,
    SILENT,
    SILENT_SHORT,
    SILENT_WITH_VALUE,
    WITH_VALUE,
    WITHOUT,
)
from sse_tui.errors import UsageError


@dataclass(slots=True)
class CurlOptions:
    """What stood on a curl command line.

    Attributes:
        urls: in order, `--url` among them.
        given: what means something here, as (long name, value), in order; no value is "".
        left_out: options that are unknown or mean nothing for a stream, as written, each once.
        globbing: `{}` and `[]` in a URL stand for several URLs.
    """

    urls: list[str] = field(default_factory=list)
    given: list[tuple[str, str]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    globbing: bool = True


def read_options(words: Sequence[str]) -> CurlOptions:
    """Read the words after `curl`.

    Raises:
        UsageError: an option has no value, or would send something that cannot be sent from here.
    """
    read = CurlOptions()
    left, unknown = list(words), _Unknown()
    while left:
        pairs, left = _leading_options(left, unknown)
        for option, value in pairs:
            _take(read, option, value)
        if left:
            read.urls.append(left.pop(0))
    return read


@dataclass(slots=True)
class _Unknown:
    """Options that this module has never heard of; taken to have no value."""

    short: str = ""
    long: list[str] = field(default_factory=list)


def _leading_options(
    words: list[str], unknown: _Unknown
) -> tuple[list[tuple[str, str]], list[str]]:
    while True:
        try:
            return getopt.getopt(words, SHORT_SPEC + unknown.short, LONG_SPEC + unknown.long)
        except getopt.GetoptError as error:
            is_long = error.msg.startswith("option --")
            if "not recognized" in error.msg or "not a unique prefix" in error.msg:
                if error.opt == ":" and not is_long:  # getopt has a meaning of its own for it
                    _refuse("-:")
                if is_long:
                    unknown.long.append(error.opt)
                else:
                    unknown.short += error.opt
                continue
            if error.opt in unknown.long and "must not have" in error.msg:
                unknown.long[unknown.long.index(error.opt)] += "="
                continue
            why = "needs a value" if "requires" in error.msg else "takes no value"
            option = f"{'--' if is_long else '-'}{error.opt}"
            raise UsageError("Not a curl command", f"{option} {why}") from error


def _take(read: CurlOptions, option: str, value: str) -> None:
    name = option.lstrip("-")
    if not option.startswith("--"):
        name = SHORT.get(name, name)
    if option == "-g" or name == "globoff":
        read.globbing = False
    if name in REFUSED or name in REFUSED_WITH_VALUE:
        _refuse(option)
    if name == "url":
        read.urls.append(value)
    elif name in WITH_VALUE or name in WITHOUT:
        read.given.append((name, value))
    elif not _is_silent(option, name) and option not in read.left_out:
        read.left_out.append(option)


def _is_silent(option: str, name: str) -> bool:
    if not option.startswith("--"):
        return name in SILENT_SHORT
    return name.removeprefix("no-") in SILENT or name in SILENT or name in SILENT_WITH_VALUE


def _refuse(option: str) -> NoReturn:
    hint = {
        "-F": "Send the body with -d or --data-binary.",
        "--form": "Send the body with -d or --data-binary.",
        "-I": "It asks for headers only; leave it out.",
        "--head": "It asks for headers only; leave it out.",
        "-:": "Paste one request at a time.",
        "--next": "Paste one request at a time.",
    }.get(option, "Leave it out, if the request makes sense without it.")
    raise UsageError("The curl command cannot be followed", f"{option} is not understood", hint)
