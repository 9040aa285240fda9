from __future__ import annotations

import json

import pytest
from peers.program import Program
from peers.wire_server import Answer, WireServer


def answer(status: int, body: dict[str, str]) -> Answer:
    content = json.dumps(body).encode()
    headers = {"Content-Type": "application/json", "Content-Length": str(len(content))}
    return Answer(status, headers, [content], framing="none")


ACCEPTED = answer(200, {"id": "1-7", "topic": "a.b"})


async def test_an_event_is_sent_as_written_and_its_id_is_printed(program: Program) -> None:
    async with WireServer([ACCEPTED]) as server:
        text = '{"a": 1.0,  "b":"ü"}'
        done = await program.run("--url", server.url, "send", "--event", "login", "a.b", text)
        (request,) = server.requests
    assert (done.code, done.out, done.err) == (0, "1-7\n", "")
    assert (request.method, request.path) == ("POST", "/events/a.b?event=login")
    assert request.headers["content-type"] == "application/json"
    assert request.body.decode() == text


async def test_options_of_the_connection_may_stand_after_the_command(program: Program) -> None:
    async with WireServer([ACCEPTED]) as server:
        done = await program.run("send", "--url", server.url, "-H", "X-A: b", "--json", "a.b", "1")
        (request,) = server.requests
    assert done.code == 0
    assert done.json_lines() == [{"id": "1-7", "topic": "a.b"}]
    assert request.headers["x-a"] == "b"


@pytest.mark.parametrize("argument", ["-", "@event.json"])
async def test_the_event_may_come_from_stdin_or_a_file(program: Program, argument: str) -> None:
    (program.folder / "event.json").write_text('{"from": "file"}\n')
    async with WireServer([ACCEPTED]) as server:
        done = await program.run(
            "send", "--url", server.url, "a.b", argument, stdin=b'{"from": "stdin"}\n'
        )
        (request,) = server.requests
    assert done.code == 0
    assert (
        request.body.decode()
        == {
            "-": '{"from": "stdin"}\n',
            "@event.json": '{"from": "file"}\n',
        }[argument]
    )


async def test_what_is_not_json_is_not_sent(program: Program) -> None:
    async with WireServer() as server:
        done = await program.run("send", "--url", server.url, "a.b", '{\n"x" 1}')
        assert server.requests == []
    assert done.code == 2
    assert "line 2, column 5" in done.err
    assert "Nothing was sent" in done.err


async def test_a_refusal_is_3_with_the_servers_words(program: Program) -> None:
    refusal = answer(413, {"title": "Too large", "detail": "1.2 MiB", "hint": "Send \x1b[31mless"})
    async with WireServer([refusal]) as server:
        done = await program.run("send", "--url", server.url, "a.b", "1")
    assert (done.code, done.out) == (3, "")
    assert "1.2 MiB" in done.err
    assert "\x1b" not in done.err


async def test_no_server_is_3_and_says_what_to_do(program: Program) -> None:
    async with WireServer() as server:
        url = server.url
    done = await program.run("send", "--url", url, "a.b", "1")
    assert done.code == 3
    assert url.removeprefix("http://") in done.err
    assert "Start the server" in done.err


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["a.*", "1"], "Not a topic name"),
        (["--event", "\udcff", "a", "1"], "is not UTF-8"),
        (["a"], "Missing argument"),
        (["a", "@gone.json"], "gone.json: No such file"),
        (["--url", "localhost", "a", "1"], "no scheme"),
    ],
)
async def test_wrong_use_is_2(program: Program, args: list[str], said: str) -> None:
    done = await program.run("send", *args)
    assert done.code == 2
    assert said in done.err
