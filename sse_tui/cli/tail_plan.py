"""What one run of `tail` was asked to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sse_tui.cli.line_options import LinePlan, OutputPlan

if TYPE_CHECKING:
    from sse_tui.cli.context import AppContext
    from sse_tui.cli.output import Output
    from sse_tui.client.options import StreamOptions
    from sse_tui.events.query import Query


@dataclass(frozen=True, slots=True, kw_only=True)
class TailPlan:
    """What `tail` was asked to do.

    Attributes:
        streams: the targets as given, with how each is asked for.
        line: what a line looks like.
        output: where lines go.
        text: print the text that the events add up to, instead of lines.
        everything: print rows of every kind, not events only.
        where: print only what matches.
        count: end after so many printed events.
        until: end after the first event that matches.
        timeout_s: end after this time in all.
        exit_idle_s: end when no event came for this time.
    """

    streams: Mapping[str, StreamOptions]
    line: LinePlan = field(default_factory=LinePlan)
    output: OutputPlan = field(default_factory=OutputPlan)
    text: bool = False
    everything: bool = False
    where: Query | None = None
    count: int | None = None
    until: Query | None = None
    timeout_s: float | None = None
    exit_idle_s: float | None = None


async def follow_streams(app: AppContext, plan: TailPlan) -> int:
    """Do it, on standard output; returns the exit code.

    Raises:
        SseTuiError: a target that cannot be subscribed to, a configuration that cannot be used, or
            a file that cannot be written.
    """
    from sse_tui.cli.output import Output
    from sse_tui.cli.tail_follow import follow

    output = Output() if plan.output.file is None else _file_output(plan.output)
    async with app.service() as service:
        return await follow(service, plan, output)


def _file_output(plan: OutputPlan) -> Output:
    from sse_tui.cli.file_output import open_output

    return open_output(plan.file, plan.rotate_bytes, plan.keep)
