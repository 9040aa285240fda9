"""Short explanations of Server-Sent Events, by the WHATWG HTML standard, section 9.2."""

from __future__ import annotations

import re

LESSONS: dict[str, str] = {
    "sse": """\
**Server-Sent Events** are a plain HTTP answer that does not end: the server keeps it open \
(`Content-Type: text/event-stream`) and writes events into it as text.

```
id: 41
event: login
data: {"user_id":"user123"}

```

- `data` is the payload; several `data` lines are joined by line feeds.
- `event` is the **event type**; without it the type is `message`.
- `id` sets the **last event ID**, `retry` the **reconnection time** in milliseconds.
- A line that begins with `:` is a **comment**, mostly a keep-alive.
- An empty line sends the event off. An event that the connection cuts in half is thrown away.

If the connection breaks, the client comes back by itself and sends `Last-Event-ID`, so the \
server can go on where it stopped. It is one way only: to send, a client makes ordinary \
requests.
""",
    "last-event-id": """\
The **last event ID** is the position in a stream. A server puts it into events with an `id` \
line; the client keeps the newest one and sends it as the header `Last-Event-ID` when it \
connects again, so that the server can replay what was missed.

- An event without an `id` line inherits the ID before it.
- An empty `id` line resets it; an ID that holds a NULL character is ignored.
- Whether anything is replayed is up to the server. Here a reconnect leaves a **gap** row that \
says what is known: resumed after which ID, how much was replayed, whether something was lost.
""",
    "reconnection": """\
When a stream ends or breaks, an SSE client waits for the **reconnection time** and connects \
again, with the last event ID.

- The server may set the time: `retry: 5000` means 5 seconds. sse-tui starts with 1 second, \
doubles it (with jitter, up to 30 seconds) while it fails, and honours `Retry-After`.
- **204 No Content** tells the client to stop for good. 429 and 5xx are tried again; other \
statuses and a wrong content type are final.
- Press `r` on a stream to connect at once.
""",
    "event-type": """\
The **event type** is the `event` line of an event; without one it is `message`. Clients choose \
by it what to do with the event, so it is worth naming well: one fact, in the past tense \
(`order_paid`), and not only inside the payload.
""",
    "comment": """\
A line that begins with a colon is a **comment**. Clients ignore it; servers send one every few \
seconds as a **keep-alive**, so that neither side nor a proxy takes a quiet stream for a dead \
one. sse-tui can show them in the log.
""",
    "gap": """\
A **gap** row stands where a stream was not connected. It says how long, after which event ID \
the stream resumed, and, where it can be known, how many events were replayed, were duplicates, \
or were lost. sse-tui never hides a gap: what it cannot know, it says so.
""",
    "data": """\
The payload of an event is its `data`: any text, often JSON. Several `data` lines make one \
payload with line feeds between them. JSON that does not parse is an event all the same; it is \
shown as text.
""",
    "done": """\
Streams of language models end with an event whose data is `[DONE]`. It is kept and shown; then \
the stream is stopped and not opened again (`--no-done` treats it as data).
""",
    "websocket": """\
**SSE or WebSocket?** SSE is plain HTTP, one way (server to client), text, and comes back by \
itself with its position after a break: right for feeds, logs, progress and token streams. \
WebSocket is two ways and binary too, but needs its own protocol for everything else, resuming \
included.
""",
    "practice": """\
Good event practice:

- One fact per event, named in the past tense: `order_paid`, not `update`.
- Put that name into the **event type**; keep the payload a small, flat JSON object with stable \
names, ISO 8601 times in UTC, and ids as strings.
- Give each event an `id`, so that clients can resume; let consumers bear duplicates.
- Send a comment every 15 seconds or so as a keep-alive.
- Never put secrets into a payload, nor personal data that nobody needs.
""",
    "mcp": """\
**MCP** (Model Context Protocol) is how an agent reaches tools. sse-tui gives its streams to \
agents as MCP tools; this chat uses the very same ones. `sse-tui mcp` runs that server for other \
agents.
""",
    "hub": """\
The **hub** is sse-tui's own event server: `POST /events/TOPIC` takes an event, `GET \
/events/TOPIC` streams them, with replay after an ID or since a time (`since=5m`). It runs by \
itself when no other server is named; `sse-tui serve` runs it alone.
""",
}

_NAMES: tuple[tuple[str, str], ...] = (
    (r"last[- ]?event[- ]?ids?|event ids?|ids?|resum\w*|replay\w*|positions?", "last-event-id"),
    (r"re-?connect\w*|retry|retries|re-?connection times?|back-?off|204", "reconnection"),
    (r"event types?|types? of events?|types?", "event-type"),
    (r"comments?|keep-?alives?|heart-?beats?|pings?", "comment"),
    (r"gaps?(?: rows?)?", "gap"),
    (r"(?:the )?data(?: fields?| lines?)?|payloads?", "data"),
    (r"\[?done\]?", "done"),
    (
        r"(?:sse (?:vs\.?|versus|or|and) )?web-?sockets?(?: (?:vs\.?|versus|or|and) sse)?",
        "websocket",
    ),
    (r"(?:good |best )?(?:event )?(?:design|practices?)|good events?", "practice"),
    (r"mcp|model context protocol", "mcp"),
    (r"(?:event |embedded )?hub", "hub"),
    (
        r"sse|ssee?s|server[- ]?sent[- ]?events?|event[- ]?sources?|event[- ]?streams?"
        r"|(?:the )?(?:sse )?(?:format|protocol|standard)|events?",
        "sse",
    ),
)


def lesson_about(words: str) -> str | None:
    """The lesson that some words ask for; None when there is none."""
    words = re.sub(
        r"^(?:an?|the)\s+|\s+(?:in|of|for|with) (?:an? )?sse$", "", words.strip(), flags=re.I
    )
    for pattern, name in _NAMES:
        if re.fullmatch(pattern, words, re.IGNORECASE):
            return name
    return None
