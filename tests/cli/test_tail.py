from __future__ import annotations

import asyncio
import json
import signal
from datetime import datetime

import pytest
from peers.program import Program
from peers.wire_server import Answer, WireServer

DONE = b"data: [DONE]\n\n"
THREE = b"event: a\ndata: 1\n\nid: 7\ndata: 2\n\ndata: 3\n\n"


def stream(*pieces: bytes, end: str = "close") -> Answer:
    return Answer(write=pieces, end=end)


# Exit codes


async def test_a_204_ends_it_with_0(program: Program) -> None:
    async with WireServer([stream(b"retry: 100\n\n", THREE)]) as server:
        done = await program.run("tail", "--raw", server.url)
    assert (done.code, done.out) == (0, "1\n2\n3\n")
    assert len(server.requests) == 2


async def test_done_ends_it_with_0_and_is_printed(program: Program) -> None:
    async with WireServer([stream(b"data: 1\n\n", DONE, end="hold")]) as server:
        done = await program.run("tail", "--raw", server.url)
    assert (done.code, done.out) == (0, "1\n[DONE]\n")


async def test_no_done_takes_it_for_data(program: Program) -> None:
    async with WireServer([stream(DONE, b"data: after\n\n", end="hold")]) as server:
        done = await program.run("tail", "--raw", "--no-done", "--count", "2", server.url)
    assert (done.code, done.out) == (0, "[DONE]\nafter\n")


async def test_a_refusal_is_3_with_a_clear_sentence(program: Program) -> None:
    async with WireServer([Answer(401, {}, framing="length0")]) as server:
        done = await program.run("tail", server.url)
    assert (done.code, done.out) == (3, "")
    assert "401" in done.err
    assert "Traceback" not in done.err


async def test_count_is_exact(program: Program) -> None:
    async with WireServer([stream(THREE, end="hold")]) as server:
        done = await program.run("tail", "--raw", "--count", "2", server.url)
    assert (done.code, done.out) == (0, "1\n2\n")


async def test_a_count_that_is_not_met_is_4(program: Program) -> None:
    async with WireServer([stream(THREE, DONE, end="hold")]) as server:
        done = await program.run("tail", "--raw", "--count", "9", server.url)
    assert (done.code, done.out) == (4, "1\n2\n3\n[DONE]\n")


async def test_timeout_is_0_alone_and_4_before_the_count(program: Program) -> None:
    async with WireServer(lambda _: stream(THREE, end="hold")) as server:
        alone, counted = await asyncio.gather(
            program.run("tail", "--raw", "--timeout", "1.5", server.url),
            program.run("tail", "--raw", "--timeout", "1.5", "--count", "9", server.url),
        )
    assert (alone.code, alone.out) == (0, "1\n2\n3\n")
    assert (counted.code, counted.out) == (4, "1\n2\n3\n")


async def test_exit_idle_ends_it_once_events_stay_away(program: Program) -> None:
    spread_over_a_second = [b"data: x\n\n"] * 900  # each after the wire's pause
    async with WireServer([stream(*spread_over_a_second, b": alive\n\n", end="hold")]) as server:
        done = await program.run("tail", "--raw", "--exit-idle", "0.8", server.url)
    assert done.code == 0
    assert done.out == "x\n" * 900


async def test_of_several_targets_the_worst_counts(program: Program) -> None:
    def answer(path: str) -> Answer:
        if path == "/gone":
            return Answer(404, {}, framing="length0")
        return stream(THREE, DONE, end="hold")

    async with WireServer(lambda request: answer(request.path)) as server:
        done = await program.run("tail", "--json", f"{server.url}/a", f"{server.url}/gone")
    assert done.code == 3
    assert [line["data"] for line in done.json_lines()] == ["1", "2", "3", "[DONE]"]
    assert "404" in done.err


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
async def test_a_signal_ends_it_with_its_code(program: Program, number: int, code: int) -> None:
    async with WireServer([stream(THREE, end="hold")]) as server:
        running = await program.start("tail", "--raw", server.url)
        assert await running.line() == "1"
        done = await running.stop(number)
    assert (done.code, done.err) == (code, "")


