"""`--curl`: what pasted command lines mean, held against the real curl where there is one."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import re
import shutil
import ssl
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from peers.certificates import Certificates
from peers.program import LIMIT_S, Program
from peers.wire_server import Answer, Request, WireServer

from sse_tui.cli.context import AppContext
from sse_tui.cli.curl.command import CurlCommand, parse_curl
from sse_tui.cli.curl.streams import client_options_of
from sse_tui.cli.curl.words import shell_words
from sse_tui.client.options import ClientOptions
from sse_tui.errors import UsageError

ENVIRON = {"OPENAI_API_KEY": "sk-1", "ANTHROPIC_API_KEY": "ant-2", "TOKEN": "t3"}

OPENAI = r"""
curl https://api.openai.com/v1/chat/completions \
  -H "Content-Type: application/json" \
  -H "Authorization: Bearer $OPENAI_API_KEY" \
  -d '{
    "model": "gpt-5",
    "messages": [{"role": "user", "content": "Hello!"}],
    "stream": true
  }'
"""
ANTHROPIC = r"""curl https://api.anthropic.com/v1/messages \
     --header "x-api-key: $ANTHROPIC_API_KEY" \
     --header "anthropic-version: 2023-06-01" \
     --header "content-type: application/json" \
     --data \
'{"model": "claude", "max_tokens": 256, "stream": true, "messages": []}'"""
CHROME = r"""curl 'https://app.test/api/stream?x=1&y=%20' \
  -H 'accept: text/event-stream' \
  -H 'accept-language: en-GB,en;q=0.9' \
  -b 'sid=abc; theme=dark' \
  -H 'sec-ch-ua: "Chromium";v="128", "Not;A=Brand";v="24"' \
  -H 'user-agent: Mozilla/5.0 (X11; Linux x86_64)' \
  --data-raw $'{"text":"it\'s here\u0021","n":"a\\nb"}' \
  --compressed"""
CHROME_CMD = """curl ^"https://app.test/api?x=1^&y=2^" ^
  -H ^"accept: text/event-stream^" ^
  -H ^"sec-ch-ua: ^\\^"Chromium^\\^";v=^\\^"128^\\^"^" ^
  --data-raw ^"^{^\\^"a^\\^":^\\^"100^%^^^\\^"^}^\n\nend^" """.rstrip()
FIREFOX = (
    "curl 'https://app.test/events' -H 'User-Agent: Mozilla/5.0' -H 'Accept: text/event-stream'"
    " -H 'Accept-Encoding: gzip, deflate, br, zstd' -H 'Connection: keep-alive'"
    " -H 'Last-Event-ID: 17' -H 'Priority: u=4' --insecure"
)
KUBECTL = "curl -sSN 'http://localhost:8001/api/v1/namespaces/default/pods?watch=1'"
NTFY = "curl -u phil:mypass -s ntfy.sh/mytopic/sse"
MERCURE = (
    "curl -N -H 'Authorization: Bearer '$TOKEN --get --data-urlencode"
    " 'topic=https://example.com/books/{id}' -d lastEventID=earliest"
    " https://hub.test/.well-known/mercure"
)
DOCKER = "curl --no-buffer -XGET --unix-socket /var/run/docker.sock http://localhost/events"
CORPORATE = (
    "curl --cacert ca.pem -E me.pem --key me.key -x proxy.corp:8080 -U 'j:p@ss'"
    " --connect-timeout 5 -m 90 https://inner.test/sse"
)


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        (
            OPENAI,
            {
                "urls": ("https://api.openai.com/v1/chat/completions",),
                "method": "POST",
                "headers": (
                    ("Content-Type", "application/json"),
                    ("Authorization", "Bearer sk-1"),
                ),
            },
        ),
        (
            ANTHROPIC,
            {
                "method": "POST",
                "headers": (
                    ("x-api-key", "ant-2"),
                    ("anthropic-version", "2023-06-01"),
                    ("content-type", "application/json"),
                ),
                "body": b'{"model": "claude", "max_tokens": 256, "stream": true, "messages": []}',
            },
        ),
        (
            CHROME,
            {
                "urls": ("https://app.test/api/stream?x=1&y=%20",),
                "compressed": True,
                "headers": (
                    ("accept", "text/event-stream"),
                    ("accept-language", "en-GB,en;q=0.9"),
                    ("sec-ch-ua", '"Chromium";v="128", "Not;A=Brand";v="24"'),
                    ("user-agent", "Mozilla/5.0 (X11; Linux x86_64)"),
                    ("Cookie", "sid=abc; theme=dark"),
                    ("Content-Type", "application/x-www-form-urlencoded"),
                ),
                "body": rb'{"text":"it' + b"'" + rb's here!","n":"a\nb"}',
            },
        ),
        (
            CHROME_CMD,
            {
                "urls": ("https://app.test/api?x=1&y=2",),
                "headers": (
                    ("accept", "text/event-stream"),
                    ("sec-ch-ua", '"Chromium";v="128"'),
                    ("Content-Type", "application/x-www-form-urlencoded"),
                ),
                "body": b'{"a":"100%^"}\nend',
            },
        ),
        (
            FIREFOX,
            {
                "method": "GET",
                "body": None,
                "insecure": True,
                "compressed": True,
                "last_event_id": "17",
                "headers": (
                    ("User-Agent", "Mozilla/5.0"),
                    ("Accept", "text/event-stream"),
                    ("Connection", "keep-alive"),
                    ("Priority", "u=4"),
                ),
            },
        ),
        (KUBECTL, {"urls": ("http://localhost:8001/api/v1/namespaces/default/pods?watch=1",)}),
        (
            NTFY,
            {
                "urls": ("http://ntfy.sh/mytopic/sse",),
                "headers": (("Authorization", "Basic cGhpbDpteXBhc3M="),),
            },
        ),
        (
            MERCURE,
            {
                "method": "GET",
                "headers": (("Authorization", "Bearer t3"),),
                "urls": (
                    "https://hub.test/.well-known/mercure"
                    "?topic=https%3A%2F%2Fexample.com%2Fbooks%2F%7Bid%7D&lastEventID=earliest",
                ),
            },
        ),
        (DOCKER, {"unix_socket": "/var/run/docker.sock", "method": "GET"}),
        (
            CORPORATE,
            {
                "ca": "ca.pem",
                "cert": "me.pem",
                "key": "me.key",
                "proxy": "http://j:p%40ss@proxy.corp:8080",
                "connect_timeout_s": 5.0,
                "max_time_s": 90.0,
            },
        ),
        ("curl.exe --socks5-hostname localhost:9050 x.test", {"proxy": "socks5h://localhost:9050"}),
        ("curl --proxy socks5://p x.test", {"proxy": "socks5://p:1080"}),
        ("curl --noproxy '*' -x p:1 x.test", {"proxy": ""}),
        ("$ curl -N x.test | jq .", {"notes": ("not understood, left out: | jq .",)}),
        (
            "curl --new-thing -o out.txt -Y3 --new-thing x.test -H 'Accept:' > f",
            {
                "urls": ("http://x.test",),
                "notes": ("not understood, left out: --new-thing, -o, -Y, -H 'accept:', > f",),
            },
        ),
        (
            "curl --u --new=3 -s x.test",
            {"notes": ("not understood, left out: --u, --new",), "urls": ("http://x.test",)},
        ),
        ("curl -H 'X-Empty;' -H 'X-Gone:' x.test", {"headers": (("X-Empty", ""),)}),
        (
            "curl --retry 5 x.test",
            {"notes": ("--retry: a stream that breaks is asked for again anyway",)},
        ),
        ("curl --oauth2-bearer tok x.test", {"headers": (("Authorization", "Bearer tok"),)}),
        ("curl x.test?a=1&b=2", {"urls": ("http://x.test/?a=1&b=2",)}),
        ("curl a.test b.test --url c.test", {"urls": ("http://a.test", "http://b.test", "http://c.test")}),
        ("curl 'http://[::1]:8080/s'", {"urls": ("http://[::1]:8080/s",)}),
        ("curl -g 'x.test/{a,b}[1-2]'", {"urls": ("http://x.test/{a,b}[1-2]",)}),
    ],
)  # fmt: skip
def test_a_command_line_means_what_curl_makes_of_it(text: str, facts: dict[str, Any]) -> None:
    command = parse_curl(text, ENVIRON)
    assert {name: getattr(command, name) for name in facts} == facts
    if "notes" not in facts:
        assert command.notes == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("curl 'x.test", "not closed: line 1, column 6"),
        ('curl x.test \\\n  -H "a: b', "not closed: line 2, column 6"),
        ('curl ^"x.test ^\n -N', "not closed"),
        ("wget x.test", "Not a curl command: 'wget'"),
        ("", "it is empty"),
        ("curl", "names no URL"),
        ("curl -H", "-H needs a value"),
        ("curl --silent=1 x", "--silent takes no value"),
        ("curl -F a=b x", "-F is not understood"),
        ("curl -sSTfile x", "-T is not understood"),
        ("curl --config c x", "--config is not understood"),
        ("curl a -: b", "-: is not understood"),
        ("curl a --next b", "--next is not understood"),
        ("curl -I x", "-I is not understood"),
        ("curl -b cookies.txt x", "cookies.txt: a file"),
        ("curl -u name x", "no password"),
        ("curl -E cert.pem:secret x", "-E with a password"),
        ("curl 'x.test/{a,b}'", "several URLs"),
        ("curl -m soon x", "--max-time 'soon' is not a number"),
        ("curl -H \"A: $NOT_SET\" x", "$NOT_SET"),
        ("curl -H \"A: $(cat key)\" x", "a command of its own"),
        ("curl `cat url`", "a command of its own"),
        ("curl -d @gone.json x", "gone.json: No such file"),
        ("curl x \\", "ends in a backslash"),
    ],
)  # fmt: skip
def test_what_cannot_be_followed_is_told(text: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_curl(text, ENVIRON)
    assert said in str(caught.value)
    assert "secret" not in str(caught.value)


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


def test_one_command_is_one_value() -> None:
    assert parse_curl("curl x", {}) == CurlCommand(urls=("http://x",))


PIECES = [
    "a",
    "b ",
    "é",
    "'",
    '"',
    "\\",
    "\\'",
    '\\"',
    " ",
    "$'",
    "\\n",
    "\\x41",
    "\\u00e9",
    "\\101",
]
PIECES += ["$NAME", "${NAME}", " \\\n", "-H", "a#", "^", "=", "%", ":", "a~"]


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_words_are_those_of_bash() -> None:
    pick = random.Random(7)
    texts = ["".join(pick.choices(PIECES, k=pick.randint(1, 12))) for _ in range(3000)]
    readable = []
    for text in texts:
        with contextlib.suppress(UsageError):
            readable.append((text, shell_words(text, {"NAME": "v-w"})[0]))
    assert len(readable) > 500
    script = 'words() { printf \'%s\\0\' "$#" "$@"; }\nNAME=v-w\n'
    script += "".join(f"words {text}\n" for text, _ in readable)
    done = subprocess.run(
        ["bash"], input=script.encode(), capture_output=True, timeout=LIMIT_S, check=True
    )
    found = iter(done.stdout.decode("utf-8", "surrogateescape").split("\0"))
    for text, words in readable:
        assert [next(found) for _ in range(int(next(found)))] == words, text


@given(st.text("curl -HXdGu'\"\\$^{}[];:&|<>#=`\n\t\x00é%/.1", max_size=60))
def test_any_text_is_followed_or_refused(text: str) -> None:
    for command in (text, f"curl {text}", f'curl ^"{text}'):
        with contextlib.suppress(UsageError):
            assert parse_curl(command, {"HOME": "/"}).urls
