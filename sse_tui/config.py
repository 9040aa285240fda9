"""The settings of one run: defaults < config files < .env and environment < options.

Your own `config.toml` is trusted; the current folder may be a stranger's. What comes from
`./sse-tui.toml` and `.env` can therefore neither see your environment, nor name files or commands,
nor send your credentials anywhere: see `sse_tui.config_files`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sse_tui.client.request import checked_url, origin
from sse_tui.config_values import close_match
from sse_tui.errors import ConfigError

if TYPE_CHECKING:
    from sse_tui.config_files import ConfigFile, DotEnv

DEFAULT_SERVER = "http://127.0.0.1:3000"
"""Where a topic is looked for when no server is named."""

DEFAULT_MODEL = "gpt-4o"

VARIABLES = {
    "SSE_TUI_URL": "the server",
    "SSE_TUI_PROFILE": "the profile to use",
    "SSE_TUI_TOPICS": "topics to open with, separated by commas",
    "SSE_TUI_THEME": "the theme",
}
"""Variables that may stand in `.env` too, and what each one sets."""

OWN_VARIABLES = {
    "SSE_TUI_CONFIG": "your config.toml",
    "SSE_TUI_LOG": "the file for debug logs",
    "SSE_TUI_DATA_DIR": "the data folder of the hub",
    "SSE_TUI_TOKEN": "the bearer token of the hub",
    "SSE_TUI_MCP_TOKEN": "the bearer token of the MCP server",
}
"""Variables that only your environment may set: a stranger's `.env` must not name files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One server and how to speak to it.

    Attributes:
        name: as in the configuration; empty for one that options made up.
        url: the server; None for the sse-tui hub on this machine.
        dialect: how a topic becomes a request.
        topics: what the full screen subscribes to at start.
        headers: sent to this profile's origin only; values may be secret.
        ca_file: certificates to trust instead of the system's.
        cert_file, key_file: client certificate.
        insecure: do not check the server's certificate.
        unix_socket: the socket that the server listens at, whatever host its URL names.
        proxy: URL of the proxy to this server; "" is none, whatever the environment says.
        header_command: a shell command that prints more headers, run at each connect.
    """

    name: str = ""
    url: str | None = None
    dialect: str = "hub"
    topics: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None
    insecure: bool = False
    unix_socket: Path | None = None
    proxy: str | None = field(default=None, repr=False)
    header_command: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """The model behind the chat; without a key and a base URL it is the offline assistant."""

    model: str = DEFAULT_MODEL
    api_key: str | None = field(default=None, repr=False)
    base_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much a stream's log keeps before its oldest rows fall out."""

    rows_per_stream: int = 100_000
    bytes_per_stream: int = 64 * 2**20
    bytes_total: int = 512 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that configuration decides.

    Attributes:
        notes: what was read but not used, and why; one sentence each.
    """

    profile: Profile = Profile()
    agent: Agent = Agent()
    limits: Limits = Limits()
    theme: str = "sse-dark"
    keymap: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """What the options of the command line say; None where they say nothing."""

    url: str | None = None
    profile: str | None = None
    config_file: Path | None = None


def load_settings(
    overrides: Overrides = Overrides(),
    *,
    environ: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> Settings:
    """Read the configuration.

    Args:
        overrides: what the options say.
        environ: the environment; the process's own by default.
        folder: where `.env` and `sse-tui.toml` are looked for; the current one by default.

    Raises:
        ConfigError: a file, key or value that cannot be used; names it and what was expected.
        UsageError: the URL that was named is none.
    """
    environ = os.environ if environ is None else environ
    folder = Path() if folder is None else folder
    _check_variables(environ, "the environment", VARIABLES | OWN_VARIABLES)
    user_file = find_user_file(overrides, environ)
    folder_file, dot_env_file = folder / "sse-tui.toml", folder / ".env"
    if not (user_file or folder_file.exists() or dot_env_file.is_file()):
        # Nothing to read: the parsers and the validation stay unloaded, which `tail` feels.
        return _resolve(overrides, environ, None, None, None)

    from sse_tui.config_files import read_config_file, read_dot_env

    dot_env = read_dot_env(dot_env_file)
    _check_variables(dot_env.values, str(dot_env_file), VARIABLES)
    return _resolve(
        overrides,
        environ,
        dot_env,
        read_config_file(user_file, {**dot_env.values, **environ}, trusted=True),
        read_config_file(folder_file, dot_env.values, trusted=False),
    )


def find_user_file(overrides: Overrides, environ: Mapping[str, str]) -> Path | None:
    """The user's own file: the one that was named, which must exist, else the usual place."""
    named = overrides.config_file or environ.get("SSE_TUI_CONFIG")
    if named:
        return Path(named)
    import platformdirs

    usual = platformdirs.user_config_path("sse-tui") / "config.toml"
    return usual if usual.exists() else None


