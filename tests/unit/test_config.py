from __future__ import annotations

from pathlib import Path

import pytest

from sse_tui.config import Limits, Overrides, Settings, load_settings
from sse_tui.config_values import parse_header
from sse_tui.errors import ConfigError, UsageError


class Place:
    """A user's configuration file and a current folder, both empty at first."""

    def __init__(self, root: Path) -> None:
        self.user_file = root / "home" / "config.toml"
        self.folder = root / "project"
        self.user_file.parent.mkdir()
        self.folder.mkdir()
        self.environ: dict[str, str] = {"XDG_CONFIG_HOME": str(root / "nothing-here")}

    def user(self, text: str) -> None:
        self.user_file.write_text(text)
        self.environ["SSE_TUI_CONFIG"] = str(self.user_file)

    def project(self, text: str) -> None:
        (self.folder / "sse-tui.toml").write_text(text)

    def dot_env(self, text: str) -> None:
        (self.folder / ".env").write_text(text)

    def load(self, **overrides: str) -> Settings:
        return load_settings(
            Overrides(url=overrides.get("url"), profile=overrides.get("profile")),
            environ=self.environ,
            folder=self.folder,
        )

    def refusal(self) -> ConfigError:
        with pytest.raises(ConfigError) as caught:
            self.load()
        assert caught.value.exit_code == 2
        return caught.value


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "nothing-here"))
    return Place(tmp_path)


LOCAL = """
default_profile = "local"
[profiles.local]
url = "http://localhost:3000"
topics = ["a", "b"]
headers = { Authorization = "Bearer ${HUB_TOKEN}" }
"""


def test_without_any_file_the_defaults_stand(place: Place) -> None:
    settings = place.load()
    assert settings.profile.url is None
    assert settings.agent.model == "gpt-4o"
    assert settings.limits == Limits()


def test_each_source_goes_over_the_one_before(place: Place) -> None:
    place.user('theme = "from-user"\n[keymap]\n"log.wrap" = "W"\n"app.quit" = "Q"')
    assert place.load().theme == "from-user"
    place.project('theme = "from-project"\n[keymap]\n"log.wrap" = "v"')
    assert place.load().theme == "from-project"
    place.dot_env("SSE_TUI_THEME=from-dot-env")
    assert place.load().theme == "from-dot-env"
    place.environ["SSE_TUI_THEME"] = "from-environment"
    assert place.load().theme == "from-environment"
    assert place.load().keymap == {"log.wrap": "v", "app.quit": "Q"}


def test_the_default_profile_is_used_with_its_secret(place: Place) -> None:
    place.user(LOCAL)
    place.environ["HUB_TOKEN"] = "s3cret"
    profile = place.load().profile
    assert profile.name == "local"
    assert profile.url == "http://localhost:3000"
    assert profile.topics == ("a", "b")
    assert profile.headers == {"Authorization": "Bearer s3cret"}
    assert "s3cret" not in repr(profile)


def test_a_secret_of_an_unused_profile_need_not_be_set(place: Place) -> None:
    place.user(LOCAL + '[profiles.other]\nurl = "http://localhost:4000"')
    assert place.load(profile="other").profile.url == "http://localhost:4000"


def test_a_missing_secret_is_named_with_its_place(place: Place) -> None:
    place.user(LOCAL)
    error = place.refusal()
    assert "profiles.local.headers.Authorization: HUB_TOKEN is not set" in error.detail
    assert str(place.user_file) in error.detail
    assert "environment" in error.hint


def test_an_unknown_profile_is_answered_with_the_nearest(place: Place) -> None:
    place.user('default_profile = "locl"\n[profiles.local]\nurl = "http://h"')
    assert place.refusal().hint == "Did you mean local?"


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        ('them = "x"', "them", "Did you mean theme?"),
        ('[profiles.a]\nulr = "http://h"', "profiles.a.ulr", "Did you mean url?"),
        ("[limits]\nrows = 5", "limits.rows", "rows_per_stream"),
        ("[agent]\ntemperature = 1", "agent.temperature", "Known: model, api_key, base_url."),
    ],
)
def test_an_unknown_key_is_named_with_the_nearest(
    place: Place, text: str, key: str, said: str
) -> None:
    place.user(text)
    error = place.refusal()
    assert error.title == "Unknown key"
    assert error.detail == f"{place.user_file}: {key}"
    assert said in error.hint


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("theme = 5", "theme: expected a valid string"),
        ('[limits]\nbytes_total = "1 GB"', "limits.bytes_total: expected a valid integer"),
        ("[limits]\nrows_per_stream = 0", "limits.rows_per_stream: expected greater than 0"),
        ('[profiles.a]\ndialect = "mqtt"', "profiles.a.dialect: expected 'hub', 'url'"),
        ('[profiles.a]\ntopics = "a"', "profiles.a.topics: expected a valid list"),
        (
            'default_profile = "a"\n[profiles.a]\nurl = "localhost:3000"',
            "profiles.a.url: Not an http or https URL",
        ),
        (
            'default_profile = "a"\n[profiles.a]\nheaders = { "X Y" = "1" }',
            "profiles.a.headers: Not a header name: 'X Y'",
        ),
        (
            'default_profile = "a"\n[profiles.a]\nca_file = "gone.pem"',
            "profiles.a.ca_file: there is no file",
        ),
    ],
)
def test_a_bad_value_says_what_was_expected(place: Place, text: str, said: str) -> None:
    place.user(text)
    error = place.refusal()
    assert said in error.detail
    assert error.detail.startswith(str(place.user_file))


