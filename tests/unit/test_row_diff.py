"""What changed between two JSON texts."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from sse_tui.events.format import pretty
from sse_tui.tui.widgets.row_diff import Change, changes, values_by_line

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=10,
)


def laid_out(value: object) -> str:
    text = pretty(json.dumps(value))
    assert text is not None
    return text


def leaves(value: object, path: tuple[str | int, ...] = ()) -> dict[tuple[str | int, ...], str]:
    """The values of a JSON value by path, made in another way than the code under test."""
    found: dict[tuple[str | int, ...], str] = {}
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            found |= leaves(inner, (*path, json.dumps(key)))
    elif isinstance(value, list) and value:
        for index, inner in enumerate(value):
            found |= leaves(inner, (*path, index))
    else:
        found[path] = json.dumps(value)
    return found


@given(JSON)
def test_each_value_has_its_path(value: object) -> None:
    assert dict(filter(None, values_by_line(laid_out(value)))) == leaves(value)


@given(JSON, JSON)
def test_changes_turn_one_into_the_other(before: object, after: object) -> None:
    values = leaves(before)
    for change in changes(laid_out(before), laid_out(after)):
        assert values.get(change.path) == change.before
        if change.after is None:
            del values[change.path]
        else:
            values[change.path] = change.after
    assert values == leaves(after)


@given(JSON)
def test_equal_texts_have_no_changes(value: object) -> None:
    assert changes(laid_out(value), laid_out(value)) == []


def test_paths_are_readable() -> None:
    before = {"items": [{"price": 1, "a b": 2}], "x-y": 3}
    after = {"items": [{"price": 2, "a b": 3}], "x-y": 4}
    names = [change.name for change in changes(laid_out(before), laid_out(after))]
    assert names == ["items[0].price", 'items[0]["a b"]', "x-y"]
    assert Change((), "1", "2").name == "value"
