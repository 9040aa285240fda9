"""Reads `config.toml`, `sse-tui.toml` and `.env`, and says exactly what is wrong in them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path
from typing import NoReturn

from dotenv.parser import parse_stream
from pydantic import ValidationError

from sse_tui.client.request import checked_headers, checked_url
from sse_tui.client.ways import checked_proxy, checked_socket
from sse_tui.config import Limits, Profile, Settings
from sse_tui.config_tables import FileTable, ProfileTable, known_keys
from sse_tui.config_values import close_match
from sse_tui.errors import ConfigError, UsageError

_SECRET_HEADERS = {"authorization", "proxy-authorization", "cookie", "x-api-key"}
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_REFUSED_KEYS = {
    "ca_file": "names a file",
    "cert_file": "names a file",
    "key_file": "names a file",
    "unix_socket": "names a file",
    "header_command": "runs a command",
}
"""What only your own file may say, and why."""

_DEFAULT_SOCKET_URL = "http://localhost"


@dataclass(frozen=True, slots=True)
class DotEnv:
    """What `.env` sets; `notes` names lines that set nothing."""

    values: Mapping[str, str]
    notes: tuple[str, ...] = ()


def read_dot_env(path: Path) -> DotEnv:
    """Read a `.env`; without one, nothing is set.

    Values are taken as they stand: `${NAME}` in them is not looked up, or a stranger's file could
    read your environment.

    Raises:
        ConfigError: the file cannot be read.
    """
    if not path.is_file():
        return DotEnv({})
    values: dict[str, str] = {}
    notes = []
    line = 1
    for binding in parse_stream(StringIO(_read_text(path))):
        if binding.error:
            notes.append(f"Line {line} of {path} is not NAME=value; it sets nothing.")
        elif binding.key is not None and binding.value is not None:
            values[binding.key] = binding.value
        line += binding.original.string.count("\n")
    return DotEnv(values, tuple(notes))


def read_config_file(
    path: Path | None, variables: Mapping[str, str], *, trusted: bool
) -> ConfigFile | None:
    """Read one TOML file.

    Args:
        path: the file; None for none. The user's own (trusted) must exist, the folder's may not.
        variables: what `${NAME}` sees.
        trusted: False for the current folder's file, which may be a stranger's.

    Raises:
        ConfigError: it cannot be read, is not TOML, or has an unknown key or a bad value.
    """
    if path is None or not (trusted or path.exists()):
        return None
    try:
        table = tomllib.loads(_read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError("Not a TOML file", f"{path}: {error}") from error
    try:
        return ConfigFile(path, FileTable.model_validate(table), variables, trusted)
    except ValidationError as error:
        _refuse(path, error)


class ConfigFile:
    """One file, its types checked; `${NAME}` is filled in only where a value is used.

    Attributes:
        path: the file; its folder is where relative paths begin.
        trusted: the user's own.
    """

    def __init__(
        self, path: Path, table: FileTable, variables: Mapping[str, str], trusted: bool
    ) -> None:
        self.path = path
        self.trusted = trusted
        self._table = table
        self._variables = variables
        for name, profile in table.profiles.items():
            self._check_profile(name, profile)
        key = table.agent.api_key
        if key and not _VARIABLE.fullmatch(key):
            self._fail("agent.api_key", "expected ${NAME}; a secret does not stand in the file")

    @property
    def name(self) -> str:
        """The file, as errors and notes name it."""
        return str(self.path)

    @property
    def default_profile(self) -> str | None:
        """The profile to use when none is named."""
        return self._table.default_profile

    @property
    def profile_names(self) -> list[str]:
        """The profiles of this file."""
        return list(self._table.profiles)

    def profile(self, name: str) -> Profile:
        """One profile, its `${NAME}` filled in.

        Raises:
            ConfigError: a variable is not set, or a value is not what it must be.
        """
        table, where = self._table.profiles[name], f"profiles.{name}"
        return Profile(
            name=name,
            url=self._url(self._server(table, where), f"{where}.url"),
            dialect=table.dialect,
            topics=tuple(table.topics),
            headers=self._headers(table.headers, f"{where}.headers"),
            ca_file=self._file(table.ca_file, f"{where}.ca_file"),
            cert_file=self._file(table.cert_file, f"{where}.cert_file"),
            key_file=self._file(table.key_file, f"{where}.key_file"),
            insecure=table.insecure,
            unix_socket=self._socket(table.unix_socket, f"{where}.unix_socket"),
            proxy=self._proxy(table.proxy, f"{where}.proxy"),
            header_command=table.header_command,
        )

    def agent(self) -> tuple[str | None, str | None, str | None]:
        """Model, key and base URL.

        Raises:
            ConfigError: the base URL's or the model's variable is not set.
        """
        table = self._table.agent
        key = table.api_key and self._variables.get(table.api_key[2:-1])
        base_url = self._url(table.base_url, "agent.base_url")
        return self._filled(table.model, "agent.model"), key or None, base_url

    def apply_to(self, settings: Settings) -> Settings:
        """The settings with this file's look and limits over them."""
        table = self._table
        limits = Limits(**table.limits.model_dump()) if table.limits else settings.limits
        return replace(
            settings,
            theme=table.theme or settings.theme,
            keymap={**settings.keymap, **table.keymap},
            limits=limits,
        )

    def _check_profile(self, name: str, profile: ProfileTable) -> None:
        where = f"profiles.{name}"
        for key, what in _REFUSED_KEYS.items():
            if getattr(profile, key) is not None and not self.trusted:
                raise ConfigError(
                    "Refused in a folder that may be a stranger's",
                    f"{where}.{key} in {self.path} {what}",
                    "Put this profile into your own config.toml.",
                )
        for header, value in profile.headers.items():
            if header.lower() in _SECRET_HEADERS and not _VARIABLE.search(value):
                self._fail(
                    f"{where}.headers.{header}",
                    "expected its secret as ${NAME}; it does not stand in the file",
                )

    def _filled(self, text: str | None, key: str) -> str | None:
        """`text` with each `${NAME}` replaced by its value."""

        def value(match: re.Match[str]) -> str:
            name = match[1]
            if name not in self._variables:
                place = "your environment or .env" if self.trusted else "the .env beside this file"
                self._fail(key, f"{name} is not set", f"Set it in {place}.")
            return self._variables[name]

        return None if text is None else _VARIABLE.sub(value, text)

    def _url(self, text: str | None, key: str) -> str | None:
        filled = self._filled(text, key)
        try:
            return None if filled is None else checked_url(filled)
        except UsageError as error:
            self._fail(key, f"{error.title}: {error.detail}", error.hint)

    def _headers(self, headers: Mapping[str, str], key: str) -> dict[str, str]:
        pairs = [
            (name, self._filled(text, f"{key}.{name}") or "") for name, text in headers.items()
        ]
        try:
            return dict(checked_headers(pairs))
        except UsageError as error:
            self._fail(key, f"{error.title}: {error.detail}", error.hint)

    def _file(self, text: str | None, key: str) -> Path | None:
        if text is None:
            return None
        path = self.path.parent / Path(text).expanduser()
        if not path.is_file():
            self._fail(key, f"there is no file {path}")
        return path

    def _server(self, table: ProfileTable, where: str) -> str | None:
        if table.url is not None:
            return table.url
        if table.unix_socket is not None:
            return _DEFAULT_SOCKET_URL
        for key in ("proxy", "header_command"):
            if getattr(table, key):
                self._fail(f"{where}.{key}", "it needs a url in the same profile")
        return None

    def _socket(self, text: str | None, key: str) -> Path | None:
        """The path; whether there is a socket shows when connecting."""
        if text is None:
            return None
        path = self.path.parent / Path(text).expanduser()
        try:
            checked_socket(str(path) if text else text)
        except UsageError as error:
            self._fail(key, f"{error.title}: {error.detail}", error.hint)
        return path

    def _proxy(self, text: str | None, key: str) -> str | None:
        if text and "@" in text and not _VARIABLE.search(text.rpartition("@")[0]):
            self._fail(key, "expected its password as ${NAME}; it does not stand in the file")
        filled = self._filled(text, key)
        try:
            return checked_proxy(filled) if filled else filled
        except UsageError as error:
            self._fail(key, f"{error.title}: {error.detail}", error.hint)

    def _fail(self, key: str, problem: str, hint: str = "") -> NoReturn:
        raise ConfigError("Bad value in the configuration", f"{self.path}: {key}: {problem}", hint)


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError("Cannot read the configuration", f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(
            "Cannot read the configuration", f"{path}: not UTF-8 at byte {error.start}"
        ) from error


def _refuse(path: Path, error: ValidationError) -> NoReturn:
    """Name the first key that is wrong and what was expected of it."""
    problem = error.errors(include_url=False)[0]
    key = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        known = known_keys(problem["loc"])
        raise ConfigError("Unknown key", f"{path}: {key}", close_match(key.split(".")[-1], known))
    expected = problem["msg"].replace("Input should be ", "expected ", 1)
    raise ConfigError("Bad value in the configuration", f"{path}: {key}: {expected}")
