"""The template of `--format`: parsed once, filled for every row that is printed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sse_tui.cli.cells import cut, pad
from sse_tui.cli.tail_fields import FIELDS, Field, RowFields, json_field
from sse_tui.cli.tail_times import RowTimes
from sse_tui.config_values import close_match
from sse_tui.errors import TemplateError
from sse_tui.events.json_path import STEPS, parse_path
from sse_tui.events.model import Row

_LITERAL = re.compile(r"(?:[^{}\\]|\{\{|\}\}|\\[nt\\])+")
_ESCAPE = re.compile(r"\{\{|\}\}|\\[nt\\]")
_MEANING = {"{{": "{", "}}": "}", "\\n": "\n", "\\t": "\t", "\\\\": "\\"}
_NAME = re.compile(rf"([A-Za-z_]\w*)({STEPS})")
_SHAPE = re.compile(r"(?:([^{}])?([<>^]))?(\d{1,3})?(?:\.(\d{1,3}))?(?=\})")


@dataclass(frozen=True, slots=True)
class Slot:
    """One field of a template, and the columns that it takes."""

    field: Field
    fill: str = " "
    align: str = "<"
    width: int = 0
    most: int | None = None

    def text(self, fields: RowFields) -> str:
        """What stands in its place for a row."""
        text = self.field(fields)
        if self.most is not None:
            text = cut(text, self.most)
        return pad(text, self.width, self.align, self.fill) if self.width else text


class Template:
    """A template, parsed; made by `parse_template`."""

    def __init__(self, parts: Sequence[str | Slot]) -> None:
        self._parts = parts

    def fill(self, fields: RowFields) -> str:
        """The line of one row, without its LF."""
        return "".join([p if isinstance(p, str) else p.text(fields) for p in self._parts])


class TemplateLines:
    """Makes the lines of a template.

    Args:
        template: what a line looks like.
        times: tells the times of rows.
        terminal: the lines go to a terminal: `{raw}` is escaped, too.
    """

    def __init__(self, template: Template, times: RowTimes, *, terminal: bool = False) -> None:
        self._template = template
        self._times = times
        self._terminal = terminal

    def __call__(self, rows: Sequence[Row], target: str) -> bytes:
        """The lines of some rows of one target."""
        lines = []
        for row in rows:
            self._times.take(row.received_at)
            lines.append(self._template.fill(RowFields(row, target, self._times, self._terminal)))
        return "".join([f"{line}\n" for line in lines]).encode("utf-8", "replace")


def parse_template(text: str) -> Template:
    r"""Parse a template: text, `{field}`, `{field:<12.12}`, `{{`, `}}`, `\n`, `\t`, `\\`.

    After the colon stands [[fill]align][width][.most], as in Python, counted in columns.

    Raises:
        TemplateError: it does not parse, or names a field that there is not; it says where.
    """
    parts: list[str | Slot] = []
    at = 0
    while at < len(text):
        if literal := _LITERAL.match(text, at):
            parts.append(_ESCAPE.sub(lambda match: _MEANING[match[0]], literal[0]))
            at = literal.end()
        elif text[at] == "{":
            slot, at = _slot(text, at)
            parts.append(slot)
        elif text[at] == "}":
            raise TemplateError("No brace is open here", text, at, "A brace itself is }}.")
        else:
            hint = r"There are \n, \t and \\."
            raise TemplateError("There is no such escape", text, at, hint)
    return Template(parts)


def _slot(text: str, start: int) -> tuple[Slot, int]:
    """The field whose brace opens at `start`, and the position after its end."""
    name = _NAME.match(text, start + 1)
    if name is None:
        title = "No field is named" if text[start + 1 :] else "The brace is not closed"
        raise TemplateError(title, text, start, "A brace itself is {{.")
    field = _field(text, name)
    at = name.end()
    if text[at : at + 1] == "}":
        return Slot(field), at + 1
    if "}" not in text[at:]:
        raise TemplateError("The brace is not closed", text, start)
    if text[at] != ":":
        raise TemplateError("This does not belong into a field", text, at)
    shape = _SHAPE.match(text, at + 1)
    if shape is None:
        hint = "As in {event:<12} or {data:.80}: alignment < > ^, width, most columns."
        raise TemplateError("Not a width", text, at + 1, hint)
    fill, align, width, most = shape.groups()
    limit = None if most is None else int(most)
    return Slot(field, fill or " ", align or "<", int(width or 0), limit), shape.end() + 1


def _field(text: str, name: re.Match[str]) -> Field:
    word, steps = name.groups()
    if word == "data" and steps:
        return json_field(parse_path(name[0])[1:])
    if word not in FIELDS:
        hint = f"{close_match(word, FIELDS)} A value in JSON data is {{data.{word}}}."
        raise TemplateError(f"There is no field {word}", text, name.start(), hint)
    if steps:
        raise TemplateError("Only data has parts", text, name.start(2))
    return FIELDS[word]