@pytest.mark.parametrize(
    "text",
    [
        '[agent]\napi_key = "sk-literal"',
        '[profiles.a]\nheaders = { authorization = "Bearer literal" }',
    ],
)
def test_a_literal_secret_is_refused(place: Place, text: str) -> None:
    place.user(text)
    assert "${NAME}" in place.refusal().detail


def test_bad_toml_and_bad_encoding_are_clear_sentences(place: Place) -> None:
    place.user("theme = ")
    assert place.refusal().title == "Not a TOML file"
    place.user_file.write_bytes(b'theme = "\xff"')
    assert "not UTF-8 at byte 9" in place.refusal().detail


def test_a_named_file_must_exist(place: Place) -> None:
    place.environ["SSE_TUI_CONFIG"] = str(place.folder / "gone.toml")
    assert "gone.toml: No such file" in place.refusal().detail


def test_an_unreadable_dot_env_is_a_clear_sentence(place: Place) -> None:
    (place.folder / ".env").write_bytes(b"A=\xff\xfe")
    assert ".env: not UTF-8" in place.refusal().detail


def test_a_folder_named_dot_env_is_a_virtual_environment_not_a_file(place: Place) -> None:
    (place.folder / ".env").mkdir()
    assert place.load().profile.url is None


def test_a_line_of_dot_env_that_sets_nothing_is_noted(place: Place) -> None:
    place.dot_env("A=1\nthis is : wrong\nSSE_TUI_THEME=x\n")
    settings = place.load()
    assert settings.theme == "x"
    assert len(settings.notes) == 1
    assert settings.notes[0].startswith("Line 2 of ")


@pytest.mark.parametrize("source", ["environment", "dot-env"])
def test_an_unknown_variable_is_answered_with_the_nearest(place: Place, source: str) -> None:
    if source == "environment":
        place.environ["SSE_TUI_THEM"] = "x"
    else:
        place.dot_env("SSE_TUI_THEM=x")
    error = place.refusal()
    assert error.detail.startswith("SSE_TUI_THEM in ")
    assert error.hint == "Did you mean SSE_TUI_THEME?"


@pytest.mark.parametrize("name", ["SSE_TUI_LOG", "SSE_TUI_CONFIG", "SSE_TUI_DATA_DIR"])
def test_dot_env_may_not_name_files(place: Place, name: str) -> None:
    place.dot_env(f"{name}=/etc/passwd")
    assert "stranger" in place.refusal().title


# A folder that may be a stranger's


def test_the_projects_file_sees_only_the_dot_env_beside_it(place: Place) -> None:
    place.project(LOCAL)
    place.environ["HUB_TOKEN"] = "yours"
    assert "HUB_TOKEN is not set" in place.refusal().detail
    place.dot_env("HUB_TOKEN=theirs")
    assert place.load().profile.headers == {"Authorization": "Bearer theirs"}


