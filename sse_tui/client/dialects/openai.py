"""OpenAI's chat completions and Responses, and the many servers that speak like it.

After https://platform.openai.com/docs/api-reference/chat-streaming and
https://platform.openai.com/docs/api-reference/responses-streaming; not seen live. An error after
the status 200 is `data: {"error": ...}` (chat completions), or `error` and `response.failed`
(Responses); the end is a finish reason and `[DONE]`, or `response.completed`.
"""

from __future__ import annotations

from sse_tui.client.dialects.answers import ModelDialect


class OpenAiDialect(ModelDialect):
    """`chat/completions`, `completions` and `responses` under such as https://api.openai.com/v1."""

    name = "openai"
    finish_mark = "a finish reason, [DONE] or response.completed"
    example = '{"model": "gpt-4o", "stream": true, "messages": [{"role": "user", "content": "Hi"}]}'


DIALECT = OpenAiDialect()
