"""Which model answers: one of the user's, or the offline assistant."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

DEFAULT_MODEL = "gpt-4o"
OFFLINE_LABEL = "offline assistant"
OPENAI_HOST = "api.openai.com"


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A model, or none of them: with neither key nor address the offline assistant answers.

    Attributes:
        name: the model's name at its provider (`OPENAI_MODEL`).
        api_key: the key (`OPENAI_API_KEY`); servers on the user's own machine need none.
        base_url: address of an OpenAI-compatible API (`OPENAI_BASE_URL`); None is OpenAI itself.
        max_retries: times that a refused request is tried again; an answer that has begun is not.
        wire: the API to speak; None: Responses with OpenAI itself, chat completions elsewhere,
            which is what nearly every other server has.
    """

    name: str = DEFAULT_MODEL
    api_key: str | None = field(default=None, repr=False)
    base_url: str | None = None
    max_retries: int = 2
    wire: Literal["responses", "chat"] | None = None

    @classmethod
    def offline(cls) -> ModelChoice:
        """The rule-based assistant, which needs no model."""
        return cls()

    @property
    def is_offline(self) -> bool:
        """Neither a key nor an address is known."""
        return not self.api_key and not self.base_url

    @property
    def label(self) -> str:
        """What the chat pane calls the one who answers."""
        return OFFLINE_LABEL if self.is_offline else self.name

    @property
    def is_openai(self) -> bool:
        """The address is OpenAI's own."""
        return self.base_url is None or urlsplit(self.base_url).hostname == OPENAI_HOST

    @property
    def speaks_responses(self) -> bool:
        """The Responses API is spoken, not chat completions."""
        return self.wire == "responses" or (self.wire is None and self.is_openai)
