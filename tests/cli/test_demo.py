from __future__ import annotations

import json
import re
import signal
from pathlib import Path

import pytest
from peers.model_server import ModelServer, Say
from peers.program import Program
from peers.wire_server import Answer, Request, WireServer

from sse_tui.cli.demo import Traffic
from sse_tui.client.service import EventService
from sse_tui.events.model import StreamState

EVENTS = [
    (
        "system_events",
        "startup",
        '{"type":"startup","message":"System initialized","timestamp":"2024-01-01T00:00:00Z"}',
    ),
    ("user_events", "login", '{"type":"login","user_id":"user123","action":"logged_in"}'),
    ("data_events", "update", '{"type":"update","dataset":"analytics","records":1500}'),
]


def hub_folders(program: Program) -> list[Path]:
    return list(Path(program.environ["TMPDIR"]).glob("sse-tui-demo-*"))


def hubs_on(program: Program) -> list[str]:
    """Command lines of hubs whose data is below this test's folder."""
    root = program.environ["TMPDIR"].encode()
    lines = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
    return [line.decode() for line in lines if b"serve" in line and root in line]


async def test_without_a_screen_every_step_happens_and_is_printed(program: Program) -> None:
    done = await program.run("demo", "--no-ui")
    assert done.code == 0, done
    for topic, kind, data in EVENTS:
        assert re.search(rf"^subscribe +{topic} +open$", done.out, re.M)
        assert re.search(rf"^send +{topic} +{kind} +id \S+-\d+$", done.out, re.M)
        assert re.search(rf"^receive +{topic} +{kind} +{re.escape(data)}$", done.out, re.M)
    assert re.search(r"^ask .*offline assistant, through MCP", done.out, re.M)
    assert "> get_event_stream" in done.out
    assert re.search(r"^answer .*\n(.*\n)*.*user123", done.out, re.M)
    assert hub_folders(program) == []
    assert hubs_on(program) == []


async def test_the_model_must_be_configured_to_be_asked(program: Program) -> None:
    done = await program.run("demo", "--no-ui", "--model")
    assert done.code == 2
    assert "OPENAI_API_KEY" in done.err


async def test_a_model_that_does_not_answer_is_3(program: Program) -> None:
    program.environ |= {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1", "OPENAI_API_KEY": "x"}
    done = await program.run("demo", "--no-ui", "--model")
    assert done.code == 3
    assert "receive" in done.out
    assert "127.0.0.1:9" in done.err
    assert "Traceback" not in done.err
    assert hub_folders(program) == []


async def test_your_model_answers_through_mcp_when_asked_for(program: Program) -> None:
    look = Say(calls=[("get_event_stream", {"topic": "user_events"})])
    async with ModelServer(look, Say("One login, by user123.")) as server:
        program.environ |= {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": "x"}
        program.environ["OPENAI_MODEL"] = "scripted"
        done = await program.run("demo", "--no-ui", "--model")
    assert done.code == 0, done
    assert re.search(r"^ask .*scripted, through MCP", done.out, re.M)
    assert re.search(r"^answer +One login, by user123\.$", done.out, re.M)


async def test_an_answer_without_a_look_at_the_events_does_not_count(program: Program) -> None:
    async with ModelServer(Say("Surely nothing.")) as server:
        program.environ |= {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": "x"}
        done = await program.run("demo", "--no-ui", "--model")
    assert done.code == 3
    assert "no answer from the events" in done.err


async def test_the_traffic_waits_until_the_streams_are_open() -> None:
    def answer(request: Request) -> Answer:
        if request.method == "POST":
            body = b'{"id":"1-1","topic":"t"}'
            headers = {"Content-Type": "application/json", "Content-Length": str(len(body))}
            return Answer(200, headers, [body], framing="none")
        return Answer(end="hold")

    async with WireServer(answer) as server, EventService(server.url) as watcher:
        await server.stop()
        stream = await watcher.subscribe("user_events")
        traffic = Traffic(lambda: server.url, watcher)
        traffic.start()
        async for _ in watcher.batches():
            if stream.state is StreamState.WAITING:  # it was refused, and so would an event be
                break
        await server.listen()
        await server.until(lambda: len(server.requests) >= 4)
        await traffic.stop()
    sent = [(request.method, request.path) for request in server.requests[:4]]
    assert sent == [
        ("GET", "/events/user_events"),
        *[("POST", f"/events/{topic}?event={kind}") for topic, kind, _ in EVENTS],
    ]


async def test_it_never_speaks_to_another_server(program: Program) -> None:
    program.environ["SSE_TUI_URL"] = "http://127.0.0.1:9"
    assert (await program.run("demo", "--no-ui")).code == 0
    done = await program.run("--url", "http://127.0.0.1:9", "demo", "--no-ui")
    assert done.code == 2
    assert "a hub of its own" in done.err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
async def test_a_signal_ends_the_hub_and_removes_its_folder(program: Program, number: int) -> None:
    running = await program.start("demo", "--no-ui")
    assert (await running.line()).startswith("connect")
    assert len(hubs_on(program)) == 1
    done = await running.stop(number)
    assert done.code == 128 + number
    assert hub_folders(program) == []
    assert hubs_on(program) == []


async def test_what_is_sent_to_a_hub_can_be_tailed_from_it(program: Program) -> None:
    hub = await program.start("serve", "--port", "0", "--data-dir", "data")
    url = json.loads(await hub.line())["url"]
    program.environ["SSE_TUI_URL"] = url
    tail = await program.start("tail", "--json", "--count", "2", "orders.*", "--since", "earliest")
    sent = await program.run("send", "--event", "created", "orders.eu", '{"total": 12.50}')
    again = await program.run("send", "orders.us", '"two"')
    done = await tail.finish()
    assert (sent.code, again.code, done.code) == (0, 0, 0)
    one, two = done.json_lines()
    assert (one["event"], one["data"], one["id"]) == ("created", '{"total": 12.50}', sent.out[:-1])
    assert (one["topic"], one["source"]) == ("orders.*", "orders.eu")
    assert (two["event"], two["data"], two["source"]) == ("message", '"two"', "orders.us")
    assert (await hub.stop()).code == 0
