from __future__ import annotations

import asyncio
import json

import pytest
from peers.hub_in_loop import Hub
from peers.stream_reader import StreamReader, field

JSON = {"Content-Type": "application/json"}
NDJSON = {"Content-Type": "application/x-ndjson"}

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def stored(hub: Hub, topic: str) -> list[str]:
    async with StreamReader(hub.url, f"/events/{topic}?since=earliest") as stream:
        return await stream.until(": live")


@pytest.mark.parametrize(
    "text",
    [
        '{"b":1, "a":2}',
        " [1,\t2] ",
        '{\n  "x": "ü\\u0000"\n}\n',
        "\n1",
        '"\\ud800"',
        "123456789012345678901234567890",
        "1e999",
        "[" * 900 + "]" * 900,
        '"\u2028\u0085"',
        '{"a":1,"a":2}',
    ],
)
async def test_json_becomes_the_data_exactly_as_sent(
    shared_hub: Hub, topic: str, text: str
) -> None:
    id_ = await shared_hub.post(topic, text)
    (block,) = await stored(shared_hub, topic)
    assert (field(block, "id"), field(block, "data")) == (id_, text)
    assert field(block, "event") is None


async def test_line_ends_of_all_kinds_become_lf(shared_hub: Hub, topic: str) -> None:
    await shared_hub.post(topic, "[\r\n1,\r2,\n\r3]")
    (block,) = await stored(shared_hub, topic)
    assert field(block, "data") == "[\n1,\n2,\n\n3]"


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{", b"{}{}", b"NaN", b"[Infinity]", b"'a'", b"\xff", b'"\x01"'),
        *(b"\xef\xbb\xbf{}", b"[" * 100_000, "{}".encode("utf-16")),
    ],
    ids=lambda body: repr(body[:10]),
)
async def test_what_is_not_json_is_refused(shared_hub: Hub, topic: str, body: bytes) -> None:
    answer = await shared_hub.client.post(f"/events/{topic}", content=body, headers=JSON)
    assert answer.status_code == 400
    assert answer.json().keys() == {"title", "detail", "hint"}
    assert answer.json()["title"] == "Not JSON"
    assert await stored(shared_hub, topic) == []


async def test_the_place_of_the_error_is_named(shared_hub: Hub, topic: str) -> None:
    answer = await shared_hub.client.post(f"/events/{topic}", content='{\n  "a" 1}', headers=JSON)
    assert "line 2 column 7" in answer.json()["detail"]


async def test_the_event_type_comes_from_the_query(shared_hub: Hub, topic: str) -> None:
    await shared_hub.post(topic, "1", event=" my:type ü")
    await shared_hub.post(topic, "2", event="message")
    typed, plain = await stored(shared_hub, topic)
    assert field(typed, "event") == " my:type ü"
    assert field(plain, "event") is None


@pytest.mark.parametrize("type_", ["", "a\nb", "a\x00", "a\x85", "x" * 129, "hub.gap", "hub."])
async def test_event_types_that_are_refused(shared_hub: Hub, topic: str, type_: str) -> None:
    answer = await shared_hub.client.post(
        f"/events/{topic}", content="1", params={"event": type_}, headers=JSON
    )
    assert answer.status_code == 400
    assert answer.json()["hint"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        JSON | {"Content-Encoding": "gzip"},
    ],
)
async def test_other_content_types_are_refused(
    shared_hub: Hub, topic: str, headers: dict[str, str]
) -> None:
    answer = await shared_hub.client.post(f"/events/{topic}", content=b"1", headers=headers)
    assert answer.status_code == 415


async def test_parameters_of_the_content_type_do_not_matter(shared_hub: Hub, topic: str) -> None:
    headers = {"Content-Type": "Application/JSON; charset=utf-8"}
    answer = await shared_hub.client.post(f"/events/{topic}", content=b"1", headers=headers)
    assert answer.status_code == 200


async def test_a_body_over_the_limit_is_refused(shared_hub: Hub, topic: str) -> None:
    fits = b'"' + b"x" * (2**20 - 2) + b'"'
    assert (
        await shared_hub.client.post(f"/events/{topic}", content=fits, headers=JSON)
    ).status_code == 200
    over = await shared_hub.client.post(f"/events/{topic}", content=fits + b" ", headers=JSON)
    assert over.status_code == 413

    async def unannounced() -> object:  # no Content-Length
        yield fits
        yield b" "

    chunked = await shared_hub.client.post(f"/events/{topic}", content=unannounced(), headers=JSON)  # type: ignore[arg-type]  # async generator
    assert chunked.status_code == 413
    assert len(await stored(shared_hub, topic)) == 1


