"""The offline assistant's answers about what was done: subscriptions, events sent."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sse_tui.agent.offline.markdown import code, failed, plain, plural
from sse_tui.agent.offline.script import Result
from sse_tui.agent.offline.wishes import Send


def subscribed_to(asked: Sequence[str], results: Sequence[Result], replay: str | None) -> str:
    """What became of subscriptions."""
    return "\n".join(
        _subscribed_line(topic, result, replay)
        for topic, result in zip(asked, results, strict=True)
    )


def unsubscribed(asked: Sequence[str], results: Sequence[Result]) -> str:
    """What became of subscriptions given up."""
    lines = []
    for topic, result in zip(asked, results, strict=True):
        if result.failed:
            lines.append(failed(f"{code(topic)} was not unsubscribed", result))
        else:
            lines.append(_unsubscribed_line(code(topic), result.data))
    return "\n\n".join(lines)


def _unsubscribed_line(topic: str, data: dict[str, Any]) -> str:
    if data["closed"]:
        return f"{topic} is unsubscribed. What it brought stays readable."
    if data["held"]:
        return f"I let go of {topic}. It stays open because you, or others, watch it."
    return f"{topic} is your own subscription, which I cannot close. You can, in the topic list."


def sent(wish: Send, result: Result) -> str:
    """What became of an event."""
    made = result.made_with or {
        "topic": wish.topic,
        "data": wish.data,
        "event_type": wish.event_type,
    }
    topic = str(made.get("topic", wish.topic))
    if result.failed:
        return failed(f"Nothing was sent to {code(topic)}", result)
    kind = f" as **{plain(str(made['event_type']))}**" if made.get("event_type") else ""
    edited = ", as you edited it" if result.made_with is not None else ""
    data = json.dumps(made.get("data"), ensure_ascii=False)
    number = f" Its id is {code(result.data['id'])}." if result.data.get("id") else ""
    return f"Sent to {code(topic)}{kind}{edited}: {code(data)}.{number}"


def _subscribed_line(topic: str, result: Result, replay: str | None) -> str:
    if result.failed:
        return "- " + failed(f"{code(topic)} is not subscribed", result)
    data = result.data
    if data["already"]:
        return f"- {code(topic)} was subscribed already; {plural(data['kept'], 'row')} kept."
    state = "" if data["state"] == "open" else f" It is **{data['state']}** still."
    past = f" {plural(data['kept'], 'row')} came from before." if replay and data["kept"] else ""
    return f"- Subscribed to {code(topic)}.{past}{state}"
