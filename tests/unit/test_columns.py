from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.reference_decoder import plain, reference

from sse_tui.events.columns import MIN_CHARACTERS, frames_of_one_shape
from sse_tui.events.decoder import Decoder

VALUES = st.sampled_from(["x", "", " two", "a:b", "é€🧪", "id: 7", "data: x", "a\0b"])
FIELDS = st.sampled_from(["id: ", "event: ", "data: ", "topic: ", "data:", "id:", "foo: ", ": "])
SHAPES = st.lists(FIELDS, min_size=1, max_size=4)


@st.composite
def alike(draw: st.DrawFn) -> str:
    """Blocks of one shape, at times with a line swapped for another."""
    shape = draw(SHAPES)
    count = draw(st.integers(1, 4))
    lines = [line for _ in range(count) for line in (*(name + draw(VALUES) for name in shape), "")]
    if draw(st.booleans()):
        place = draw(st.integers(0, len(lines) - 1))
        lines[place] = draw(st.sampled_from(["", "data: y", "event: up", "id: 9", "foo"]))
    return "\n".join((*lines, "", ""))


@given(alike(), st.sampled_from(["", "earlier"]))
def test_what_it_decodes_is_what_the_standard_says(text: str, last_id: str) -> None:
    # The block before gives the id that is inherited.
    stream = f"id: {last_id}\n\n{text}" if last_id else text
    rows, _, _ = reference(stream.encode())
    frames = frames_of_one_shape(text, last_id)
    assert frames is None or plain(frames) == rows


@pytest.mark.parametrize(
    "block",
    [
        "data: x\n\n",
        "id: 1\ndata: x\n\n",
        "id: 1\nevent: up\ndata: x\n\n",
        "event: up\nid: 1\ntopic: a.b\ndata: \n\n",
    ],
)
def test_the_usual_shapes_are_decoded(block: str) -> None:
    frames = frames_of_one_shape(block * 3, "")
    rows, _, _ = reference(block.encode() * 3)
    assert frames is not None
    assert plain(frames) == rows


@pytest.mark.parametrize(
    "text",
    [
        "id: 1\ndata: x\n\nid:\ndata: y\n\n",
        "id: 1\ndata: x\n\nid: \ndata: y\n\n",
        "id: 1\n\ndata: x\nid: 2\n\ndata: y\n\n",
        "data: x\nevent: a\n\nevent: b\ndata: y\n\n",
        "data: x\n\n\ndata: y\n\n\n",
        "data: x\ndata: y\n\n",
        ": c\n\n",
        "\n",
    ],
)
def test_other_shapes_are_left_to_the_exact_way(text: str) -> None:
    assert frames_of_one_shape(text, "") is None


def test_the_decoder_goes_on_from_the_last_id_of_the_columns() -> None:
    decoder = Decoder()
    count = MIN_CHARACTERS // 10
    blocks = b"".join(b"id: %d\ndata: x\n\n" % number for number in range(count))
    assert len(decoder.feed(blocks + b"data: heir\n\n")) == count + 1
    assert decoder.feed(blocks)[-1][2] == str(count - 1)  # type: ignore[index]
    assert decoder.feed(b"data: heir\n\n") == [("message", "heir", str(count - 1), False, None)]
