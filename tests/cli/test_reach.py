"""The options about TLS, proxies, sockets and credentials, in runs of the real program."""

from __future__ import annotations

import base64
import gzip
import io
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from peers.certificates import Certificates
from peers.program import Program
from peers.socks_proxy import SocksProxy
from peers.wire_server import EVENT_STREAM, Answer, Request, WireServer

from sse_tui.cli.main import run
from sse_tui.cli.running import SIGNALS

SENT = Answer(200, {"Content-Type": "application/json"}, [b'{"id": "1-7", "topic": "a"}'])


def one_event(request: Request) -> Answer:
    if request.method == "POST":
        return SENT
    return Answer(write=[b"data: here\n\n"], end="hold")


async def request_of(program: Program, *args: str, stdin: bytes | None = None) -> Request:
    """What the server gets from a `tail` of one event."""
    async with WireServer(one_event) as server:
        target = f"{server.url}/x?a=%2F"
        done = await program.run("tail", "--raw", "--count", "1", *args, target, stdin=stdin)
        assert (done.code, done.out, done.err) == (0, "here\n", "")
        return server.requests[0]


@pytest.mark.parametrize(
    ("args", "stdin", "value"),
    [
        (("--user", "me:p:w é"), None, "Basic " + base64.b64encode("me:p:w é".encode()).decode()),
        (("--bearer", "abc"), None, "Bearer abc"),
        (("--bearer", "@token"), None, "Bearer from-file"),
        (("--bearer", "-"), b"from-stdin\n", "Bearer from-stdin"),
        (("-H", "authorization: X", "--bearer", "abc"), None, "Bearer abc"),
        (("--header-command", "echo Authorization: made"), None, "made"),
    ],
)
async def test_credentials_are_sent(
    program: Program, args: tuple[str, ...], stdin: bytes | None, value: str
) -> None:
    (program.folder / "token").write_text("from-file\n")
    request = await request_of(program, *args, stdin=stdin)
    assert [text for name, text in request.pairs if name == "authorization"] == [value]


async def test_parameters_are_added_to_the_url(program: Program) -> None:
    request = await request_of(program, "--query", "q=a b&c", "--query", "empty=")
    assert request.path == "/x?a=%2F&q=a%20b%26c&empty="


async def test_a_compressed_stream_is_asked_for_and_decoded(program: Program) -> None:
    packed = [gzip.compress(b"data: here\n\n")]
    answer = Answer(200, EVENT_STREAM | {"Content-Encoding": "gzip"}, packed, "hold")
    async with WireServer([answer]) as server:
        done = await program.run("tail", "--raw", "--count", "1", "--compressed", server.url)
        assert (done.code, done.out) == (0, "here\n")
        assert "gzip" in server.requests[0].headers["accept-encoding"]


async def test_tail_wait_and_send_go_by_a_unix_socket(program: Program) -> None:
    path = program.folder / "server.sock"
    by_socket = ("--unix-socket", str(path))

    async with WireServer(one_event, path=path) as server:
        tail = await program.run("tail", "--raw", "--count", "1", *by_socket, "http://docker/v1")
        wait = await program.run(*by_socket, "wait", "--raw", "jobs")
        sent = await program.run("send", *by_socket, "a", "1")
        assert [done.out for done in (tail, wait, sent)] == ["here\n", "here\n", "1-7\n"]
        assert [request.path for request in server.requests] == [
            "/v1",
            "/events/jobs",
            "/events/a",
        ]
        assert server.requests[1].headers["host"] == "localhost"


async def test_tail_and_send_go_through_a_socks_proxy(program: Program) -> None:
    async with (
        WireServer(one_event) as server,
        SocksProxy(server.port, login=("me", "secret")) as proxy,
    ):
        through = ("--proxy", f"socks5h://me:secret@{proxy.place}")
        tail = await program.run("tail", "--raw", "--count", "1", *through, "http://far.invalid/x")
        send = await program.run("send", *through, "--url", "http://far.invalid", "a", "1")
        assert (tail.out, send.out) == ("here\n", "1-7\n")
        assert proxy.asked_for == [("far.invalid", 80)] * 2


