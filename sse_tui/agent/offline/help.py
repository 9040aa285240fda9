"""What the offline assistant says of itself."""

from __future__ import annotations

from sse_tui.agent.offline.wishes import Help, Unclear

WHO = (
    "I am the **offline assistant**: rules, not a language model. I understand plain requests "
    "about your event streams and use the same tools as a model would."
)

COMMANDS = """\
- *list topics*
- *subscribe to orders*, *subscribe to orders since 5m*, *unsubscribe from orders*
- *what happened in orders?*, *last 5 events in orders*, *wait for the next event in orders*
- *search declined in orders*, *how many login events in user_events?*, *what failed?*
- *stats of orders*, *describe orders*
- *send {"type":"ping"} to orders as ping* (I ask you before anything is sent)
- *explain SSE*, *explain last event ID*, *explain reconnection*, *good event practice*

Requests can be joined: *subscribe to orders and tell me what happened*.
"""

CONNECT = """\
To put a language model in my place, set these in your environment or in a `.env` file in the \
folder where you start sse-tui, then start it again:

- OpenAI: `OPENAI_API_KEY=…`, and if you like `OPENAI_MODEL=gpt-4o`
- a model of your own (Ollama, vLLM, llama.cpp, LM Studio): \
`OPENAI_BASE_URL=http://localhost:11434/v1` and `OPENAI_MODEL=…`; it needs no key

It gets the same tools, and asks you before it sends, unsubscribes or opens a URL, as I do.
"""


def help_text(wish: Help) -> str:
    """Who I am and what I understand."""
    hello = "Hello! " if wish.greeting else ""
    return f"{hello}{WHO} For example:\n\n{COMMANDS}\n*How do I connect a model?* tells you how."


def connect_text() -> str:
    """How a language model is connected."""
    return f"{WHO}\n\n{CONNECT}"


def unclear_text(wish: Unclear) -> str:
    """An answer to what was not understood."""
    if wish.why:
        return wish.why
    return (
        f"I did not understand that. {WHO} Try one of these:\n\n{COMMANDS}\n"
        "A language model would understand more: *how do I connect a model?*"
    )
