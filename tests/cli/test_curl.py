"""`--curl`: what pasted command lines mean."""

from __future__ import annotations

from typing import Any

import pytest

from sse_tui.cli.curl.command import parse_curl
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
