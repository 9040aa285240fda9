"""Understands requests to send an event, whatever the order of their parts."""

from __future__ import annotations

import re
from json import JSONDecodeError
from typing import Any

from sse_tui.agent.offline.phrases import json_span, topic_name
from sse_tui.agent.offline.wishes import Send, Unclear

_VERB = re.compile(
    r"(?:send|publish|emit|post|push|fire|write|produce|dispatch)\b\s*(?:out\s+)?", re.I
)
_TYPE = re.compile(
    r"""[\s,]*\b(?:
        (?:as|with)\s+(?:an?\s+)?(?:the\s+)?(?:event\s+)?type(?:\s+of)?[:=]?\s+[`'"]?(?P<a>[\w.:-]+)[`'"]?
        | (?:event\s+)?type[:=]\s*[`'"]?(?P<b>[\w.:-]+)[`'"]?
        | as\s+(?:an?\s+)?[`'"]?(?P<c>[\w.:-]+)[`'"]?(?:\s+event)?
    )(?=$|[\s,])""",
    re.IGNORECASE | re.VERBOSE,
)
_TO = re.compile(r"\b(?:to|on|into|in|onto)\s+(?P<topic>.+)", re.IGNORECASE)
_NAMED = re.compile(
    r"(?:an?\s+|the\s+)?(?:event\s+(?:of\s+type\s+|called\s+|named\s+)?[`'\"]?(?P<a>[\w.:-]+)[`'\"]?"
    r"|(?!(?:an?|the|this|some|one)\s)[`'\"]?(?P<b>[\w.:-]+)[`'\"]?\s+events?)",
    re.IGNORECASE,
)
_EMPTY = re.compile(
    r"(?:an?\s+|the\s+|this\s+|some\s+)?(?:events?|message|json|payload|data|it)?", re.I
)
_WITH = re.compile(
    r"[\s,]*\b(?:with|containing|carrying)(?:\s+(?:the|this))?(?:\s+(?:data|payload|body|json|content))?:?$",
    re.IGNORECASE,
)

_SAYING = re.compile(
    r"(?:an?\s+)?(?:events?|message)?\s*(?:to|on)\s+(?P<topic>\S+?):?\s+"
    r"(?:saying|that\s+says|which\s+says|with\s+(?:the\s+)?(?:text|message|content))[: ]\s*"
    r"(?P<text>.+)",
    re.IGNORECASE | re.DOTALL,
)

NOTHING_TO_SEND = 'What shall the event say? Try: send {{"message":"hello"}} to {topic}'

_PLACE = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands for the payload while the words around it are read."""


def send_wish(text: str) -> Send | Unclear | None:
    """The event that a request wants sent; `Unclear` for broken JSON; None: another request."""
    verb = _VERB.match(text)
    if verb is None:
        return None
    rest = text[verb.end() :].strip()
    try:
        span = _payload(rest)
    except JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        return Unclear(text, f"Nothing was sent. The JSON is not valid: {error.msg} at {place}.")
    if span is None:
        return _words(rest)
    start, end, data = span
    return _around(f"{rest[:start]} {_PLACE} {rest[end:]}", data)


def _payload(text: str) -> tuple[int, int, Any] | None:
    quoted = re.search(r"\"([^\"]*)\"|“([^”]*)”", text)
    bracket = re.search(r"[{\[]", text)
    if quoted and (bracket is None or quoted.start() < bracket.start()):
        return quoted.start(), quoted.end(), quoted[1] if quoted[1] is not None else quoted[2]
    return json_span(text)


def _around(text: str, data: Any) -> Send:  # noqa: ANN401 - any JSON value
    text, event_type = _take_type(text)
    topic = _TO.search(text)
    words = text if topic is None else text[: topic.start()]
    target = "" if topic is None else topic["topic"]
    named = _NAMED.fullmatch(_WITH.sub("", words.replace(_PLACE, " ").strip()).strip())
    if named and event_type is None:
        event_type = named["a"] or named["b"]
    target = _WITH.sub("", target.replace(_PLACE, " ").strip()).strip(" :")
    return Send(topic_name(target), data, event_type)


def _words(text: str) -> Send | Unclear | None:
    """Without JSON or quotes: all words before the last "to" are the payload."""
    text, event_type = _take_type(text)
    saying = _SAYING.fullmatch(text)
    if saying and topic_name(saying["topic"]):
        return Send(topic_name(saying["topic"]), saying["text"].strip(), event_type)
    before, to, topic = _last_to(text)
    if not to or not topic_name(topic):
        return None
    named = _NAMED.fullmatch(before)
    if named and event_type is None:
        return Send(topic_name(topic), {}, named["a"] or named["b"])
    if _EMPTY.fullmatch(before) and event_type is None:
        return Unclear(text, NOTHING_TO_SEND.format(topic=topic_name(topic)))
    if _EMPTY.fullmatch(before):
        return Send(topic_name(topic), {}, event_type)
    return Send(topic_name(topic), before, event_type)


def _last_to(text: str) -> tuple[str, bool, str]:
    found = list(re.finditer(r"\s*\b(?:to|on|into)\s+", text, re.IGNORECASE))
    if not found:
        return text, False, ""
    last = found[-1]
    return text[: last.start()].strip(), True, text[last.end() :].strip()


def _take_type(text: str) -> tuple[str, str | None]:
    match = _TYPE.search(text)
    if match is None:
        return text, None
    rest = f"{text[: match.start()]} {text[match.end() :]}".strip()
    return rest, match["a"] or match["b"] or match["c"]
