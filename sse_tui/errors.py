"""The typed errors that reach a user: a title, what happened, and what to do about it."""

from __future__ import annotations


class SseTuiError(Exception):
    """An error with words for the user.

    Args:
        title: what went wrong, a few words without a full stop.
        detail: one sentence with the facts (address, status, value); may be empty.
        hint: one sentence that says what to do; may be empty.
    """

    exit_code = 1

    def __init__(self, title: str, detail: str = "", hint: str = "") -> None:
        super().__init__(title)
        self.title = title
        self.detail = detail
        self.hint = hint

    def __str__(self) -> str:
        head = f"{self.title}: {self.detail}" if self.detail else self.title
        return f"{head} ({self.hint})" if self.hint else head


class UsageError(SseTuiError):
    """A wrong option, argument or value: exit code 2."""

    exit_code = 2


class ConfigError(UsageError):
    """A configuration file, key or value that cannot be used: exit code 2."""


class PlacedError(UsageError):
    """A text of the user's that does not parse, with the place.

    Args:
        title: what is wrong.
        text: the text as typed.
        position: index into `text` where it goes wrong, 0 to len(text).
    """

    def __init__(self, title: str, text: str, position: int, hint: str = "") -> None:
        super().__init__(title, f"{text!r} at column {position + 1}", hint)
        self.text = text
        self.position = position


class QueryError(PlacedError):
    """A filter that does not parse."""


class TemplateError(PlacedError):
    """A template of `--format` that does not parse."""


class StreamError(SseTuiError):
    """A stream that failed for good: exit code 3.

    `status` is the HTTP status when there was one.
    """

    exit_code = 3

    def __init__(
        self, title: str, detail: str = "", hint: str = "", *, status: int | None = None
    ) -> None:
        super().__init__(title, detail, hint)
        self.status = status


class ConnectError(StreamError):
    """The server could not be reached, or hung up before it answered."""


class StatusError(StreamError):
    """The server answered with a status that is not a stream."""


class ContentTypeError(StreamError):
    """The server answered 200 with something other than an event stream."""


class StreamEndedError(StreamError):
    """The stream broke or ended, and the policy says not to try again."""


class SendError(StreamError):
    """An event was not accepted by the server."""


class HealthError(StreamError):
    """The health check failed."""


class HubError(SseTuiError):
    """The hub cannot start or cannot keep an event."""


class HubUnavailableError(HubError, UsageError):
    """The port or the data folder is in use, or may not be used: exit code 2."""

    exit_code = 2


class AgentError(SseTuiError):
    """The agent, its model or its MCP connection failed: exit code 3."""

    exit_code = 3
