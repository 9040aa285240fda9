"""How the offline assistant works a request off: calls, their results, then an answer.

A script is a generator: it yields the calls of one step (made side by side), is sent their results,
and returns Markdown. The model has no memory between steps; it runs the script again from the
start, over the results that the turn has so far.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sse_tui.agent.approvals import DENIED, EDITED
from sse_tui.agent.fence import unfenced


@dataclass(frozen=True, slots=True)
class Call:
    """A call to be made."""

    tool: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Result:
    """What a call brought.

    Attributes:
        data: the tool's answer; empty when it failed or was denied.
        error: why it failed, in the tool's words; empty when it did not.
        denied: the user denied it.
        made_with: the arguments that the user put in place of ours; None: not edited.
    """

    data: dict[str, Any]
    error: str = ""
    denied: bool = False
    made_with: dict[str, Any] | None = None

    @property
    def failed(self) -> bool:
        """There is no answer: the call failed, or was denied."""
        return bool(self.error) or self.denied


Script: TypeAlias = Generator[list[Call], list[Result], str]


@dataclass(frozen=True, slots=True)
class Step:
    """What comes next: calls to make, or else the answer."""

    calls: Sequence[Call] = ()
    answer: str = ""


def read_result(output: str) -> Result:
    """A call's result from the text that a model is given."""
    if output.startswith(DENIED):
        return Result({}, denied=True)
    made_with = _made_with(output)
    text = unfenced(output)
    try:
        data = json.loads(text)
    except ValueError:
        return Result({}, error=text.strip() or "no answer", made_with=made_with)
    return Result(data if isinstance(data, dict) else {}, made_with=made_with)


def next_step(scripts: Iterable[Script], results: Sequence[Result]) -> Step:
    """Run the scripts over the results so far, one after the other."""
    left = list(results)
    answers = []
    for script in scripts:
        try:
            calls = next(script)
            while len(left) >= len(calls):
                taken, left = left[: len(calls)], left[len(calls) :]
                calls = script.send(taken)
        except StopIteration as end:
            answers.append(str(end.value).strip())
        else:
            script.close()
            return Step(calls=calls)
    return Step(answer="\n\n".join(answers))


def _made_with(output: str) -> dict[str, Any] | None:
    before, found, rest = output.partition(EDITED)
    if not found or before:
        return None
    made_with = json.loads(rest.splitlines()[0])
    return made_with if isinstance(made_with, dict) else None
