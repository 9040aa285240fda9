"""How the hub says no: an error with an HTTP status, and the JSON body that carries its words."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import JSONResponse

from sse_tui.errors import SseTuiError


class Refused(SseTuiError):
    """A request that the hub does not fulfil.

    Args:
        status: the HTTP status of the answer, 4xx or 5xx.
        title, detail, hint: as in `SseTuiError`; all three are sent.
        headers: further headers of the answer.
    """

    def __init__(
        self,
        status: int,
        title: str,
        detail: str = "",
        hint: str = "",
        *,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(title, detail, hint)
        self.status = status
        self.headers = dict(headers or {})

    def response(self) -> JSONResponse:
        """The answer: JSON `{title, detail, hint}`."""
        body = {"title": self.title, "detail": self.detail, "hint": self.hint}
        return JSONResponse(body, self.status, self.headers)