async def test_certificates_are_given_or_not_asked_for(program: Program, tmp_path: Path) -> None:
    pem = Certificates(tmp_path)
    ways = {
        ("--ca", str(pem.ca)): 0,
        ("--ca", str(pem.ca), "--cert", str(pem.cert), "--key", str(pem.key)): 0,
        ("-k",): 0,
        (): 3,
    }
    async with WireServer(one_event, tls=pem.server_context()) as server:
        for args, code in ways.items():
            done = await program.run("tail", "--raw", "--count", "1", *args, server.url)
            assert done.code == code
        assert "--ca" in done.err
        assert "--insecure" in done.err


@pytest.fixture
def signals_kept() -> Iterator[None]:
    """The handlers of this process, which a command replaces by its own."""
    before = [signal.getsignal(number) for number in SIGNALS]
    yield
    for number, handler in zip(SIGNALS, before, strict=True):
        signal.signal(number, handler)


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (("--unix-socket", ""), "--unix-socket is empty"),
        (("--proxy", ""), "--proxy is empty"),
        (("--header-command", ""), "--header-command is empty"),
        (("--proxy", "gopher://me:secret@p"), "Not a proxy: 'gopher://p'"),
        (("--proxy", "http://p", "--unix-socket", "s"), "either --unix-socket or --proxy"),
        (("--ca", "nowhere"), "The CA file cannot be used: nowhere: no such file"),
        (("--cert", "text"), "The certificate cannot be used: text"),
        (("--key", "text"), "A key without a certificate: text"),
        (("--user", "me"), "No password is given: for the user 'me'"),
        (("--bearer", ""), "The bearer token is empty"),
        (("--bearer", "a\nsecret"), "Not a bearer token"),
        (("--bearer", "@nowhere"), "Cannot read the file: nowhere"),
        (("--query", "a"), "Not a query parameter: 'a'"),
        (("--query", "=a"), "Not a query parameter: '=a'"),
        (("--proxy", "http://p:x"), "has a bad port"),
    ],
)
@pytest.mark.usefixtures("signals_kept")
def test_a_bad_value_is_told_in_one_sentence(
    args: tuple[str, ...],
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "text").write_text("hello")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(SystemExit) as ending:
        run(["tail", *args, "http://127.0.0.1:9/x"])
    out, err = capfd.readouterr()
    assert (ending.value.code, out) == (2, "")
    first, *hint = err.splitlines()
    assert sentence in first
    assert len(hint) <= 1
    assert "secret" not in err


async def test_a_header_command_that_fails_is_exit_3(program: Program) -> None:
    args = ("--header-command", "echo 'vault is \x1b[31msealed' >&2; exit 5")
    for command in (("tail", "http://127.0.0.1:9/x"), ("send", "a", "1")):
        done = await program.run(*command, *args)
        assert done.code == 3
        assert r"failed with exit code 5: vault is \x1b[31msealed" in done.err


async def test_a_profile_of_a_strangers_folder_runs_no_command(program: Program) -> None:
    (program.folder / "sse-tui.toml").write_text(
        "default_profile = 'p'\n[profiles.p]\nurl = 'http://127.0.0.1:9'\n"
        "header_command = 'touch owned'"
    )
    done = await program.run("send", "a", "1")
    assert done.code == 2
    assert "runs a command" in done.err
    assert [path.name for path in program.folder.iterdir()] == ["sse-tui.toml"]


async def test_the_demo_goes_nowhere_else(program: Program) -> None:
    for args in (("--proxy", "http://p"), ("--unix-socket", "s"), ("--header-command", "x")):
        done = await program.run(*args, "demo", "--no-ui")
        assert (done.code, done.out) == (2, "")
        assert "hub of its own" in done.err


async def test_a_profiles_trust_is_for_its_server_and_an_options_for_all(
    program: Program, tmp_path: Path
) -> None:
    pem = Certificates(tmp_path)
    async with WireServer(one_event, tls=pem.server_context()) as server:
        program.config_file.write_text(
            'default_profile = "p"\n[profiles.p]\nurl = "https://other.invalid"\ninsecure = true\n'
        )
        for args, code in (
            ((server.url,), 3),
            ((server.url, "-k"), 0),
            (("--curl", f"curl -k {server.url}"), 0),
        ):
            done = await program.run("tail", "--raw", "--count", "1", *args)
            assert done.code == code