async def test_a_batch_is_one_event_per_line(shared_hub: Hub, topic: str) -> None:
    body = '{"n":1}\r\n\n  \n[2] \n"3"'
    answer = await shared_hub.client.post(f"/events/{topic}", content=body, headers=NDJSON)
    blocks = await stored(shared_hub, topic)
    assert [field(b, "data") for b in blocks] == ['{"n":1}', "[2] ", '"3"']
    assert answer.json() == {
        "first_id": field(blocks[0], "id"),
        "last_id": field(blocks[2], "id"),
        "count": 3,
    }


@pytest.mark.parametrize(
    ("body", "status", "named"),
    [
        (b"1\n2\n{\n4", 400, "line 3"),
        (b"\n \n", 400, ""),
        (b"", 400, ""),
        (b'1\n"' + b"x" * 2**20 + b'"\n2', 413, "line 2"),
        (b"1\n" * 2**23 + b"1", 413, ""),
    ],
    ids=["not JSON", "blank", "empty", "large line", "large batch"],
)
async def test_a_batch_is_kept_whole_or_not_at_all(
    shared_hub: Hub, topic: str, body: bytes, status: int, named: str
) -> None:
    answer = await shared_hub.client.post(f"/events/{topic}", content=body, headers=NDJSON)
    assert answer.status_code == status
    assert named in answer.json()["detail"]
    assert await stored(shared_hub, topic) == []


async def test_a_large_batch_keeps_its_order(shared_hub: Hub, topic: str) -> None:
    await shared_hub.post_many(topic, [json.dumps(n) for n in range(30_000)])
    assert [field(b, "data") for b in await stored(shared_hub, topic)] == [
        str(n) for n in range(30_000)
    ]


@pytest.mark.parametrize("name", ["a..b", "a b", "", "*", "a.>", "ü", "a/b", "x" * 129], ids=ascii)
async def test_publishing_needs_a_topic_name(shared_hub: Hub, name: str) -> None:
    answer = await shared_hub.client.post(f"/events/{name}", content="1", headers=JSON)
    assert answer.status_code == 400
    assert answer.json().keys() == {"title", "detail", "hint"}


async def test_a_retry_with_the_same_key_is_not_published_twice(
    shared_hub: Hub, topic: str
) -> None:
    keyed = JSON | {"Idempotency-Key": topic}
    first = await shared_hub.client.post(f"/events/{topic}?event=a", content="1", headers=keyed)
    again = await shared_hub.client.post(f"/events/{topic}?event=a", content="1", headers=keyed)
    assert (again.status_code, again.json()) == (200, first.json())
    assert len(await stored(shared_hub, topic)) == 1


async def test_a_retry_of_a_batch_gets_the_same_answer(shared_hub: Hub, topic: str) -> None:
    keyed = NDJSON | {"Idempotency-Key": topic}
    answers = await asyncio.gather(
        *(
            shared_hub.client.post(f"/events/{topic}", content="1\n2", headers=keyed)
            for _ in range(8)
        )
    )
    assert len({answer.text for answer in answers}) == 1
    assert len(await stored(shared_hub, topic)) == 2


@pytest.mark.parametrize(
    ("path", "body"), [("x?event=a", "2"), ("x?event=b", "1"), ("y?event=a", "1")]
)
async def test_a_key_belongs_to_one_request(
    shared_hub: Hub, topic: str, path: str, body: str
) -> None:
    keyed = JSON | {"Idempotency-Key": topic}
    await shared_hub.client.post(f"/events/{topic}?event=a", content="1", headers=keyed)
    other = await shared_hub.client.post(f"/events/{topic[:-1]}{path}", content=body, headers=keyed)
    assert other.status_code == 422
    assert len(await stored(shared_hub, topic.replace("x", ">"))) == 1


@pytest.mark.parametrize("key", ["", "k" * 256])
async def test_keys_that_are_refused(shared_hub: Hub, topic: str, key: str) -> None:
    answer = await shared_hub.client.post(
        f"/events/{topic}", content="1", headers=JSON | {"Idempotency-Key": key}
    )
    assert answer.status_code == 400
