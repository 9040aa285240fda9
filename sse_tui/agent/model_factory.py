"""Makes the model that a `ModelChoice` names."""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx2
from agents.models.interface import Model
from agents.models.openai_chatcompletions import OpenAIChatCompletionsModel
from agents.models.openai_responses import OpenAIResponsesModel
from openai import AsyncOpenAI, DefaultAsyncHttpxClient

from sse_tui.agent.chat_client import ChatClient
from sse_tui.agent.model_choice import ModelChoice
from sse_tui.errors import AgentError

OPENAI_URL = "https://api.openai.com/v1"

NO_KEY = "none"
"""Sent where a server of the user's own asks for none: the client insists on a key."""

MAX_WAIT_S = 5.0
"""How long a server may have us wait before a request is tried again."""

LOOPBACK = ("localhost", "127.0.0.1", "::1")

# A local server may load the model first; a chat that hangs can be cancelled by the user.
TIMEOUT = httpx2.Timeout(600, connect=10)


def make_model(choice: ModelChoice) -> tuple[Model, AsyncOpenAI | None]:
    """The model to run, and the client to close after the last turn (None: it has none).

    Raises:
        AgentError: the base URL is not an http(s) address.
    """
    if choice.is_offline:
        from sse_tui.agent.offline.model import OfflineModel

        return OfflineModel(), None
    base_url = choice.base_url or OPENAI_URL
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise AgentError(
            "The model's address is not a URL",
            f"OPENAI_BASE_URL is {base_url!r}",
            "It looks like http://localhost:11434/v1.",
        )
    client_class = AsyncOpenAI if choice.speaks_responses else ChatClient
    client = client_class(
        api_key=choice.api_key or NO_KEY,
        base_url=base_url,
        max_retries=choice.max_retries,
        # A proxy from the environment has no way back to this machine.
        http_client=DefaultAsyncHttpxClient(
            timeout=TIMEOUT,
            trust_env=parts.hostname not in LOOPBACK,
            event_hooks={"response": [_refuse_long_waits]},
        ),
    )
    if choice.speaks_responses:
        return OpenAIResponsesModel(choice.name, client), client
    return OpenAIChatCompletionsModel(choice.name, client), client


async def _refuse_long_waits(response: httpx2.Response) -> None:
    """Have the user told to wait, where the client would do so in silence, up to two minutes."""
    if (retry_after(response.headers) or 0) > MAX_WAIT_S:
        response.headers["x-should-retry"] = "false"  # the client obeys this header


def retry_after(headers: httpx2.Headers) -> float | None:
    """The seconds in `Retry-After`; None where it says none (or a date)."""
    try:
        return float(headers.get("retry-after", ""))
    except ValueError:
        return None
