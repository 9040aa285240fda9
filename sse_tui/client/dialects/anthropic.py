"""Anthropic's messages.

After https://docs.claude.com/en/docs/build-with-claude/streaming and
https://docs.claude.com/en/api/versioning; not seen live. Events are named; `ping` is an event like
any other, an error after the status 200 is `event: error`, and `message_stop` is the end. The key
is the user's header `x-api-key`.
"""

from __future__ import annotations

from sse_tui.client.dialects.answers import ModelDialect

VERSION = "2023-06-01"


class AnthropicDialect(ModelDialect):
    """`messages` under such as https://api.anthropic.com/v1."""

    name = "anthropic"
    finish_mark = "message_stop"
    base_headers = (*ModelDialect.base_headers, ("anthropic-version", VERSION))
    example = (
        '{"model": "claude-sonnet-4-5", "max_tokens": 256, "stream": true,'
        ' "messages": [{"role": "user", "content": "Hi"}]}'
    )


DIALECT = AnthropicDialect()
