"""Ollama's own API; its OpenAI-compatible one is of the dialect `openai`.

After https://docs.ollama.com/api/streaming and https://docs.ollama.com/api/errors; not seen live.
Answers are lines of JSON; an error after the status 200 is the line `{"error": ...}`, and
`"done": true` is the end.
"""

from __future__ import annotations

from sse_tui.client.dialects.answers import ModelDialect
from sse_tui.client.dialects.ndjson import NdjsonDialect
from sse_tui.client.dialects.requests import accepting
from sse_tui.client.options import StreamOptions
from sse_tui.client.request import HttpRequest


class OllamaDialect(ModelDialect, NdjsonDialect):
    """`api/chat` and `api/generate` under such as http://localhost:11434."""

    name = "ollama"
    finish_mark = '"done": true'
    example = '{"model": "llama3.2", "messages": [{"role": "user", "content": "Hi"}]}'

    def stream(self, base: str | None, topic: str, options: StreamOptions) -> HttpRequest:
        """`POST {base}/{topic}`; streaming is what Ollama does by itself."""
        return accepting(super().stream(base, topic, options), self.accept)


DIALECT = OllamaDialect()
