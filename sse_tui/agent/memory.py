"""What the model is told of earlier turns: whole by construction, and bounded.

A turn is kept as the items of a model input (questions, answers, calls with their outputs), put
down as they happen. A call is put down together with its output, so whatever stopped a turn (the
user, an error, the turn limit), no call is ever left without one: models refuse such a history.
"""

from __future__ import annotations

import json
from typing import Any, TypeAlias

from sse_tui.agent.fence import shortened

Item: TypeAlias = dict[str, Any]
"""One item of a model's input, in the form of the Responses API."""

MAX_TURNS = 30
MAX_CHARACTERS = 120_000
OLD_OUTPUT_CHARACTERS = 2_000


class TurnRecord:
    """What has happened in one turn so far."""

    def __init__(self, question: str) -> None:
        self.items: list[Item] = [{"role": "user", "content": question}]
        self._text: list[str] = []
        self._answers: list[str] = []

    def add_text(self, text: str) -> None:
        """The model said more of its current answer."""
        self._text.append(text)

    def add_call(self, call_id: str, name: str, arguments: str, output: str) -> None:
        """A call has ended (or was denied): `arguments` as the model wrote them."""
        self._close_text()
        call = {
            "type": "function_call",
            "call_id": call_id,
            "name": name,
            "arguments": arguments if _is_object(arguments) else "{}",
        }
        result = {"type": "function_call_output", "call_id": call_id, "output": output}
        self.items += [call, result]

    def close(self, note: str = "") -> None:
        """The turn is over; `note` tells the model why, if it did not end by itself."""
        if note:
            self._text.append(f"\n\n({note})" if self._text else f"({note})")
        self._close_text()

    @property
    def text(self) -> str:
        """All that the model said, its answers as paragraphs of their own."""
        return "\n\n".join([*self._answers, *filter(None, ["".join(self._text).strip()])])

    def _close_text(self) -> None:
        text = "".join(self._text).strip()
        self._text.clear()
        if text:
            self._answers.append(text)
            self.items.append({"role": "assistant", "content": text})


class Memory:
    """The turns that the next question builds on, newest kept.

    Outputs of earlier turns are cut to `OLD_OUTPUT_CHARACTERS`: the model can read the streams
    again, which is also newer.
    """

    def __init__(self, *, max_turns: int = MAX_TURNS, max_characters: int = MAX_CHARACTERS) -> None:
        self._turns: list[list[Item]] = []
        self._max_turns = max_turns
        self._max_characters = max_characters

    def add(self, record: TurnRecord) -> None:
        """Keep a turn that is over, and forget the oldest ones beyond the bounds."""
        self._turns.append([_shortened(item) for item in record.items])
        del self._turns[: -self._max_turns]
        sizes = [sum(_size(item) for item in turn) for turn in self._turns]
        while len(self._turns) > 1 and sum(sizes) > self._max_characters:
            del self._turns[0], sizes[0]

    def items(self) -> list[Item]:
        """The input items of all turns kept, oldest first."""
        return [dict(item) for turn in self._turns for item in turn]

    def clear(self) -> None:
        """Forget everything."""
        self._turns.clear()


def _is_object(arguments: str) -> bool:
    # What is not a JSON object cannot be replayed: several servers parse earlier arguments.
    try:
        return isinstance(json.loads(arguments), dict)
    except ValueError:
        return False


def _shortened(item: Item) -> Item:
    output = item.get("output")
    return item if output is None else {**item, "output": shortened(output, OLD_OUTPUT_CHARACTERS)}


def _size(item: Item) -> int:
    return sum(len(value) for value in item.values() if isinstance(value, str))
