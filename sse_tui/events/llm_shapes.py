"""The shapes in which language models stream an answer: what one event of it says.

After https://platform.openai.com/docs/api-reference/chat-streaming,
https://platform.openai.com/docs/api-reference/responses-streaming,
https://docs.claude.com/en/docs/build-with-claude/streaming,
https://docs.ollama.com/api/streaming, https://openrouter.ai/docs/api-reference/streaming and
llama.cpp's tools/server/README.md; not seen live. A shape is known by its fields, so it does not
matter which server sent it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, TypeAlias

import orjson

Json: TypeAlias = dict[str, Any]

DONE = "[DONE]"

_MARKS = ('"choices"', '"type"', '"done"', '"error"', '"stop"')


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the server counts them; None where it does not say.

    Attributes:
        input, output, total: tokens read, written, and both.
        reasoning: the part of `output` that was thought and not said.
    """

    input: int | None = None
    output: int | None = None
    total: int | None = None
    reasoning: int | None = None

    def updated(self, later: Usage) -> Usage:
        """These counts with those that a later event told in their place."""

        def newer(new: int | None, old: int | None) -> int | None:
            return old if new is None else new

        return Usage(
            newer(later.input, self.input),
            newer(later.output, self.output),
            newer(later.total, self.total),
            newer(later.reasoning, self.reasoning),
        )


@dataclass(frozen=True, slots=True)
class Piece:
    """What one event adds to an answer.

    Attributes:
        text: words for the reader; None where there are none.
        hidden: it adds thoughts or a tool's arguments, which are no text.
        finish: why the answer ended, in the server's word.
        complete: the answer is whole.
        usage: tokens so far.
        model: which model answers.
        error: the server's message: the answer has failed.
    """

    text: str | None = None
    hidden: bool = False
    finish: str | None = None
    complete: bool = False
    usage: Usage | None = None
    model: str | None = None
    error: str | None = None


def piece_of(data: str) -> Piece | None:
    """What an event's data adds to an answer; None where it is no part of one. Never raises."""
    if data == DONE:
        return Piece(complete=True)
    if not data.startswith("{") or not any(mark in data for mark in _MARKS):
        return None
    try:
        facts = orjson.loads(data)
    except ValueError:
        facts = _with_lone_halves(data)
    return _piece(facts) if isinstance(facts, dict) else None


def _with_lone_halves(data: str) -> object:
    r"""JSON with half a character (`\ud83d`), the other half of which is in the next event."""
    if "\\ud" not in data:
        return None
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _piece(facts: Json) -> Piece | None:
    if isinstance(facts.get("choices"), list):
        return _chat(facts)
    kind = facts.get("type")
    if isinstance(kind, str) and kind.startswith("response."):
        return _responses(kind, facts)
    if kind == "error":
        return Piece(error=error_text(facts.get("error") or facts))
    if isinstance(kind, str) and kind in _ANTHROPIC:
        return _anthropic(kind, facts)
    if isinstance(facts.get("done"), bool):
        return _ollama(facts)
    if isinstance(facts.get("stop"), bool) and isinstance(facts.get("content"), str):
        return _llama(facts)
    if facts.get("error"):
        return Piece(error=error_text(facts["error"]))
    return None


def error_text(error: object) -> str:
    """An error's message, whichever way it is written."""
    if isinstance(error, dict):
        words = [error.get("message"), error.get("type"), error.get("code")]
        said = next((word for word in words if isinstance(word, str) and word), "")
        return said or orjson.dumps(error, default=str).decode()
    return str(error)


def _chat(facts: Json) -> Piece:
    """A chunk of chat completions, or of the older completions (`text`)."""
    choice = next((c for c in facts["choices"] if _dict(c).get("index", 0) == 0), None)
    choice = _dict(choice)
    delta = _dict(choice.get("delta"))
    finish = _text(choice.get("finish_reason"))
    error = facts.get("error") or choice.get("error")
    hidden = [delta.get(name) for name in ("reasoning_content", "reasoning", "tool_calls")]
    return Piece(
        text=_said(delta.get("content"))
        or _text(delta.get("refusal"))
        or _text(choice.get("text")),
        hidden=any(hidden),
        finish=finish,
        complete=finish is not None,
        usage=_usage(facts.get("usage"), "prompt_tokens", "completion_tokens", "completion"),
        model=_text(facts.get("model")),
        error=error_text(error) if error else None,
    )


