"""The small parts of a request: courtesies, topic names, times, numbers, JSON."""

from __future__ import annotations

import json
import re
from typing import Any

_COURTESY = re.compile(
    r"""(?:
        (?:hey|hi|hello|ok|okay|so|well|and|then|now|please|pls|kindly|just|also|quickly)\b[,!.:]?
        | (?:first|next|finally|afterwards),
        | (?:can|could|would|will)\s+you(?:\s+please)?
        | i(?:\s+woul|')d\s+like\s+(?:you\s+)?to(?:\s+know)?
        | i\s+(?:want|need)\s+(?:you\s+)?to(?:\s+know)?
        | let(?:'s|\s+us|\s+me)(?:\s+know)?
        | (?:tell|show|give|get|bring|read)\s+(?:me|us)
        | explain(?=\s+what\s+(?:has\s+|is\s+)?happen)
        | help\s+me(?:\s+to)?
        | go\s+ahead\s+and
        | do\s+you\s+know
        | i\s+wonder
    )\s+(?!there$)(?=\S)""",
    re.IGNORECASE | re.VERBOSE,
)
_AFTER = re.compile(
    r"(?:[\s,]+(?:please|pls|(?:for|to) (?:me|us)|thanks|thank you|(?:right |just )?now|again|too"
    r"|as well))+$",
    re.IGNORECASE,
)
_TOPIC_FILLERS = {"the", "a", "an", "its", "their", "my", "our", "this", "that", "called", "named"}
_TOPIC_FILLERS |= {"topic", "topics", "stream", "streams", "channel", "channels", "feed", "feeds"}
_TOPIC_FILLERS |= {"queue", "sse", "event", "of", "on", "in", "from", "to"}
_ALL = re.compile(
    r"(?:all|every|everything|any|anything|each)(?: (?:of (?:them|it)|the|my|our|topics?|streams?|"
    r"events?|channels?|subscriptions?))*",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"(?:it|here|there|them|those|that|this|that one|this one|the same)", re.I)
_AROUND_NAMES = "`'\".,!?:\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}“”"
_WILD_NAME = re.compile(r"[A-Za-z0-9_~*>][\w~.*>-]*")

_UNITS = {"s": 1, "sec": 1, "second": 1, "m": 60, "min": 60, "minute": 60, "h": 3600, "hr": 3600}
_UNITS |= {"hour": 3600, "d": 86400, "day": 86400, "w": 604800, "week": 604800}
_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven")
_NUMBERS = {word: number for number, word in enumerate(_WORDS, 1)}
_NUMBERS |= {"a": 1, "an": 1, "couple of": 2, "a couple of": 2, "few": 5, "a few": 5}
_NUMBERS |= {"twelve": 12, "twenty": 20, "fifty": 50, "hundred": 100, "a hundred": 100}
_NUMBER = r"(?:\d+|" + "|".join(sorted(map(re.escape, _NUMBERS), key=len, reverse=True)) + ")"
_WINDOW = re.compile(
    rf"""[\s,]*\b(?:
        (?:in|within|during|over|for|of|from|since|with)?\s*
        (?:the\s+)?(?:last|past|previous)\s+(?P<n>{_NUMBER}\s*)?(?P<unit>[a-z]+?)s?
        | since\s+(?P<n2>\d+)\s*(?P<unit2>[a-z]+?)s?(?:\s+ago)?
    )(?=$|[\s,.?!])""",
    re.IGNORECASE | re.VERBOSE,
)
_FROM_START = re.compile(
    r"[\s,]*\b(?:from|since) (?:the )?(?:very )?(?:beginning|start|earliest)\b", re.IGNORECASE
)

MAX_NAME_WORDS = 3

HERE = "."
"""Stands for the topics that were spoken of just before ("there", "it")."""


def clean(text: str) -> str:
    """The request without courtesies around it."""
    text = text.strip().strip(".!?").strip() or text.strip()
    while match := _COURTESY.match(text):
        text = text[match.end() :]
    while match := _AFTER.search(text):
        text = text[: match.start()].strip(".!?").strip()
    return text


def topics_in(text: str) -> tuple[str, ...] | None:
    """The topics that a phrase names; empty for "all", `HERE` for "there"; None: no names."""
    text = text.strip().strip(".!?:").strip()
    if _PRONOUN.fullmatch(text):
        return (HERE,)
    if not text or _ALL.fullmatch(text):
        return ()
    parts = re.split(r"\s*(?:,|;|&|\band\b|\bor\b)\s*", text)
    names = [topic_name(part) for part in parts if part]
    return tuple(dict.fromkeys(names)) if names and all(names) else None


def topic_name(phrase: str) -> str:
    """A topic's name from words ("the user events stream"); empty when they are no name."""
    words = [word.strip(_AROUND_NAMES) for word in phrase.split()]
    while len(words) > 1 and words[0].lower() in _TOPIC_FILLERS:
        del words[0]
    while len(words) > 1 and words[-1].lower() in _TOPIC_FILLERS:
        del words[-1]
    if len(words) == 1 and "://" in words[0]:
        return words[0]
    name = "_".join(words)
    is_name = _WILD_NAME.fullmatch(name) and len(words) <= MAX_NAME_WORDS
    return name if is_name and not _TOPIC_FILLERS.intersection(words) else ""


def take_window(text: str) -> tuple[str, float | None]:
    """The text without its "in the last 5 minutes", and those seconds; None: not said."""
    for match in _WINDOW.finditer(text):
        unit = _UNITS.get((match["unit"] or match["unit2"]).lower())
        if unit is not None:
            count = number(match["n"] or match["n2"] or "1")
            rest = f"{text[: match.start()]} {text[match.end() :]}".strip()
            return rest, float(count * unit)
    return text, None


def take_start(text: str) -> tuple[str, bool]:
    """The text without its "from the beginning", and whether it was said."""
    rest = _FROM_START.sub("", text)
    return rest, rest != text


def number(word: str) -> int:
    """A number in digits or as a word."""
    word = " ".join(word.lower().split())
    return int(word) if word.isdecimal() else _NUMBERS.get(word, 1)


def duration_word(seconds: float) -> str:
    """Seconds as a position that the hub understands: `90s`, `5m`, `2h`, `7d`."""
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= size and seconds % size == 0:
            return f"{int(seconds // size)}{unit}"
    return f"{int(seconds)}s"


def json_span(text: str) -> tuple[int, int, Any] | None:
    """The first JSON object or array in a text: its start, its end, its value.

    Raises:
        ValueError: something begins like one, but is not JSON.
    """
    match = re.search(r"[{\[]", text)
    if match is None:
        return None
    value, end = json.JSONDecoder().raw_decode(text, match.start())
    return match.start(), end, value


def quoted_spans(text: str) -> list[tuple[int, int]]:
    """Where JSON and quoted words stand, which must not be cut apart."""
    spans = [match.span() for match in re.finditer(r"\"[^\"]*\"|`[^`]*`|“[^”]*”", text)]
    try:
        found = json_span(text)
    except ValueError:
        found = None
    return [*spans, found[:2]] if found else spans


NUMBER = _NUMBER
"""Matches what `number` reads."""
