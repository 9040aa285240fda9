"""Gives each wish its script."""

from __future__ import annotations

from sse_tui.agent.offline import acting, reading
from sse_tui.agent.offline.help import connect_text, help_text, unclear_text
from sse_tui.agent.offline.lessons import LESSONS
from sse_tui.agent.offline.script import Script
from sse_tui.agent.offline.wishes import (
    ConnectModel,
    Describe,
    Failures,
    Help,
    Lesson,
    ListTopics,
    Read,
    Search,
    Send,
    Stats,
    Subscribe,
    Unclear,
    Unsubscribe,
    WaitFor,
    Wish,
)


def script_for(wish: Wish) -> Script:
    """The script of one wish."""
    match wish:
        case ListTopics():
            return reading.list_topics(wish)
        case Read():
            return reading.read(wish)
        case WaitFor():
            return reading.wait_for(wish)
        case Search():
            return reading.search(wish)
        case Failures():
            return reading.failures(wish)
        case Stats():
            return reading.stats(wish)
        case Describe():
            return reading.describe(wish)
        case Subscribe():
            return acting.subscribe(wish)
        case Unsubscribe():
            return acting.unsubscribe(wish)
        case Send():
            return acting.send(wish)
        case Lesson():
            return _said(LESSONS[wish.name])
        case Help():
            return _said(help_text(wish))
        case ConnectModel():
            return _said(connect_text())
        case Unclear():
            return _said(unclear_text(wish))


def _said(text: str) -> Script:
    """A script that makes no calls."""
    yield from ()
    return text
