"""The options that say what printed lines look like, and where they go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

import click

from sse_tui.cli.context import AnyCommand
from sse_tui.cli.tail_times import TIME_FORMS, TimeForm
from sse_tui.errors import UsageError

if TYPE_CHECKING:
    from sse_tui.cli.tail_template import Template

Form: TypeAlias = Literal["line", "json", "raw", "template"]

_OPTIONS = (
    click.option("--raw", "form", flag_value="raw", help="Print only the data."),
    click.option("--json", "form", flag_value="json", help="Print JSON, one object a line."),
    click.option("--format", "template", metavar="TEMPLATE", help="Print lines of your own form."),
    click.option(
        "--time",
        "time_form",
        type=click.Choice(TIME_FORMS),
        help="The time of a line: relative to the start, delta to the line before ...",
    ),
    click.option(
        "--color",
        type=click.Choice(("auto", "always", "never")),
        default="auto",
        help="Colours; auto: on a terminal, unless NO_COLOR is set.",
    ),
)

_FILE_OPTIONS = (
    click.option(
        "-o",
        "--output",
        type=click.Path(dir_okay=False, allow_dash=True),
        metavar="FILE",
        help="Append to FILE instead of stdout.",
    ),
    click.option("--rotate-size", metavar="SIZE", help="Begin FILE anew at 500k, 100M, 1G ..."),
    click.option(
        "--keep", type=click.IntRange(1, 1000), metavar="N", help="Keep N older files (5)."
    ),
)


@dataclass(frozen=True, slots=True)
class LinePlan:
    """What a line looks like.

    Attributes:
        form: which of the forms.
        template: for the form `template`.
        time_form: which time the default line begins with.
    """

    form: Form = "line"
    template: Template | None = None
    time_form: TimeForm = "clock"


@dataclass(frozen=True, slots=True)
class OutputPlan:
    """Where lines go.

    Attributes:
        file: a path; None or `-` for standard output.
        rotate_bytes: the size at which the file is begun anew; None for never.
        keep: how many older files are kept.
    """

    file: str | None = None
    rotate_bytes: int | None = None
    keep: int = 5


def line_options(command: AnyCommand) -> AnyCommand:
    """Add --raw, --json, --format, --time and --color; `line_asked_for` reads them."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def output_options(command: AnyCommand) -> AnyCommand:
    """Add --output, --rotate-size and --keep; `output_asked_for` reads them."""
    for option in reversed(_FILE_OPTIONS):
        command = option(command)
    return command


def line_asked_for(options: dict[str, Any]) -> LinePlan:
    """Take the options of `line_options` out of what click parsed.

    Raises:
        UsageError: two of them do not go together.
        TemplateError: the template does not parse.
    """
    form, template = options.pop("form"), options.pop("template")
    time_form, color = options.pop("time_form"), options.pop("color")
    if color != "auto":
        from sse_tui.cli.colors import choose

        choose(color)
    if form and template is not None:
        raise UsageError(f"--{form} and --format are two forms of a line", "take one of them")
    if time_form and (form or template is not None):
        raise UsageError(
            "--time is for the default line", hint="Templates have {time}, {elapsed}, {delta} ..."
        )
    if template is not None:
        from sse_tui.cli.tail_template import parse_template

        return LinePlan("template", parse_template(template))
    return LinePlan(cast("Form", form or "line"), time_form=time_form or "clock")


def output_asked_for(options: dict[str, Any]) -> OutputPlan:
    """Take the options of `output_options` out of what click parsed.

    Raises:
        UsageError: a size is none, or they do not go together.
    """
    file, size, keep = (options.pop(name) for name in ("output", "rotate_size", "keep"))
    if size is None:
        if keep is not None:
            raise UsageError("--keep goes with --rotate-size")
        return OutputPlan(file)
    if file is None or file == "-":
        raise UsageError("--rotate-size needs a file", hint="Name it with --output FILE.")
    from sse_tui.cli.file_output import parse_size

    return OutputPlan(file, parse_size(size), 5 if keep is None else keep)
