from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sse_tui.hub.refusal import Refused
from sse_tui.hub.topics import TopicPattern, check_name


@pytest.mark.parametrize("name", ["a", "user_events", "a.b.c", "A-1~_.x", "x" * 128])
def test_names_that_are_topics(name: str) -> None:
    assert check_name(name) == name
    assert TopicPattern(name).matches(name)


@pytest.mark.parametrize(
    "name",
    ["", ".", "a.", ".a", "a..b", "a b", "a/b", "ä", "a\n", "x" * 129, "*", ">", "a.*", "a:b"],
)
def test_names_that_are_not(name: str) -> None:
    with pytest.raises(Refused) as refused:
        check_name(name)
    assert refused.value.status == 400


@pytest.mark.parametrize(
    "text", ["a*", "a.>b", ">.a", "a.>.b", "a.**", "a..*", "", "x." * 65 + ">"]
)
def test_patterns_that_are_not(text: str) -> None:
    with pytest.raises(Refused):
        TopicPattern(text)


@pytest.mark.parametrize(
    ("pattern", "name", "matches"),
    [
        ("*", "a", True),
        ("*", "a.b", False),
        (">", "a", True),
        (">", "a.b.c", True),
        ("a.>", "a", False),
        ("a.>", "a.b", True),
        ("a.>", "ab.c", False),
        ("a.*.c", "a.b.c", True),
        ("a.*.c", "a.c", False),
        ("*.*", "a.b", True),
        ("a-b", "aXb", False),
    ],
)
def test_what_wildcards_match(pattern: str, name: str, matches: bool) -> None:
    assert TopicPattern(pattern).matches(name) is matches


def by_definition(pattern: list[str], name: list[str]) -> bool:
    if not pattern or not name:
        return pattern == name
    if pattern == [">"]:
        return True
    return pattern[0] in ("*", name[0]) and by_definition(pattern[1:], name[1:])


LEVELS = st.sampled_from(["a", "b", "ab", "a-b"])


@given(
    st.lists(LEVELS | st.just("*"), max_size=4),
    st.booleans(),
    st.lists(LEVELS, min_size=1, max_size=5),
)
def test_wildcards_match_as_they_are_defined(
    levels: list[str], all_below: bool, name: list[str]
) -> None:
    pattern = levels + [">"] * (all_below or not levels)
    found = TopicPattern(".".join(pattern)).matches(".".join(name))
    assert found == by_definition(pattern, name)
