"""What was said in the chat, and how keys walk from the citations of one answer to the next."""

from __future__ import annotations

from textual import on
from textual.containers import Vertical

from sse_tui.tui.messages import AnswerLeft
from sse_tui.tui.widgets.answer import Answer


class ChatTurns(Vertical):
    """Questions, tool calls, notes and answers, in order.

    `AnswerLeft` goes on upwards where there is no other answer to walk to.
    """

    @property
    def has_links(self) -> bool:
        """Whether any answer cites anything."""
        return any(answer.has_links for answer in self.query(Answer))

    def cite_last(self) -> None:
        """Put the cursor on the last citation of all."""
        self._cite(list(self.query(Answer))[::-1], last=True)

    @on(AnswerLeft)
    def _walk_on(self, event: AnswerLeft) -> None:
        answers = list(self.query(Answer))
        if event.step == 0 or event.answer not in answers:
            return
        at = answers.index(event.answer)
        beyond = answers[at + 1 :] if event.step > 0 else answers[:at][::-1]
        if self._cite(beyond, last=event.step < 0):
            event.stop()

    def _cite(self, answers: list[Answer], *, last: bool) -> bool:
        for answer in answers:
            if answer.has_links:
                answer.cite(last=last)
                return True
        return False
