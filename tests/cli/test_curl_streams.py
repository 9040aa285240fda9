"""`--curl` in the program: the requests of pasted command lines, held against the real curl."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import ssl
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from peers.certificates import Certificates
from peers.program import LIMIT_S, Program
from peers.wire_server import Answer, Request, WireServer

from sse_tui.cli.context import AppContext
from sse_tui.cli.curl.command import parse_curl
from sse_tui.cli.curl.streams import client_options_of
from sse_tui.client.options import ClientOptions


def stream(end: str = "hold") -> Answer:
    return Answer(200, write=[b"data: 1\n\n"], end=end)


def command_lines(url: str) -> list[str]:
    """Requests of many shapes; files are those of `files`."""
    return [
        f"curl -sN {url}/stream",
        f"curl -sSNXPUT --url {url}/a?b=c -d x=1 -d y=2",
        f"curl -s {url} -H 'X-A: 1' -HX-B:2 -H 'X-Empty;' -H 'X-Gone:' -A me -e http://from.test",
        f"curl -s {url} -u 'me:s3:cret' -b 'a=1' -b 'b=2'",
        f"curl -s {url} -u me:secret -H 'Authorization: Own'",
        f"curl -s {url} --oauth2-bearer tok3n",
        f"curl -s -G {url}/s?x=1 -d a=1 --data-urlencode 'q=a b&c/ü~' --data-urlencode =z=",
        f"curl -s {url} --data-urlencode 'plain text+' --data-urlencode name@lines.txt",
        f"curl -s {url} -d @lines.txt -d more",
        f"curl -s {url} --data-binary @lines.txt -H 'Content-Type: text/plain'",
        f"curl -s {url} --data-raw @lines.txt -H 'Content-Type:'",
        f"curl -s {url} --json '{{\"a\":' --json '1}}'",
        f"curl -s {url} -H @headers.txt",
        f"curl -s {url} --data-raw $'it\\'s \\x41\\u00e9\\n\\t\\\\'",
        f"curl -s {url}?k=v --url-query 'a=b c' --url-query +raw=%20",
        f"curl -s {url} -XREPORT -d ''",
        f"curl -s -x {url} http://inner.test/stream?a=1",
        f"curl -s --proxy {url[7:]} -U 'j:p@ss' -u me:secret inner.test/s",
    ]


# Which case curl writes %C3 in depends on its version.
_PERCENT = re.compile("%[0-9A-Fa-f]{2}")
SENT_BY_US = {
    "accept-encoding",
    "cache-control",
    "user-agent",
    "connection",
    "host",
    "proxy-connection",
}


def comparable(request: Request, text: str) -> dict[str, Any]:
    """A request without what every client says in its own way."""
    own = set(SENT_BY_US)
    if "-A " in text:
        own.discard("user-agent")
    if "--json" not in text:
        own.add("accept")
    pairs = sorted(pair for pair in request.pairs if pair[0] not in own)
    return {
        "line": (request.method, _PERCENT.sub(lambda code: code[0].upper(), request.path)),
        "headers": pairs,
        "body": request.body,
    }


async def by_curl(text: str, folder: Path) -> None:
    """Have the real curl do it, through a shell."""
    process = await asyncio.create_subprocess_exec(
        "bash", "-c", text, cwd=folder, stdout=asyncio.subprocess.DEVNULL, env={**os.environ}
    )
    async with asyncio.timeout(LIMIT_S):
        assert await process.wait() == 0


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize("index", range(len(command_lines(""))))
async def test_the_request_is_the_one_that_curl_sends(program: Program, index: int) -> None:
    (program.folder / "lines.txt").write_text("one & two\r\nthree\n")
    (program.folder / "headers.txt").write_text("X-From: file\nX-Other: ü\n\n")
    async with WireServer([stream("close"), stream()]) as server:
        text = command_lines(server.url)[index]
        await by_curl(text, program.folder)
        done = await program.run("tail", "--raw", "--count", "1", "--curl", text)
        theirs, ours = server.requests
    assert (done.code, done.out, done.err) == (0, "1\n", "")
    assert comparable(ours, text) == comparable(theirs, text)


@pytest.mark.parametrize(
    ("options", "beside"),
    [
        ("--unix-socket s", []),
        ("--unix-socket s -x localhost:9", []),
        ("--unix-socket gone", ["--unix-socket", "s"]),
        ("-x localhost:9", ["--unix-socket", "s"]),
    ],
)
async def test_it_goes_through_the_socket_that_is_named(
    program: Program, options: str, beside: list[str]
) -> None:
    path = program.folder / "s"
    async with WireServer([stream()], path=path) as server:
        text = f"curl -N {options} http://docker.test/events"
        done = await program.run("tail", "--raw", "--count=1", *beside, "--curl", text)
        (request,) = server.requests
    assert (done.code, done.out) == (0, "1\n")
    assert (request.path, request.headers["host"]) == ("/events", "docker.test")


@pytest.mark.parametrize(
    ("options", "beside", "code"),
    [
        ("--cacert ca.pem -E cert.pem --key key.pem", [], 0),
        ("-k --cert cert.pem --key key.pem", [], 0),
        ("--cacert gone.pem", ["--ca", "ca.pem", "--cert", "cert.pem", "--key", "key.pem"], 0),
        ("--cacert gone.pem", [], 2),
        ("--cert cert.pem --key key.pem", [], 3),
    ],
)
async def test_its_certificates_count(
    program: Program, options: str, beside: list[str], code: int
) -> None:
    tls = Certificates(program.folder)
    context = tls.server_context(ask=ssl.CERT_REQUIRED)
    async with WireServer([stream()], tls=context) as server:
        text = f"curl -sN {options} {server.url}"
        done = await program.run("tail", "--raw", "--count=1", *beside, "--curl", text)
    assert done.code == code
    assert "gone.pem" in done.err or code != 2
    assert "not trusted" in done.err or code != 3


async def test_a_kind_of_server_can_be_named_beside_it(program: Program) -> None:
    answer = Answer(200, {"Content-Type": "application/json"}, [b'{"a":1}\n'], end="hold")
    async with WireServer([answer]) as server:
        text = f"curl -sSN '{server.url}/api/v1/pods?watch=1'"
        args = ("--raw", "--count=1", "--dialect", "ndjson", "--curl", text)
        done = await program.run("tail", *args)
    assert (done.code, done.out) == (0, '{"a":1}\n')


async def test_options_beside_it_win(program: Program) -> None:
    async with WireServer([stream()]) as server:
        text = f"curl -XPOST -H 'X-A: theirs' -H 'X-B: kept' -H 'Last-Event-ID: 3' {server.url}"
        done = await program.run(
            *("tail", "--raw", "--count=1", "-H", "x-a: mine", "-X", "PUT", "--curl", text),
            *("--last-event-id", "9"),
        )
        (request,) = server.requests
    assert (done.code, done.out) == (0, "1\n")
    assert request.method == "PUT"
    assert (request.headers["x-a"], request.headers["x-b"]) == ("mine", "kept")
    assert request.headers["last-event-id"] == "9"


async def test_its_max_time_is_the_timeout_and_can_be_overruled(program: Program) -> None:
    async with WireServer([Answer(200, write=[b":\n\n"], end="hold")]) as server:
        text = f"curl -m 0.2 {server.url}"
        done = await program.run("wait", "--curl", text)
        assert done.code == 4
        async with asyncio.timeout(LIMIT_S):
            done = await program.run(
                "tail", "--timeout", "0.1", "--curl", text.replace("0.2", "900")
            )
    assert done.code == 0


async def test_what_was_left_out_is_one_line_and_the_stream_is_read(program: Program) -> None:
    async with WireServer([stream()]) as server:
        text = f"curl --made-up -w %{{http_code}} {server.url} | jq ."
        done = await program.run("tail", "--raw", "--count=1", "--curl", "-", stdin=text.encode())
    assert (done.code, done.out) == (0, "1\n")
    assert done.err == "sse-tui: --curl: not understood, left out: --made-up, -w, | jq .\n"


async def test_its_secrets_stay_at_its_origin(program: Program) -> None:
    async with WireServer([stream()]) as other:
        away = Answer(302, {"Location": other.url}, framing="length0")
        async with WireServer([away]) as server:
            text = f"curl -LN -u me:secret -H 'X-Key: k' -b s=1 {server.url}"
            done = await program.run("tail", "--raw", "--count=1", "--curl", text)
            assert server.requests[0].headers["x-key"] == "k"
        assert done.out == "1\n"
        names = set(other.requests[0].headers)
    assert not names & {"x-key", "authorization", "cookie"}


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["curl 'http://x"], "line 1, column 6"),
        (["curl x", "topic"], "'topic' is another one"),
        (["curl -F a=b x"], "-F is not understood"),
        (["curl ftp://x/y"], "'ftp'"),
        (["@gone.txt"], "gone.txt"),
    ],
)
async def test_a_command_that_cannot_be_followed_is_2(
    program: Program, args: list[str], said: str
) -> None:
    done = await program.run("tail", "--curl", *args)
    assert done.code == 2
    assert said in done.err


async def test_a_topic_dialect_does_not_take_its_url_for_a_topic(program: Program) -> None:
    program.config_file.write_text(
        'default_profile = "m"\n[profiles.m]\nurl = "http://127.0.0.1:9"\ndialect = "mercure"\n'
    )
    async with WireServer([stream()]) as server:
        done = await program.run("tail", "--json", "--count=1", "--curl", f"curl {server.url}/x")
    assert json.loads(done.out)["topic"] == f"{server.url}/x"


def test_a_profiles_certificate_and_socket_stay_at_its_origin() -> None:
    profile = ClientOptions(ca="c", cert="c", own_tls=True, unix_socket="s", own_way=True)
    command = parse_curl("curl -k -x p:1 https://x.test", {})
    options = client_options_of(AppContext(), command, profile)
    assert (options.ca, options.cert, options.insecure, options.own_tls) == (
        None,
        None,
        True,
        False,
    )
    assert (options.unix_socket, options.proxy, options.own_way) == (None, "http://p:1", False)
    plain = client_options_of(AppContext(), parse_curl("curl https://x.test", {}), profile)
    assert plain == replace(profile, dialect="url")


def test_a_form_from_a_file_has_no_line_ends_and_no_null_bytes(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"a=1\r\n&b=\0 2\n")
    assert parse_curl(f"curl -d @{tmp_path}/f x", {}).body == b"a=1&b= 2"
    assert parse_curl(f"curl --data-binary @{tmp_path}/f x", {}).body == b"a=1\r\n&b=\0 2\n"
