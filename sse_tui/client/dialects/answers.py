"""What servers of language models have in common: a question is posted, its answer streams."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from sse_tui.client.dialects.dialect import Dialect, refuse_times
from sse_tui.client.dialects.requests import path_url, stream_request
from sse_tui.client.options import StreamOptions
from sse_tui.client.policy import End, EndKind
from sse_tui.client.request import HttpRequest
from sse_tui.errors import StreamEndedError, StreamError, UsageError
from sse_tui.events.llm_shapes import piece_of
from sse_tui.events.model import Event, Row


class ModelDialect(Dialect):
    """A model's endpoints under the profile's URL, or any whole URL; the body is the question.

    Attributes:
        finish_mark: what the end of an answer looks like, for people.
        base_headers: sent unless the user has one of the same name.
    """

    finish_mark: ClassVar[str]
    base_headers: ClassVar[tuple[tuple[str, str], ...]] = (("Content-Type", "application/json"),)

    @property
    @abstractmethod
    def example(self) -> str:
        """A body that could be asked with."""

    def adjusted(self, options: StreamOptions) -> StreamOptions:
        """A body is posted, so it is not sent again by itself: each answer costs money."""
        if options.body is not None and options.method.upper() == "GET":
            return replace(options, method="POST")
        return options

    def stream(self, base: str | None, topic: str, options: StreamOptions) -> HttpRequest:
        """`POST {base}/{topic}`, or the URL itself.

        Raises:
            UsageError: there is nothing to ask, or no server to be asked.
        """
        refuse_times("A model", options.since)
        if options.body is None and "://" not in topic:
            hint = f"Give it with -d '{self.example}' or -d @FILE."
            raise UsageError("A model needs a question", f"{topic!r} is asked with a body", hint)
        request = stream_request(path_url(base, topic), options)
        if options.body is None:
            return request
        return replace(request, headers=request.headers + self.base_headers)

    def publish(self, base: str | None, topic: str, data: bytes, event: str | None) -> HttpRequest:
        """Not possible: a model answers the one who asks."""
        hint = f"Ask and read the answer: sse-tui tail --text -d '{self.example}' ..."
        raise UsageError("A model cannot be sent events", repr(topic), hint)

    def has_topic(self, target: str) -> bool:
        """A URL is an endpoint, too."""
        return True

    def watch(self) -> AnswerWatch:
        """Tells an answer that failed, and one that was cut short, from a whole one."""
        return AnswerWatch(self.finish_mark)


class AnswerWatch:
    """Follows one answer: an error after the status 200, and whether its end came.

    Args:
        finish_mark: what the end of an answer looks like, for people.
    """

    resumed = False

    def __init__(self, finish_mark: str) -> None:
        self._finish_mark = finish_mark
        self._events = 0
        self._found = False
        self._complete = False

    def take(self, rows: Sequence[Row]) -> End | None:
        """Look at the rows of one chunk; an error in them is the end."""
        for row in rows:
            if not isinstance(row, Event):
                continue
            self._events += 1
            piece = piece_of(row.data)
            if piece is None:
                continue
            self._found = True
            if piece.error is not None:
                error = StreamError("The model's server reports an error", piece.error, status=200)
                return End(EndKind.REFUSED, error, status=200)
            self._complete = self._complete or piece.complete
        return None

    def at_end(self, end: End) -> End:
        """Over, once the answer is complete; cut short, if it had begun or nothing came at all."""
        if end.kind not in (EndKind.CLEAN, EndKind.BROKEN):
            return end
        if self._complete:
            return End(EndKind.OVER, detail="the answer is complete", status=end.status)
        if end.kind is EndKind.BROKEN or (self._events and not self._found):
            return end
        error = StreamEndedError(
            "The answer was cut short",
            f"the stream ended without {self._finish_mark}",
            status=end.status,
        )
        return End(EndKind.BROKEN, error, status=end.status)
