"""The running count of a bulk send where stderr is no terminal."""

from __future__ import annotations

import pytest

from sse_tui.cli import send_tally
from sse_tui.cli.send_tally import Tally
from sse_tui.client.sending import SentEvents


class Clock:
    """Seconds, as a test sets them."""

    now = 0.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(send_tally, "time", clock)
    return clock


def batch(number: int) -> SentEvents:
    return SentEvents("t", 500, f"e-{number * 500 + 1}", f"e-{number * 500 + 500}")


def test_a_line_now_and_then_says_how_many_of_how_many(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    tally = Tally(form="none", progress=True, total=12_000)
    for number in range(24):
        clock.now += 1
        tally.add_events(batch(number))
    tally.tell()
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [
        "sse-tui: sent 5,000 of 12,000",
        "sse-tui: sent 10,000 of 12,000",
        "sse-tui: sent 12,000 events, e-1 … e-12000",
    ]


@pytest.mark.parametrize(("progress", "quiet"), [(False, False), (True, True)])
def test_who_wants_no_progress_gets_none(
    clock: Clock, capsys: pytest.CaptureFixture[str], progress: bool, quiet: bool
) -> None:
    tally = Tally(form="json", progress=progress, quiet=quiet)
    clock.now += 60
    tally.add_events(batch(0))
    said = capsys.readouterr()
    assert said.err == ""
    assert said.out == '{"first_id": "e-1", "last_id": "e-500", "count": 500, "topic": "t"}\n'


def test_what_has_no_id_is_only_counted() -> None:
    tally = Tally(form="none")
    assert tally.summary == "sent 0 events"
    tally.add_events(SentEvents("t", 2, "", ""))
    tally.unknown = 3
    assert tally.summary == "sent 2 events; 3 more may or may not have arrived"
