"""The shape of a configuration file: its tables, their keys, and the type of each."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, PositiveInt

from sse_tui.client.dialects.names import DialectName
from sse_tui.config import Limits

_DEFAULT = Limits()


class Table(BaseModel):
    """A table of TOML: no other keys, and no other types."""

    model_config = ConfigDict(extra="forbid", strict=True)


class ProfileTable(Table):
    """`[profiles.NAME]`; what its keys mean stands at `Profile`."""

    url: str | None = None
    dialect: DialectName = "hub"
    topics: list[str] = []
    headers: dict[str, str] = {}
    ca_file: str | None = None
    cert_file: str | None = None
    key_file: str | None = None
    insecure: bool = False
    unix_socket: str | None = None
    proxy: str | None = None
    header_command: str | None = None


class AgentTable(Table):
    """`[agent]`."""

    model: str | None = None
    api_key: str | None = None
    base_url: str | None = None


class LimitsTable(Table):
    """`[limits]`."""

    rows_per_stream: PositiveInt = _DEFAULT.rows_per_stream
    bytes_per_stream: PositiveInt = _DEFAULT.bytes_per_stream
    bytes_total: PositiveInt = _DEFAULT.bytes_total


class FileTable(Table):
    """A whole file."""

    default_profile: str | None = None
    theme: str | None = None
    keymap: dict[str, str] = {}
    profiles: dict[str, ProfileTable] = {}
    agent: AgentTable = AgentTable()
    limits: LimitsTable | None = None


def known_keys(location: tuple[int | str, ...]) -> list[str]:
    """The keys that a table has, given the place of an unknown one in it."""
    tables: dict[Any, type[Table]] = {
        "profiles": ProfileTable,
        "agent": AgentTable,
        "limits": LimitsTable,
    }
    table = tables[location[0]] if len(location) > 1 else FileTable
    return list(table.model_fields)
