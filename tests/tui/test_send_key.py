from __future__ import annotations

from textual.events import Key

from sse_tui.tui.send_key import QUIET_S, SendKey


def key(name: str, at: float, character: str | None = None) -> Key:
    event = Key(name, character)
    event.time = at
    return event


def line_feed(at: float) -> Key:
    """What a terminal sends for ^j, and for a pasted line feed."""
    return key("ctrl+j", at, "\n")


def test_alone_it_was_typed() -> None:
    assert not SendKey().is_pasted(line_feed(10.0))


def test_long_after_another_key_it_was_typed() -> None:
    keys = SendKey()
    keys.saw(key("a", 10.0, "a"))
    assert not keys.is_pasted(line_feed(10.001 + QUIET_S))


def test_right_after_another_key_it_was_pasted() -> None:
    keys = SendKey()
    keys.saw(key("a", 10.0, "a"))
    assert keys.is_pasted(line_feed(10.0 + QUIET_S / 2))


def test_two_in_a_row_were_pasted() -> None:
    keys = SendKey()
    keys.is_pasted(line_feed(10.0))
    assert keys.is_pasted(line_feed(10.001))


def test_a_terminal_that_names_the_key_leaves_no_doubt() -> None:
    keys = SendKey()
    keys.saw(key("a", 10.0, "a"))
    named = key("ctrl+j", 10.001)
    assert keys.is_certain(named)
    assert not keys.is_pasted(named)
    assert not keys.is_certain(line_feed(11.0))
