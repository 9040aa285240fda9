"""Says in clear words what went wrong with a model, its endpoint or a run."""

from __future__ import annotations

import openai
from agents.exceptions import AgentsException, MaxTurnsExceeded

from sse_tui.agent.chat_client import broken_off, token_limit
from sse_tui.agent.model_choice import ModelChoice
from sse_tui.agent.model_factory import retry_after
from sse_tui.errors import AgentError

MAX_DETAIL = 300


def agent_error(error: BaseException, choice: ModelChoice) -> AgentError:
    """The error for the user, whatever was raised during a turn."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, AgentError):
            return cause
        if isinstance(cause, openai.APIError):
            return _api_error(cause, choice)
        cause = cause.__cause__
    if isinstance(error, MaxTurnsExceeded):
        return AgentError(
            "The agent did not come to an end",
            "it called tools again and again without an answer",
            "Ask for one thing at a time.",
        )
    return _behaviour_error(error, choice)


def _api_error(error: openai.APIError, choice: ModelChoice) -> AgentError:
    if isinstance(error, openai.APITimeoutError):
        return AgentError(
            "The model does not answer",
            f"{_place(choice)} kept silent",
            "Try again, or check what the server is doing.",
        )
    if isinstance(error, openai.APIConnectionError):
        return _connection_error(error, choice)
    if isinstance(error, openai.APIStatusError):
        return _status_error(error, choice)
    return AgentError(
        "The model's server reported an error",
        _said(error, choice),
        "Ask again; what has arrived may be incomplete.",
    )


def _connection_error(error: openai.APIConnectionError, choice: ModelChoice) -> AgentError:
    name = type(error.__cause__).__name__
    if name in ("RemoteProtocolError", "ReadError"):
        return broken_off()
    return AgentError(
        "The model cannot be reached",
        f"{_place(choice)}: {error.__cause__ or error}",
        "Check the network."
        if choice.is_openai
        else "Start the model's server, or correct OPENAI_BASE_URL.",
    )


def _status_error(error: openai.APIStatusError, choice: ModelChoice) -> AgentError:
    said = _said(error, choice)
    title, hint = _STATUS.get(error.status_code, ("The model's server refused", ""))
    if error.code == "insufficient_quota":
        title, hint = "The account has no quota left", "Check its plan and billing."
    elif error.code == "context_length_exceeded":
        return token_limit()
    elif wait := retry_after(error.response.headers):
        hint = f"Wait {wait:.0f} s, then ask again."
    elif error.status_code == 404:
        hint = f"Check OPENAI_MODEL ({choice.name}) and OPENAI_BASE_URL ({_place(choice)})."
    elif error.status_code == 400 and "does not support tools" in said:
        title = "The model cannot call tools"
        hint = "Set OPENAI_MODEL to one that can."
    elif error.status_code >= 500:
        title, hint = "The model's server has trouble", "Try again in a moment."
    return AgentError(title, f"{said} (HTTP {error.status_code})", hint)


_STATUS = {
    401: ("The model's server refuses the key", "Check OPENAI_API_KEY and OPENAI_BASE_URL."),
    403: ("The key may not use this model", "Check OPENAI_MODEL and what the key is allowed."),
    404: ("The model is not known there", ""),
    408: ("The model's server ran out of time", "Try again in a moment."),
    429: ("The model's server wants fewer requests", "Wait a moment, then ask again."),
}


def _behaviour_error(error: BaseException, choice: ModelChoice) -> AgentError:
    text = str(error)
    if "final response" in text or "finish_reason for choice" in text:
        return broken_off()
    if "response.incomplete" in text or "finish_reason='length'" in text:
        return token_limit()
    if isinstance(error, ValueError):
        return AgentError(
            "The model's server sent something unreadable",
            _bounded(text, choice),
            "Check that OPENAI_BASE_URL is the address of an OpenAI-compatible API.",
        )
    title = "The agent failed" if isinstance(error, AgentsException) else "The agent stumbled"
    return AgentError(title, _bounded(f"{type(error).__name__}: {text}", choice), "Ask again.")


def _said(error: openai.APIError, choice: ModelChoice) -> str:
    body = error.body
    message = body.get("message") if isinstance(body, dict) else None
    return _bounded(str(message or error.message), choice)


def _bounded(text: str, choice: ModelChoice) -> str:
    if choice.api_key:
        text = text.replace(choice.api_key, "[key]")
    text = " ".join(text.split())
    return text if len(text) <= MAX_DETAIL else f"{text[:MAX_DETAIL]}..."


def _place(choice: ModelChoice) -> str:
    return choice.base_url or "api.openai.com"
