"""The offline assistant as a model of the SDK: rules that call the same tools as a real one."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import uuid4

from agents.items import TResponseInputItem, TResponseOutputItem, TResponseStreamEvent
from openai.types.responses import (
    Response,
    ResponseCompletedEvent,
    ResponseFunctionToolCall,
    ResponseOutputMessage,
    ResponseOutputText,
    ResponseTextDeltaEvent,
)

from sse_tui.agent.offline.script import Call, Result, Step, next_step, read_result
from sse_tui.agent.offline.scripts import script_for
from sse_tui.agent.offline.understanding import spoken_of, understand
from sse_tui.agent.streamed_model import StreamedModel

WORDS_AT_ONCE = 4


class OfflineModel(StreamedModel):
    """Answers plain requests by rules, without a language model."""

    async def stream_response(
        self,
        system_instructions: str | None,
        input: str | list[TResponseInputItem],  # noqa: A002 - the SDK's name
        *_: Any,  # noqa: ANN401 - the rules need nothing else
        **__: Any,  # noqa: ANN401
    ) -> AsyncIterator[TResponseStreamEvent]:
        """The next step of the turn: calls, or the answer as it is written."""
        step = step_after([{"role": "user", "content": input}] if isinstance(input, str) else input)
        output: list[TResponseOutputItem] = [_call(call) for call in step.calls]
        sequence = 0
        if not output:
            message = _message(step.answer)
            output = [message]
            for piece in re.findall(rf"(?:\S+\s*){{1,{WORDS_AT_ONCE}}}|\s+", step.answer):
                yield _delta(message.id, piece, sequence)
                sequence += 1
                await asyncio.sleep(0)  # lets the screen draw it
        yield _completed(output, sequence)


def step_after(items: Sequence[Any]) -> Step:
    """What comes next in a turn.

    Args:
        items: the model's input: earlier turns, the question, the calls and outputs since.
    """
    asked = [index for index, item in enumerate(items) if item.get("role") == "user"]
    questions = [_text(items[index]) for index in asked]
    wishes = understand(questions[-1], spoken_of(questions[:-1]))
    return next_step((script_for(wish) for wish in wishes), _results(items[asked[-1] + 1 :]))


def _results(items: Sequence[Any]) -> list[Result]:
    outputs = {
        item["call_id"]: item["output"]
        for item in items
        if item.get("type") == "function_call_output"
    }
    calls = [item["call_id"] for item in items if item.get("type") == "function_call"]
    return [read_result(str(outputs[call_id])) for call_id in calls if call_id in outputs]


def _text(item: Any) -> str:  # noqa: ANN401 - an input item
    content = item["content"]
    if isinstance(content, str):
        return content
    return " ".join(part.get("text", "") for part in content)


def _call(call: Call) -> ResponseFunctionToolCall:
    name = uuid4().hex
    return ResponseFunctionToolCall(
        id=f"fc_{name}",
        call_id=f"call_{name}",
        type="function_call",
        name=call.tool,
        arguments=json.dumps(call.arguments, ensure_ascii=False),
    )


def _message(text: str) -> ResponseOutputMessage:
    part = ResponseOutputText(type="output_text", text=text, annotations=[])
    return ResponseOutputMessage(
        id=f"msg_{uuid4().hex}",
        type="message",
        role="assistant",
        status="completed",
        content=[part],
    )


def _delta(message_id: str, text: str, sequence: int) -> ResponseTextDeltaEvent:
    return ResponseTextDeltaEvent(
        type="response.output_text.delta",
        item_id=message_id,
        output_index=0,
        content_index=0,
        delta=text,
        logprobs=[],
        sequence_number=sequence,
    )


def _completed(output: list[TResponseOutputItem], sequence: int) -> ResponseCompletedEvent:
    response = Response(
        id="offline",
        created_at=time.time(),
        model="offline",
        object="response",
        output=output,
        status="completed",
        tool_choice="auto",
        tools=[],
        parallel_tool_calls=True,
    )
    return ResponseCompletedEvent(
        type="response.completed", sequence_number=sequence, response=response
    )