async def test_a_signal_ends_it_while_nobody_reads(program: Program) -> None:
    flood = b"".join(b"data: %d\n\n" % n for n in range(200_000))
    async with WireServer([stream(flood, end="hold")]) as server:
        running = await program.start("tail", server.url)
        assert (await running.line()).endswith(" 0")  # the pipe fills up; nobody reads on
        running.process.terminate()
        async with asyncio.timeout(10):
            # `wait` would wait for the pipe's end, too.
            while running.process.returncode is None:  # noqa: ASYNC110 - there is no event for it
                await asyncio.sleep(0)
        assert (await running.finish()).code == 143


async def test_a_closed_pipe_is_0_at_once_and_silent(program: Program) -> None:
    async with WireServer([stream(THREE, end="hold")]) as server:
        running = await program.start("tail", "--raw", server.url)
        assert await running.line() == "1"
        assert running.process.stdout is not None
        running.process.stdout._transport.close()  # type: ignore[attr-defined]
        async with asyncio.timeout(10):
            code = await running.process.wait()
        assert running.process.stderr is not None
        assert (code, await running.process.stderr.read()) == (0, b"")


async def test_a_full_disk_is_1_with_a_clear_sentence(program: Program) -> None:
    async with WireServer([stream(THREE, end="hold")]) as server:
        done = await program.run("tail", server.url, stdout_file="/dev/full")
    assert done.code == 1
    assert "The output cannot be written: No space left on device" in done.err


# Lines

KEYS = {
    "event": {"event", "data", "id", "own_id", "source"},
    "comment": {"text"},
    "retry": {"ms"},
    "state": {"state", "detail", "status", "attempt", "retry_in_ms"},
    "gap": {
        "offline_s",
        "resumed_after",
        "replayed",
        "duplicates",
        "lost",
        "certainty",
    },
    "partial": {"data"},
}


async def test_json_all_prints_every_kind_with_exactly_its_fields(program: Program) -> None:
    first = stream(b": hi\n\nretry: 100\n\n", THREE, b"data: half")
    async with WireServer([first, stream(b"data: 4\n\n")]) as server:
        done = await program.run("tail", "--json", "--all", f"{server.url}/?q=1")
    assert done.code == 0
    lines = done.json_lines()
    assert {line["kind"] for line in lines} == set(KEYS)
    for line in lines:
        own = set(line) - {"kind", "topic", "number", "received_at"}
        assert own == KEYS[line["kind"]], line
        assert line["topic"] == f"{server.url}/?q=1"
        assert datetime.fromisoformat(line["received_at"]).utcoffset() is not None
        assert line["received_at"].endswith("Z")
    assert [line["number"] for line in lines] == list(range(1, len(lines) + 1))
    states = [line["state"] for line in lines if line["kind"] == "state"]
    assert states == [*["connecting", "open", "waiting"] * 2, "connecting", "stopped"]
    events = [line for line in lines if line["kind"] == "event"]
    assert [line["id"] for line in events] == ["", "7", "7", "7"]
    assert [line["own_id"] for line in events] == [False, True, False, False]
    assert [line["event"] for line in events] == ["a", "message", "message", "message"]
    assert events[0]["source"] is None


async def test_without_all_json_prints_events_only(program: Program) -> None:
    async with WireServer([stream(b": hi\n\n", THREE, DONE, end="hold")]) as server:
        done = await program.run("tail", "--json", server.url)
    assert [line["kind"] for line in done.json_lines()] == ["event"] * 4


async def test_the_default_line_is_time_topic_type_data_escaped(program: Program) -> None:
    async with WireServer([stream(b"event: x\ndata: \x1b[31mred\n\n", DONE, end="hold")]) as server:
        done = await program.run("tail", server.url)
    first = done.out.splitlines()[0]
    datetime.strptime(first[:12], "%H:%M:%S.%f")
    assert first[12:] == f" {server.url} x \\x1b[31mred"


async def test_raw_is_exact(program: Program) -> None:
    data = b"data: \x1b[31m\ndata:  two\n\ndata:\n\n"
    async with WireServer([stream(data, DONE, end="hold")]) as server:
        done = await program.run("tail", "--raw", server.url)
    assert done.out == "\x1b[31m\n two\n\n[DONE]\n"


