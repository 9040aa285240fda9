"""What our models have in common: their answers are streams of events."""

from __future__ import annotations

import abc
from collections.abc import AsyncIterator
from typing import Any

from agents.items import ModelResponse, TResponseStreamEvent
from agents.models.interface import Model
from agents.usage import Usage
from openai.types.responses import Response, ResponseCompletedEvent, ResponseOutputMessage


class StreamedModel(Model):
    """A model that is written as a stream; its unstreamed answer is the stream's end."""

    @abc.abstractmethod
    def stream_response(
        self,
        *args: Any,  # noqa: ANN401 - the SDK's ten arguments, in its order
        **options: Any,  # noqa: ANN401
    ) -> AsyncIterator[TResponseStreamEvent]:
        """The events of one answer, as in the Responses API."""

    async def get_response(
        self,
        *args: Any,  # noqa: ANN401 - as above
        **options: Any,  # noqa: ANN401
    ) -> ModelResponse:
        """The same answer in one piece."""
        output = []
        async for event in self.stream_response(*args, **options):
            if isinstance(event, ResponseCompletedEvent):
                output = event.response.output
        return ModelResponse(output=output, usage=Usage(requests=1), response_id=None)


def response_text(response: Response) -> str:
    """All text of a response, refusals included."""
    return "".join(
        part.text if part.type == "output_text" else part.refusal
        for item in response.output
        if isinstance(item, ResponseOutputMessage)
        for part in item.content
    )
