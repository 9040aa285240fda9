"""One line of text with a left end, a right end and a given width."""

from __future__ import annotations

from textual.content import Content

from sse_tui.events.format import escape


def fit(content: Content, width: int) -> Content:
    """`content` in at most `width` cells; an ellipsis stands for what is cut off."""
    return content.truncate(max(width, 0), ellipsis=True)


def spread(left: Content, right: Content, width: int) -> Content:
    """`left` and `right` at the two ends of `width` cells; `left` is cut where both do not fit."""
    room = width - right.cell_length - (1 if right else 0)
    left = fit(left, room)
    return Content("").join(
        [left, Content(" " * max(width - left.cell_length - right.cell_length, 0)), right]
    )


def name_of(topic: str, width: int) -> Content:
    """A topic in at most `width` cells: a URL without its scheme, what is too long cut in front.

    Names differ at their ends more than at their beginnings.
    """
    name = Content(escape(topic.partition("://")[2] or topic))
    if name.cell_length <= width:
        return name
    end = name.plain
    while end and Content(end).cell_length >= width:
        end = end[1:]
    return Content(f"…{end}")


def compact(count: int) -> str:
    """A count in at most four characters: 999, 9k, 48k, 3M."""
    for limit, size, unit in ((1_000, 1, ""), (1_000_000, 1_000, "k"), (10**9, 10**6, "M")):
        if count < limit:
            return f"{count // size}{unit}"
    return f"{count // 10**9}G"


def rate_text(per_second: float) -> str:
    """A rate as the screen shows it: "0.2/s" below ten, whole above; "" when nothing comes."""
    if per_second < 0.05:
        return ""
    if per_second < 9.95:
        return f"{per_second:.1f}/s"
    return f"{per_second:,.0f}/s" if per_second < 9_999.5 else f"{compact(round(per_second))}/s"
