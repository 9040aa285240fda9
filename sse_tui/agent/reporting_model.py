"""A model that reports its text as it comes, and takes no empty answer for an answer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

from agents.items import TResponseStreamEvent
from agents.models.interface import Model
from agents.retry import ModelRetryAdvice, ModelRetryAdviceRequest
from openai.types.responses import (
    Response,
    ResponseCompletedEvent,
    ResponseRefusalDeltaEvent,
    ResponseTextDeltaEvent,
)

from sse_tui.agent.streamed_model import StreamedModel, response_text
from sse_tui.errors import AgentError


class ReportingModel(StreamedModel):
    """Passes another model's answers on.

    The text is reported from here and not from the run's events, because a run starts its calls
    while its events still wait to be read: text would arrive after the call that follows it.

    Args:
        model: answers.
        report: takes each piece of text.
    """

    def __init__(self, model: Model, report: Callable[[str], None]) -> None:
        self._model = model
        self._report = report

    async def stream_response(
        self,
        *args: Any,  # noqa: ANN401 - passed on as they are
        **options: Any,  # noqa: ANN401
    ) -> AsyncIterator[TResponseStreamEvent]:
        """The answer's events, unchanged.

        Raises:
            AgentError: the model said nothing and called nothing.
        """
        told = False
        async for event in self._model.stream_response(*args, **options):
            if isinstance(event, ResponseTextDeltaEvent | ResponseRefusalDeltaEvent):
                told = True
                self._report(event.delta)
            elif isinstance(event, ResponseCompletedEvent) and not told:
                self._report_whole(event.response)
            yield event

    def get_retry_advice(self, request: ModelRetryAdviceRequest) -> ModelRetryAdvice | None:
        """As the model says."""
        return self._model.get_retry_advice(request)

    def _report_whole(self, response: Response) -> None:
        text = response_text(response)
        if text:
            self._report(text)
        elif all(item.type in ("message", "reasoning") for item in response.output):
            raise AgentError("The model gave an empty answer", "", "Ask again, or in other words.")
