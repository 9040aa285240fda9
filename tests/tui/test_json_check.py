from __future__ import annotations

import pytest

from sse_tui.tui.json_check import find_fault


@pytest.mark.parametrize("text", ["{}", "[1, 2]", '"a"', "1.5e3", "true", " null\n", '{"a":"NaN"}'])
def test_json_has_no_fault(text: str) -> None:
    assert find_fault(text) is None


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ('{"a": 1\n "b": 2}', 2, 2),
        ('{"a": }', 1, 7),
        ("{'a': 1}", 1, 2),
        ("", 1, 1),
        ('{"a": 1}\n}', 2, 1),
        ('{"text": "NaN",\n  "n": NaN}', 2, 8),
        ("[1, -Infinity]", 1, 5),
    ],
)
def test_the_fault_is_placed_as_an_editor_counts(text: str, line: int, column: int) -> None:
    fault = find_fault(text)
    assert fault is not None
    assert (fault.line, fault.column) == (line, column)


def test_the_fault_reads_as_a_sentence() -> None:
    assert str(find_fault('{"a": 1 "b": 2}')) == "line 1, column 9: expecting ',' delimiter"
    assert str(find_fault("  ")) == "line 1, column 3: it is empty"


def test_depth_is_a_fault_not_a_crash() -> None:
    fault = find_fault("[" * 200_000)
    assert fault is not None
    assert "deep" in fault.reason