async def test_events_are_printed_as_they_come(program: Program) -> None:
    async with WireServer([stream(b"data: now\n\n", end="hold")]) as server:
        running = await program.start("tail", "--raw", server.url)
        assert await running.line() == "now"
        await running.stop()


async def test_what_the_stream_did_is_told_on_stderr(program: Program) -> None:
    first = stream(b"retry: 100\n\n", THREE, b"data: half", end="reset")
    async with WireServer([first, stream(b"data: 4\n\n", DONE, end="hold")]) as server:
        done = await program.run("tail", "--raw", server.url)
    assert (done.code, done.out) == (0, "1\n2\n3\n4\n[DONE]\n")
    for words in ("waiting", "unfinished event", "gap", "stopped"):
        assert words in done.err, words


# Choosing


async def test_where_prints_what_matches_and_counts_that(program: Program) -> None:
    async with WireServer([stream(THREE, THREE, end="hold")]) as server:
        done = await program.run(
            "tail", "--raw", "--where", "event:message and not data = 2", "--count", "2", server.url
        )
    assert (done.code, done.out) == (0, "3\n3\n")


async def test_until_ends_after_the_first_match(program: Program) -> None:
    async with WireServer(lambda _: stream(THREE, DONE, end="hold")) as server:
        met, missed = await asyncio.gather(
            program.run("tail", "--raw", "--until", "data = 2", server.url),
            program.run("tail", "--raw", "--until", "nothing", server.url),
        )
    assert (met.code, met.out) == (0, "1\n2\n")
    assert missed.code == 4


# Requests


async def test_method_headers_body_and_position_are_sent(program: Program) -> None:
    (program.folder / "body.json").write_bytes(b'{"stream": true}')
    async with WireServer([stream(DONE, end="hold")]) as server:
        options = ["-X", "QUERY", "-H", "X-One: 1", "-H", "X-Two: a:b", "--last-event-id", "ü-7"]
        done = await program.run("tail", *options, "-d", "@body.json", server.url)
        (request,) = server.requests
    assert done.code == 0
    assert request.method == "QUERY"
    assert request.body == b'{"stream": true}'
    assert request.headers["x-one"] == "1"
    assert request.headers["x-two"] == "a:b"
    assert request.headers["last-event-id"] == "ü-7"
    assert request.headers["content-type"] == "application/json"


async def test_a_body_makes_it_a_post_that_is_not_repeated(program: Program) -> None:
    async with WireServer([stream(THREE)]) as server:
        done = await program.run("tail", "--raw", "-d", "-", server.url, stdin=b"{}")
        (request,) = server.requests
    assert (request.method, request.body) == ("POST", b"{}")
    assert (done.code, done.out) == (0, "1\n2\n3\n")


async def test_a_post_is_repeated_when_asked_for(program: Program) -> None:
    async with WireServer([stream(b"retry: 100\n\n", THREE)]) as server:
        done = await program.run("tail", "--raw", "--reconnect", "-d", "{}", server.url)
    assert done.code == 0
    assert [request.method for request in server.requests] == ["POST", "POST"]


async def test_no_reconnect_ends_with_the_stream(program: Program) -> None:
    async with WireServer(lambda _: stream(THREE)) as server:
        done = await program.run("tail", "--raw", "--no-reconnect", server.url)
    assert (done.code, done.out) == (0, "1\n2\n3\n")
    assert len(server.requests) == 1


async def test_strict_fails_on_503(program: Program) -> None:
    async with WireServer(lambda _: Answer(503, {}, framing="length0")) as server:
        done = await program.run("tail", "--strict", server.url)
    assert done.code == 3
    assert len(server.requests) == 1


async def test_idle_timeout_connects_again(program: Program) -> None:
    script = [stream(b"retry: 100\n\n", THREE, end="hold"), stream(DONE, end="hold")]
    async with WireServer(script) as server:
        done = await program.run("tail", "--raw", "--idle-timeout", "0.5", server.url)
    assert (done.code, done.out) == (0, "1\n2\n3\n[DONE]\n")
    assert len(server.requests) == 2


