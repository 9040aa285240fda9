"""`send` with many events: lines, repetitions, and what a lost answer does to their number."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import pty
import re
import signal
import sys
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest
from peers.hub_in_loop import Hub, running_hub
from peers.program import LIMIT_S, Program, Running
from peers.relay import Relay
from peers.wire_server import Answer, WireServer

from sse_tui.cli.send_run import Sending
from sse_tui.cli.send_tally import Tally
from sse_tui.client.options import StreamOptions
from sse_tui.client.service import EventService
from sse_tui.events.model import Event

TOPIC = "orders"


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[Hub]:
    async with running_hub(tmp_path / "hub") as hub:
        yield hub


async def kept(hub: Hub) -> list[Event]:
    """All events of the topic, in order."""
    everything = StreamOptions(since="earliest")
    async with asyncio.timeout(LIMIT_S), EventService(hub.url) as service:
        stream = await service.subscribe(TOPIC, options=everything)
        await stream.replay_done.wait()
        rows = stream.log.read(stream.log.first_number, stream.log.next_number)
    return [row for row in rows if isinstance(row, Event)]


def lines(count: int) -> list[str]:
    return [json.dumps({"n": number, "text": "ü" * (number % 7)}) for number in range(count)]


async def test_lines_of_a_file_are_sent_in_order_and_summed_up(program: Program, hub: Hub) -> None:
    texts = lines(1234)
    (program.folder / "a.ndjson").write_text("\ufeff" + "\r\n\n".join(texts))
    done = await program.run("send", "--url", hub.url, "--ndjson", TOPIC, "@a.ndjson")
    events = await kept(hub)
    assert [event.data for event in events] == texts
    assert (done.code, done.out) == (0, "")
    assert done.err == f"sse-tui: sent 1,234 events, {events[0].id} … {events[-1].id}\n"


async def test_each_batch_is_told_as_json_and_has_the_event_type(
    program: Program, hub: Hub
) -> None:
    text = "\n".join(lines(700))
    done = await program.run(
        *("send", "--url", hub.url, "--ndjson", "--json", "--event", "new", TOPIC, "@-"),
        stdin=text.encode(),
    )
    events = await kept(hub)
    told = done.json_lines()
    assert sum(batch["count"] for batch in told) == len(events) == 700
    assert (told[0]["first_id"], told[-1]["last_id"]) == (events[0].id, events[-1].id)
    assert max(batch["count"] for batch in told) == 500
    assert {event.type for event in events} == {"new"}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b'{"a":1,}', "line 702, column 8"),
        (b'{"a":NaN}', "NaN is not JSON, line 702"),
        (b'"\xff"', "not UTF-8 at byte 2, line 702"),
        (b"[" * 100_000, "nested too deep, line 702"),
    ],
)
async def test_a_bad_line_of_a_file_stops_before_anything_is_sent(
    program: Program, line: bytes, said: str
) -> None:
    content = "\n".join(lines(700)).encode() + b"\n\n" + line + b"\n"
    (program.folder / "a.ndjson").write_bytes(content)
    async with WireServer() as server:
        done = await program.run("send", "--url", server.url, "--ndjson", TOPIC, "@a.ndjson")
        assert server.requests == []
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert "Nothing was sent" in done.err


async def write(running: Running, text: str) -> None:
    assert running.process.stdin is not None
    running.process.stdin.write(text.encode())
    await running.process.stdin.drain()


async def until_kept(hub: Hub, count: int) -> None:
    """Return once the hub has so many events."""
    async with asyncio.timeout(LIMIT_S), EventService(hub.url) as service:
        options = StreamOptions(since="earliest")
        stream = await service.subscribe(TOPIC, options=options)
        async for _ in service.batches():
            if stream.log.events >= count:
                return


async def test_lines_of_a_pipe_are_sent_as_they_come_up_to_a_bad_one(
    program: Program, hub: Hub
) -> None:
    running = await program.start("send", "--url", hub.url, "--ndjson", TOPIC, "-", stdin=True)
    await write(running, '{"n": 1}\n{"n"')
    await until_kept(hub, 1)
    await write(running, ": 2}\n")
    await until_kept(hub, 2)
    await write(running, '"three"\n{bad\n"never"\n')
    done = await running.finish()
    events = await kept(hub)
    assert [event.data for event in events] == ['{"n": 1}', '{"n": 2}', '"three"']
    assert done.code == 2
    assert "at line 4, column 2" in done.err
    assert f"Before it: sent 3 events, {events[0].id} … {events[-1].id}." in done.err


async def test_an_interrupted_pipe_says_how_many_were_sent(program: Program, hub: Hub) -> None:
    os.mkfifo(program.folder / "pipe")
    running = await program.start("send", "--url", hub.url, "--ndjson", "--text", TOPIC, "@pipe")
    with (program.folder / "pipe").open("w") as pipe:
        pipe.write('say "hi"\nand\x1b bye\n')
        pipe.flush()
        await until_kept(hub, 2)
        done = await running.stop(signal.SIGINT)
    events = await kept(hub)
    assert [event.data for event in events] == [r'"say \"hi\""', r'"and\u001b bye"']
    assert done.code == 130
    assert done.err == f"sse-tui: sent 2 events, {events[0].id} … {events[1].id}\n"


async def test_repeated_events_have_a_number_a_time_and_an_id_of_their_own(
    program: Program, hub: Hub
) -> None:
    data = '{"n":{seq},"at":"{now}","id":"{uuid}","same":"{uuid}","kept":"{other} {{x}}"}'
    done = await program.run(
        "send", "--url", hub.url, "--count", "4", "--interval", "0.05", TOPIC, data
    )
    events = await kept(hub)
    assert (done.code, done.err) == (0, "")
    assert done.out.split() == [event.id for event in events]
    facts = [json.loads(event.data) for event in events]
    assert [each["n"] for each in facts] == [1, 2, 3, 4]
    assert len({each["id"] for each in facts}) == 4
    assert all(each["id"] == each["same"] and each["kept"] == "{other} {{x}}" for each in facts)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", f["at"]) for f in facts)
    times = [datetime.fromisoformat(each["at"]) for each in facts]
    assert (times[-1] - times[0]).total_seconds() >= 0.149


async def test_a_slow_server_does_not_make_the_interval_longer(program: Program) -> None:
    """Each answer takes half the interval; a schedule that drifts would be 1.5 times as long."""
    slow = Answer(200, {"Content-Type": "application/json"}, [b""] * 20 + [b'{"id":"1"}'])
    async with WireServer(lambda _: slow) as server:
        interval = 0.1
        options = ("--count", "12", "--interval", str(interval), "--quiet")
        done = await program.run("send", "--url", server.url, *options, TOPIC, "1")
        times = [request.at for request in server.requests]
    assert (done.code, done.out, done.err, len(times)) == (0, "", "", 12)
    late = [at - times[0] - number * interval for number, at in enumerate(times)]
    assert min(late[6:]) < interval / 2


async def test_an_interval_alone_goes_on_until_interrupted(program: Program, hub: Hub) -> None:
    running = await program.start("send", "--url", hub.url, "--interval", "0.01", TOPIC, "{seq}")
    ids = [await running.line() for _ in range(3)]
    done = await running.stop(signal.SIGINT)
    count = len(ids) + len(done.out.split())
    events = await kept(hub)
    assert done.code == 130
    assert f"sent {count} events, {ids[0]} … {events[-1].id}" in done.err
    assert len(events) == count


async def test_a_signal_waits_for_the_answer_that_is_on_its_way(program: Program) -> None:
    answer = Answer(200, {"Content-Type": "application/json"}, end="hold", last=b'{"id":"1-7"}')
    async with WireServer([answer]) as server:
        running = await program.start("send", "--url", server.url, "--count", "5", TOPIC, "1")
        await server.until(lambda: len(server.requests) == 1)
        running.process.send_signal(signal.SIGINT)
        answer.held.set()
        done = await running.finish()
        assert len(server.requests) == 1
    assert (done.code, done.out) == (130, "1-7\n")
    assert done.err == "sse-tui: sent 1 event, 1-7\n"


async def test_an_answer_that_comes_after_the_signal_counts() -> None:
    answer = Answer(200, {"Content-Type": "application/json"}, end="hold", last=b'{"id":"1-7"}')
    tally = Tally(form="none")
    async with WireServer([answer]) as server, EventService(server.url) as service:
        sending = asyncio.ensure_future(Sending(service, TOPIC, None, tally).one("1"))
        await server.until(lambda: len(server.requests) == 1)
        sending.cancel()
        await asyncio.sleep(0)
        answer.held.set()
        async with asyncio.timeout(LIMIT_S):
            await asyncio.wait({sending})
    assert sending.cancelled()
    assert tally.summary == "sent 1 event, 1-7"


async def test_a_signal_without_an_answer_says_what_is_not_known(program: Program) -> None:
    async with WireServer([Answer(0, {}, end="hold")]) as server:
        running = await program.start("send", "--url", server.url, "--count", "5", TOPIC, "1")
        await server.until(lambda: len(server.requests) == 1)
        running.process.send_signal(signal.SIGINT)
        done = await running.stop(signal.SIGINT)  # nor does a second one change what is not known
    assert (done.code, done.out) == (130, "")
    assert done.err == "sse-tui: sent 0 events; 1 may or may not have arrived\n"


@pytest.mark.parametrize("ndjson", [False, True])
async def test_an_event_whose_answer_was_lost_is_there_once(
    program: Program, hub: Hub, ndjson: bool
) -> None:
    async with Relay(int(hub.url.rpartition(":")[2])) as relay:
        relay.lose_answers = 2
        how = ["--ndjson", "--json"] if ndjson else ["--json"]
        text = "1\n2\n3" if ndjson else "1"
        done = await program.run("send", "--url", relay.url, *how, TOPIC, text)
        assert relay.lose_answers == 0
        assert relay.connections == 3
    events = await kept(hub)
    assert (done.code, [event.data for event in events]) == (0, text.split())
    (told,) = done.json_lines()
    assert told.get("id", told.get("last_id")) == events[-1].id


async def test_answers_that_are_all_lost_leave_it_open_whether_it_arrived(
    program: Program, hub: Hub
) -> None:
    async with Relay(int(hub.url.rpartition(":")[2])) as relay:
        relay.lose_answers = 3
        done = await program.run("send", "--url", relay.url, TOPIC, "1")
    assert done.code == 3
    assert "may or may not have arrived" in done.err
    assert len(await kept(hub)) == 1


@pytest.mark.parametrize("dialect", ["ntfy", "mercure", "nchan"])
async def test_a_server_that_knows_no_key_is_asked_once(program: Program, dialect: str) -> None:
    async with WireServer([Answer(0, {}, end="reset")]) as server:
        done = await program.run("send", "--url", server.url, "--dialect", dialect, TOPIC, "1")
        assert len(server.requests) == 1
    assert done.code == 3
    assert "may or may not have arrived" in done.err
    assert "Look at the topic" in done.err


async def test_a_server_that_was_never_reached_has_got_nothing(program: Program) -> None:
    async with WireServer() as server:
        url = server.url
    done = await program.run("send", "--url", url, "--dialect", "ntfy", TOPIC, "1")
    assert done.code == 3
    assert "The event was not sent" in done.err


async def test_other_servers_get_lines_one_by_one(program: Program) -> None:
    closing = {"Connection": "close"}
    answers = [Answer(200, closing, [f"id-{n}".encode()]) for n in range(2)]
    refusal = Answer(413, {}, [b"too large"])
    async with WireServer([*answers, refusal]) as server:
        done = await program.run(
            *("send", "--url", server.url, "--dialect", "mercure", "--ndjson", "--json"),
            *("https://x.test/books", "1\n2\n3\n4"),
        )
        bodies = [request.body for request in server.requests]
    assert bodies == [b"topic=https%3A%2F%2Fx.test%2Fbooks&data=" + n for n in (b"1", b"2", b"3")]
    assert [line["id"] for line in done.json_lines()] == ["id-0", "id-1"]
    assert done.code == 3
    assert "sent 2 events, id-0 … id-1\n" in done.err
    assert "too large" in done.err


async def test_text_is_sent_as_a_json_string(program: Program, hub: Hub) -> None:
    done = await program.run(
        "send", "--url", hub.url, "--text", TOPIC, "-", stdin='say "ü"\n{x}\n'.encode()
    )
    again = ("--text", "--count", "2", "--quiet")
    quiet = await program.run("send", "--url", hub.url, *again, TOPIC, "no {seq}")
    events = await kept(hub)
    assert (done.code, done.out.strip()) == (0, events[0].id)
    assert (quiet.code, quiet.out, quiet.err) == (0, "", "")
    assert [json.loads(event.data) for event in events] == ['say "ü"\n{x}', "no 1", "no 2"]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--ndjson", "--count", "2", "t", "1"], "excludes --count"),
        (["--count", "2", "t", '{"at":{now}}'], "go in quotes"),
        (["--count", "2", "t", "{seq"], "column 2"),
        (["--count", "0", "t", "1"], "--count"),
        (["--interval", "0", "t", "1"], "--interval"),
        (["t", "hello"], "or --text"),
        (["--ndjson", "t", "@gone"], "gone: No such file"),
        (["--ndjson", "t.*", "1"], "Not a topic name"),
        (["t", "NaN"], "NaN is not JSON"),
    ],
)
async def test_wrong_use_is_2_and_sends_nothing(
    program: Program, args: list[str], said: str
) -> None:
    async with WireServer() as server:
        done = await program.run("send", "--url", server.url, *args)
        assert server.requests == []
    assert (done.code, done.out) == (2, "")
    assert said in done.err


async def test_on_a_terminal_the_count_stands_in_one_line(program: Program, hub: Hub) -> None:
    (program.folder / "a.ndjson").write_text("1\n" * 40_000)
    ours, theirs = pty.openpty()
    command = (sys.executable, "-m", "sse_tui", "send", "--url", hub.url, "--ndjson")
    process = await asyncio.create_subprocess_exec(
        *(*command, TOPIC, "@a.ndjson"),
        cwd=program.folder,
        env=program.environ,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=theirs,
    )
    os.close(theirs)
    async with asyncio.timeout(LIMIT_S):
        said = await asyncio.to_thread(all_of, ours)
        assert await process.wait() == 0
    *counts, last = said.split("\r\x1b[K")
    assert counts
    assert all(re.fullmatch(r"(sent [\d,]+ of 40,000)?", count) for count in counts)
    assert last.startswith("sse-tui: sent 40,000 events, ")


def all_of(terminal: int) -> str:
    """What is written to a terminal until nobody has it open any more."""
    said = b""
    with contextlib.suppress(OSError):  # how Linux reports its end
        while chunk := os.read(terminal, 4096):
            said += chunk
    os.close(terminal)
    return said.decode()