def _said(content: object) -> str | None:
    """Content is a text, or (Mistral's) a list of parts of which some are thoughts."""
    if not isinstance(content, list):
        return _text(content)
    parts = [_dict(part) for part in content]
    return "".join([_text(p.get("text")) or "" for p in parts if p.get("type") == "text"]) or None


def _responses(kind: str, facts: Json) -> Piece:
    """An event of the Responses API."""
    if kind.endswith(".delta"):
        said = kind in ("response.output_text.delta", "response.refusal.delta")
        return Piece(text=_text(facts.get("delta")) if said else None, hidden=not said)
    response = _dict(facts.get("response"))
    ended = kind in ("response.completed", "response.incomplete")
    reason = _text(_dict(response.get("incomplete_details")).get("reason"))
    error = response.get("error") if kind == "response.failed" else None
    return Piece(
        finish=(reason or _text(response.get("status")) or kind[9:]) if ended else None,
        complete=ended,
        usage=_usage(response.get("usage"), "input_tokens", "output_tokens", "output"),
        model=_text(response.get("model")),
        error=error_text(error or "the response failed") if kind == "response.failed" else None,
    )


_ANTHROPIC = frozenset(
    {
        "message_start",
        "content_block_start",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
        "ping",
    }
)


def _anthropic(kind: str, facts: Json) -> Piece:
    """An event of Anthropic's messages."""
    message, delta = _dict(facts.get("message")), _dict(facts.get("delta"))
    if kind == "content_block_delta":
        said = delta.get("type") == "text_delta"
        return Piece(text=_text(delta.get("text")) if said else None, hidden=not said)
    if kind == "content_block_start":
        return Piece(text=_text(_dict(facts.get("content_block")).get("text")))
    usage = message.get("usage") or facts.get("usage")
    return Piece(
        finish=_text(delta.get("stop_reason")),
        complete=kind == "message_stop",
        usage=_usage(usage, "input_tokens", "output_tokens", "output"),
        model=_text(message.get("model")),
    )


def _ollama(facts: Json) -> Piece | None:
    """A line of Ollama's chat or generate."""
    message, response = facts.get("message"), facts.get("response")
    if not isinstance(message, dict) and not isinstance(response, str):
        return None
    told = _dict(message)
    return Piece(
        text=_text(told.get("content")) or _text(response),
        hidden=any((told.get("thinking"), facts.get("thinking"), told.get("tool_calls"))),
        finish=_text(facts.get("done_reason")),
        complete=facts["done"],
        usage=_usage(facts, "prompt_eval_count", "eval_count"),
        model=_text(facts.get("model")),
    )


def _llama(facts: Json) -> Piece:
    """An event of llama.cpp's own `/completion`."""
    stop = facts.get("stop_type") if facts["stop"] else None
    return Piece(
        text=_text(facts["content"]),
        finish=_text(stop),
        complete=facts["stop"],
        usage=_usage(facts, "tokens_evaluated", "tokens_predicted") if facts["stop"] else None,
        model=_text(facts.get("model")),
    )


def _usage(value: object, read: str, written: str, details: str = "") -> Usage | None:
    counts = _dict(value)
    thought = _dict(counts.get(f"{details}_tokens_details")).get("reasoning_tokens")
    usage = Usage(
        _count(counts.get(read)),
        _count(counts.get(written)),
        _count(counts.get("total_tokens")),
        _count(thought),
    )
    return usage if usage != Usage() else None


def _count(value: object) -> int | None:
    return value if type(value) is int and value >= 0 else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _dict(value: object) -> Json:
    return value if isinstance(value, dict) else {}
