"""An OpenAI client whose chat completions say so when their stream breaks off.

A server that dies, or a proxy that gives up, often ends the stream of an answer as if it were
whole; the SDK then takes the half answer, or none, for the model's word.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import cached_property
from typing import Any

from openai import AsyncOpenAI, AsyncStream
from openai.resources.chat import AsyncChat
from openai.resources.chat.completions import AsyncCompletions
from openai.types.chat import ChatCompletionChunk

from sse_tui.errors import AgentError


class ChatClient(AsyncOpenAI):
    """`AsyncOpenAI`, with streams that must end as the API says."""

    @cached_property
    def chat(self) -> AsyncChat:
        """The chat resource."""
        return _Chat(self)


class _Chat(AsyncChat):
    @cached_property
    def completions(self) -> AsyncCompletions:
        return _Completions(self._client)


class _Completions(AsyncCompletions):
    async def create(
        self,
        **options: Any,  # noqa: ANN401 - passed on as they are
    ) -> Any:  # noqa: ANN401
        answer: Any = await super().create(**options)
        return whole(answer) if isinstance(answer, AsyncStream) else answer


async def whole(stream: AsyncStream[ChatCompletionChunk]) -> AsyncIterator[ChatCompletionChunk]:
    """The chunks of one answer.

    Raises:
        AgentError: the stream ended without a finish reason and without usage, or the answer
            reached the model's token limit.
    """
    reason: str | None = None
    counted = False
    try:
        async for chunk in stream:
            counted = counted or chunk.usage is not None
            if chunk.choices and chunk.choices[0].finish_reason:
                reason = chunk.choices[0].finish_reason
            yield chunk
    finally:
        await stream.close()
    if reason == "length":
        raise token_limit()
    if reason is None and not counted:
        raise broken_off()


def broken_off() -> AgentError:
    """The error for an answer whose end is missing."""
    return AgentError(
        "The answer broke off",
        "the model's stream ended in the middle",
        "What has arrived may be incomplete; ask again.",
    )


def token_limit() -> AgentError:
    """The error for an answer that reached the model's token limit."""
    return AgentError(
        "The answer was cut off",
        "the model reached its token limit",
        "Ask for less at once, clear the conversation, or use a model with a larger context.",
    )
