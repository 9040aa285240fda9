"""The arguments of the MCP tools: their types, limits and descriptions for a language model."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

Topic = Annotated[
    str,
    Field(
        min_length=1,
        max_length=4096,
        description="A subscribed topic or URL, exactly as subscribed (see list_topics).",
    ),
]
Target = Annotated[
    str,
    Field(
        min_length=1,
        max_length=4096,
        description=(
            "Topic name (levels joined by dots; `*` stands for one level, a last `>` for all "
            "below), or the URL of an event stream."
        ),
    ),
]
Since = Annotated[
    int | None,
    Field(
        ge=0,
        description=(
            "Row number to start from: the `next` of your last answer. Omit it for the newest "
            "events."
        ),
    ),
]
Limit = Annotated[int, Field(ge=1, le=200, description="Number of events, at most.")]
Wait = Annotated[
    float,
    Field(
        ge=0,
        le=10,
        description="Seconds to wait for an event when there is none yet; 0 answers at once.",
    ),
]
EventBytes = Annotated[
    int,
    Field(ge=1, le=100_000, description="Bytes of `data` per event, at most; the rest is cut off."),
]
QueryText = Annotated[
    str,
    Field(
        max_length=10_000,
        description=(
            "Words that must all occur in an event's type, data or id, as in `error payment`; "
            '"two words" is one term, /regex/ a regular expression, and `!` before a term '
            "inverts it. Lower case matches any case. An empty query matches every event."
        ),
    ),
]
Topics = Annotated[
    list[str] | None,
    Field(description="Subscribed topics to look at; omit for all of them."),
]
Before = Annotated[
    str | None,
    Field(description="Only events that arrived before this row (`topic#number`), for paging."),
]
Replay = Annotated[
    str | None,
    Field(
        max_length=64,
        description=(
            "For a new subscription: also get what the server kept since then: `earliest`, `90s`, "
            "`5m`, `2h`, `7d`, or an RFC 3339 time. Omit it for new events only."
        ),
    ),
]
SendTo = Annotated[
    str,
    Field(min_length=1, max_length=4096, description="Topic name, without wildcards."),
]
Data = Annotated[
    Any,
    Field(description="The payload: any JSON value. A string with a JSON object in it is sent so."),
]
EventType = Annotated[
    str | None,
    Field(
        min_length=1,
        max_length=128,
        description="Event type; omit it for `message`.",
    ),
]
