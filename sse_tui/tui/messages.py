"""What widgets tell screens: past facts (`RowSelected`) and requests (`SubscribeRequested`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from textual.message import Message
from textual.widget import Widget


@dataclass
class TopicActivated(Message):
    """The user chose a topic in the sidebar, or a tab; None is "All"."""

    topic: str | None


@dataclass
class TopicEntered(Message):
    """The user goes from the sidebar into the log of a topic (None: all)."""

    topic: str | None


class SubscribeRequested(Message):
    """The user wants to name a new topic or URL."""


@dataclass
class RowSelected(Message):
    """The cursor of the log is on a row, and its detail is wanted (Enter, or a click)."""

    topic: str
    number: int


@dataclass
class CursorMoved(Message):
    """The cursor of the log moved to a row; an open detail pane follows it."""

    topic: str
    number: int


@dataclass
class FollowChanged(Message):
    """The log began or stopped to follow its end, or was paused, or more rows wait below.

    Attributes:
        following: the newest row is kept in sight.
        paused: the view stands still by the user's wish.
        new: rows that arrived since it stopped.
    """

    following: bool
    paused: bool = False
    new: int = 0


@dataclass
class FilterChanged(Message):
    """The text of the filter bar changed (already parsed there: it is valid, or empty)."""

    text: str


@dataclass
class FilterKept(Message):
    """Enter in the filter bar: keep the filter and give the focus back to the log."""

    text: str


@dataclass
class FilterLifted(Message):
    """Escape: lift the filter, keep the reader's place, leave the matches of `text` lit."""

    text: str


@dataclass
class CopyRequested(Message):
    """Put `text` on the clipboard; `what` names it for the toast ("data of event 4533")."""

    text: str
    what: str


class DetailClosed(Message):
    """The user closed the detail pane."""


@dataclass
class QuestionAsked(Message):
    """The user asked the agent something."""

    text: str


class TurnCancelRequested(Message):
    """The user wants the running turn of the agent to end."""


@dataclass
class ApprovalDecided(Message):
    """The user's answer to an approval card.

    Attributes:
        call_id: the tool call that waits.
        decision: "once", "session" or "deny".
        arguments: the arguments after an edit; None when they are as the model made them.
    """

    call_id: str
    decision: Literal["once", "session", "deny"]
    arguments: dict[str, Any] | None = None


@dataclass
class CitationOpened(Message):
    """The user followed a citation of the agent, `[4523]` or `[user_events#4523]`."""

    topic: str | None
    number: int


@dataclass
class AnswerLeft(Message):
    """The user goes on from the citations of an answer.

    Attributes:
        answer: the answer.
        step: 1 downwards, -1 upwards, 0 back to the line in which one asks.
    """

    answer: Widget
    step: int


class PaneLeft(Message):
    """The user is done with a side pane: the log gets the focus."""


class CardLeft(Message):
    """The user leaves an approval card without an answer; it stays."""
