"""The kinds of server by name: for options, profiles and help, without loading any of them."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

DialectName: TypeAlias = Literal[
    "hub",
    "url",
    "nchan",
    "mercure",
    "ntfy",
    "wikimedia",
    "openai",
    "anthropic",
    "ollama",
    "ndjson",
    "kubernetes",
]
"""What a profile or `--dialect` can name."""

DIALECT_NAMES: tuple[str, ...] = get_args(DialectName)
