"""Every wire case of the decoder, its chunks fed one by one as they came off the wire."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sse_tui.events.decoder import Decoder
from sse_tui.events.model import Comment, EventFrame, Note

Case = dict[str, Any]
CASES: list[Case] = json.loads(Path(__file__).with_name("parser_cases.json").read_text("utf-8"))


def chunks_of(case: Case) -> Iterator[bytes]:
    inflate = zlib.decompressobj(wbits=31)
    for text in case["chunks"]:
        chunk = base64.b64decode(text)
        gzipped = case["headers"].get("Content-Encoding") == "gzip"
        yield inflate.decompress(chunk) if gzipped else chunk


def events_of(rows: list[EventFrame | Note]) -> list[dict[str, str]]:
    frames = [row for row in rows if isinstance(row, tuple)]
    return [{"type": frame[0], "data": frame[1], "id": frame[2]} for frame in frames]


def test_the_case_file_is_whole() -> None:
    assert len(CASES) == 152
    assert sum("stay_open" in case for case in CASES) == 3


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_parser_case(case: Case) -> None:
    decoder = Decoder()
    rows = [row for chunk in chunks_of(case) for row in decoder.feed(chunk)]
    expected = case["expect"]
    # Nothing is held back for the end: what `finish` gives is never an event.
    assert events_of(rows) == expected["events"]
    decoder.finish()
    assert decoder.last_event_id == expected["final_last_event_id"]
    if "final_retry_ms" in expected:
        assert decoder.retry_ms == expected["final_retry_ms"]
    if "comments" in expected:
        comments = [row.text for row in rows if isinstance(row, Comment)]
        assert comments == [text.removeprefix(" ") for text in expected["comments"]]