def _check_variables(values: Mapping[str, str], source: str, known: Mapping[str, str]) -> None:
    for name in values:
        if not name.startswith("SSE_TUI_") or name in known:
            continue
        if name in OWN_VARIABLES:
            raise ConfigError(
                "Refused in a folder that may be a stranger's",
                f"{name} in {source} sets {OWN_VARIABLES[name]}",
                "Set it in your environment instead.",
            )
        raise ConfigError("Unknown setting", f"{name} in {source}", close_match(name, known))


def _resolve(
    overrides: Overrides,
    environ: Mapping[str, str],
    dot_env: DotEnv | None,
    user: ConfigFile | None,
    folder: ConfigFile | None,
) -> Settings:
    variables = {**(dot_env.values if dot_env else {}), **environ}
    files = [file for file in (folder, user) if file is not None]
    agent, notes = _agent(environ, dot_env, folder, user)
    settings = Settings(
        profile=_profile(overrides, variables, files),
        agent=agent,
        notes=(*(dot_env.notes if dot_env else ()), *notes),
    )
    for file in reversed(files):
        settings = file.apply_to(settings)
    theme = variables.get("SSE_TUI_THEME")
    return replace(settings, theme=theme) if theme else settings


def _profile(
    overrides: Overrides, variables: Mapping[str, str], files: list[ConfigFile]
) -> Profile:
    named = overrides.profile or variables.get("SSE_TUI_PROFILE")
    name = named or next((f.default_profile for f in files if f.default_profile), None)
    profile = _named_profile(name, files) if name else Profile()
    url = overrides.url or variables.get("SSE_TUI_URL")
    if url:
        url = checked_url(url)
        same = profile.url is not None and origin(profile.url) == origin(url)
        # Credentials stay with the profile's origin.
        profile = replace(profile, url=url) if same else Profile(url=url)
    topics = variables.get("SSE_TUI_TOPICS")
    if topics:
        names = tuple(name.strip() for name in topics.split(",") if name.strip())
        profile = replace(profile, topics=names)
    return profile


def _named_profile(name: str, files: list[ConfigFile]) -> Profile:
    # The nearest file that has it, whole: profiles of two files are never mixed, or a stranger's
    # URL could meet your headers.
    for file in files:
        if name in file.profile_names:
            return file.profile(name)
    known = sorted({known for file in files for known in file.profile_names})
    hint = close_match(name, known) if known else "No profile is configured."
    raise ConfigError("There is no such profile", name, hint)


def _agent(
    environ: Mapping[str, str],
    dot_env: DotEnv | None,
    folder: ConfigFile | None,
    user: ConfigFile | None,
) -> tuple[Agent, list[str]]:
    """Choose model, key and base URL; returns notes about what is not used.

    A base URL from the current folder only goes with a key from the same file, or it could draw
    your own key to a stranger's server.
    """
    sources = [_ModelSource.of("the environment", environ, trusted=True)]
    if dot_env:
        sources.append(_ModelSource.of(".env", dot_env.values, trusted=False))
    sources += [
        _ModelSource(file.name, *file.agent(), file.trusted) for file in (folder, user) if file
    ]
    model = next((s.model for s in sources if s.model), DEFAULT_MODEL)
    key = next((s.api_key for s in sources if s.api_key), None)
    notes: list[str] = []
    for source in (s for s in sources if s.base_url):
        if source.trusted:
            return Agent(model=model, api_key=key, base_url=source.base_url), notes
        if source.api_key:
            pair = Agent(model=model, api_key=source.api_key, base_url=source.base_url)
            return pair, notes
        notes.append(
            f"The model's base URL in {source.name} is not used: a key must stand in the same file."
        )
    return Agent(model=model, api_key=key), notes


@dataclass(frozen=True, slots=True)
class _ModelSource:
    """What one place says about the model."""

    name: str
    model: str | None
    api_key: str | None
    base_url: str | None
    trusted: bool

    @classmethod
    def of(cls, name: str, values: Mapping[str, str], *, trusted: bool) -> _ModelSource:
        return cls(
            name,
            values.get("OPENAI_MODEL") or None,
            values.get("OPENAI_API_KEY") or None,
            values.get("OPENAI_BASE_URL") or None,
            trusted,
        )