def test_a_dot_env_cannot_copy_a_secret_of_the_environment(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET", "yours")
    place.environ["AWS_SECRET"] = "yours"
    place.project(LOCAL)
    place.dot_env("HUB_TOKEN=${AWS_SECRET}")
    assert place.load().profile.headers == {"Authorization": "Bearer ${AWS_SECRET}"}


@pytest.mark.parametrize("key", ["ca_file", "cert_file", "key_file"])
def test_the_projects_file_may_not_name_files(place: Place, key: str) -> None:
    place.project(f'[profiles.a]\n{key} = "/etc/passwd"')
    error = place.refusal()
    assert f"profiles.a.{key}" in error.detail
    assert "your own config.toml" in error.hint


def test_a_projects_profile_never_mixes_with_yours(place: Place) -> None:
    place.user(LOCAL)
    place.environ["HUB_TOKEN"] = "yours"
    place.project('[profiles.local]\nurl = "http://evil.example"')
    profile = place.load().profile
    assert profile.url == "http://evil.example"
    assert profile.headers == {}


def test_headers_stay_with_the_profiles_origin(place: Place) -> None:
    place.user(LOCAL)
    place.environ["HUB_TOKEN"] = "yours"
    assert place.load(url="http://localhost:3000/v2").profile.headers
    assert place.load(url="http://localhost:3001").profile.headers == {}
    place.dot_env("SSE_TUI_URL=http://evil.example")
    assert place.load().profile.url == "http://evil.example"
    assert place.load().profile.headers == {}


def test_a_bad_url_is_refused(place: Place) -> None:
    place.environ["SSE_TUI_URL"] = "localhost"
    with pytest.raises(UsageError, match="no scheme"):
        place.load()


def test_a_base_url_from_dot_env_needs_a_key_from_dot_env(place: Place) -> None:
    place.environ["OPENAI_API_KEY"] = "yours"
    place.dot_env("OPENAI_BASE_URL=http://evil.example/v1")
    settings = place.load()
    assert settings.agent.base_url is None
    assert settings.agent.api_key == "yours"
    assert ".env is not used" in settings.notes[0]

    place.dot_env("OPENAI_BASE_URL=http://theirs/v1\nOPENAI_API_KEY=theirs")
    agent = place.load().agent
    assert (agent.base_url, agent.api_key) == ("http://theirs/v1", "theirs")


def test_a_base_url_of_the_projects_file_never_meets_your_key(place: Place) -> None:
    place.environ["OPENAI_API_KEY"] = "yours"
    place.project('[agent]\nbase_url = "http://evil.example/v1"')
    settings = place.load()
    assert settings.agent.base_url is None
    assert "sse-tui.toml is not used" in settings.notes[0]


def test_your_base_url_goes_with_any_key(place: Place) -> None:
    place.environ |= {"OPENAI_API_KEY": "yours", "OPENAI_BASE_URL": "http://localhost:11434/v1"}
    place.dot_env("OPENAI_MODEL=llama")
    agent = place.load().agent
    assert (agent.base_url, agent.api_key) == ("http://localhost:11434/v1", "yours")
    assert agent.model == "llama"
    assert "yours" not in repr(agent)


def test_topics_come_as_a_list_with_commas(place: Place) -> None:
    place.environ["SSE_TUI_TOPICS"] = "a, b,,c"
    assert place.load().profile.topics == ("a", "b", "c")


# Single values


def test_a_header_is_split_at_its_first_colon() -> None:
    assert parse_header("X-Where:  http://a:1 ") == ("X-Where", "http://a:1")


@pytest.mark.parametrize("text", ["no colon", ": x", "A B: x", "A: x\r\nB: y", "A: \x7f"])
def test_what_is_not_a_header_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_header(text)


def test_a_profile_says_how_its_server_is_reached(place: Place) -> None:
    place.environ["PROXY_PASSWORD"] = "pw"
    place.user(
        """
        default_profile = "docker"
        [profiles.docker]
        unix_socket = "run/docker.sock"
        header_command = "pass show token"
        [profiles.far]
        url = "https://far.example"
        proxy = "socks5h://me:${PROXY_PASSWORD}@127.0.0.1:1080"
        """
    )
    docker, far = place.load().profile, place.load(profile="far").profile
    assert docker.url == "http://localhost"
    assert docker.unix_socket == place.user_file.parent / "run/docker.sock"
    assert docker.header_command == "pass show token"
    assert far.proxy == "socks5h://me:pw@127.0.0.1:1080"
    other = place.load(url="http://elsewhere").profile
    assert (other.unix_socket, other.header_command) == (None, None)


@pytest.mark.parametrize("key", ["unix_socket", "header_command"])
def test_a_strangers_folder_names_no_socket_and_no_command(place: Place, key: str) -> None:
    place.project(f"[profiles.p]\nurl = 'http://a'\n{key} = 'x'")
    error = place.refusal()
    assert "stranger" in error.title
    assert f"profiles.p.{key}" in error.detail


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("url = 'http://a'\nproxy = 'gopher://p'", "kind that is not known"),
        ("url = 'http://a'\nproxy = 'http://me:secret@p'", "expected its password as ${NAME}"),
        ("proxy = 'http://p'", "needs a url"),
        ("header_command = 'x'", "needs a url"),
        ("unix_socket = ''", "path of a socket"),
    ],
)
def test_a_way_that_leads_nowhere_is_told(place: Place, lines: str, words: str) -> None:
    place.user(f"default_profile = 'p'\n[profiles.p]\n{lines}")
    error = place.refusal()
    assert words in error.detail
    assert "secret" not in error.detail
