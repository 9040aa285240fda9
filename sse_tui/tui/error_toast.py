"""How a typed error is told: one toast with its title and its hint."""

from __future__ import annotations

from typing import Any

from textual.app import App

from sse_tui.errors import SseTuiError
from sse_tui.events.format import escape

ERROR_S = 8.0


def tell_error(app: App[Any], error: SseTuiError, where: str = "") -> None:
    """Show the toast.

    Args:
        app: the running app.
        error: what happened; a server's words in it are untrusted.
        where: the topic that it concerns; may be empty.
    """
    known = not where or where in f"{error.title} {error.detail}"
    title = error.title if known else f"{where}: {error.title}"
    lines = [escape(part) for part in (error.detail, error.hint) if part]
    app.notify(
        "\n".join(lines) or "Nothing was lost.",
        title=escape(title),
        severity="error",
        timeout=ERROR_S,
        markup=False,
    )