async def test_a_topic_belongs_to_the_profiles_server(program: Program) -> None:
    async with WireServer([stream(DONE, end="hold")] * 2) as server:
        program.config_file.write_text(
            f'default_profile = "local"\n[profiles.local]\nurl = "{server.url}"\n'
            'topics = ["a.b"]\nheaders = { X-Token = "${TOKEN}" }\n'
        )
        program.environ["TOKEN"] = "s3cret"
        done = await program.run("tail", "--json")  # the profile's topics
        assert [line["topic"] for line in done.json_lines()] == ["a.b"]
        elsewhere = server.url.replace("127.0.0.1", "localhost")
        await program.run("tail", elsewhere)
    topic, url = server.requests
    assert topic.path == "/events/a.b"
    assert topic.headers["x-token"] == "s3cret"
    assert "x-token" not in url.headers


# Wrong use


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--colour", "x"], "No such option '--colour'"),
        ([], "No stream is named"),
        (["ftp://host/x"], "ftp"),
        (["http://"], "no host"),
        (["no good topic"], "Not a topic name"),
        (["localhost:3000/stream"], "begins with http://"),
        (["-d", "@gone.json", "http://h"], "gone.json: No such file"),
        (["-H", "no colon", "http://h"], "Not a header"),
        (["-H", "A: b\nC: d", "http://h"], "control character"),
        (["--count", "0", "http://h"], "--count"),
        (["-X", "A B", "http://h"], "Not a request method"),
        (["--since", "\udcff", "http://h"], "'--since': '\\udcff' is not UTF-8"),
        (["\udcff"], "is not UTF-8"),
        (["--curl", "curl http://h/\udcff"], "is not UTF-8"),
        (["--raw", "--all", "http://h"], "--raw prints data only"),
        (["--profile", "gone", "x"], "There is no such profile"),
    ],
)
async def test_wrong_use_is_2_with_a_clear_sentence(
    program: Program, args: list[str], said: str
) -> None:
    done = await program.run("tail", *args)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert "Traceback" not in done.err


async def test_a_bad_query_shows_the_place(program: Program) -> None:
    done = await program.run("tail", "--where", "a and )", "http://h")
    assert done.code == 2
    lines = done.err.splitlines()
    text = lines.index("  a and )")
    assert lines[text + 1].index("^") == lines[text].index(")")


@pytest.mark.parametrize(
    ("option", "text", "shown", "caret"),
    [
        ("--until", 'data.x = 1 or "日本" )', 'data.x = 1 or "日本" )', 21),
        ("--where", "é\n日 and )", "é\\n日 and )", 10),
        ("--format", "日本 {evnt}", "日本 {evnt}", 6),
    ],
)
async def test_the_caret_stands_below_the_place_with_wide_characters_too(
    program: Program, option: str, text: str, shown: str, caret: int
) -> None:
    done = await program.run("tail", option, text, "http://h")
    assert done.code == 2
    lines = done.err.splitlines()
    assert lines[lines.index(f"  {shown}") + 1] == " " * (2 + caret) + "^"


async def test_a_bad_configuration_names_file_and_key(program: Program) -> None:
    program.config_file.write_text("them = 1")
    done = await program.run("tail", "x")
    assert done.code == 2
    assert f"{program.config_file}: them" in done.err
    assert "Did you mean theme?" in done.err


# Logs


async def test_debug_logs_go_to_the_file_and_nowhere_else(program: Program) -> None:
    async with WireServer(lambda _: stream(DONE, end="hold")) as server:
        done = await program.run("--log-file", "one.log", "tail", "--raw", server.url)
        program.environ["SSE_TUI_LOG"] = "two.log"
        again = await program.run("tail", "--raw", server.url)
    for run in (done, again):
        assert (run.code, run.out) == (0, "[DONE]\n")
        assert "DEBUG" not in run.err
    for name in ("one.log", "two.log"):
        assert "INFO httpx" in (program.folder / name).read_text()


async def test_a_log_file_that_cannot_be_written_is_2(program: Program) -> None:
    done = await program.run("--log-file", "no/such/folder/x.log", "tail", "http://h")
    assert done.code == 2
    assert "no/such/folder/x.log: No such file" in done.err
    assert json.dumps(done.err).isascii()
