"""The agent's answer: Markdown as it streams in, its cited rows as links."""

from __future__ import annotations

import re
from ast import literal_eval
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content, Span
from textual.style import Style
from textual.visual import VisualType
from textual.widgets import Markdown, Static
from textual.widgets.markdown import MarkdownStream

from sse_tui.events.format import escape
from sse_tui.tui.messages import AnswerLeft, CitationOpened, CopyRequested

_CITATION = re.compile(r"\[(?:([^\[\]\s#]{1,256})#)?(\d{1,12})\]")
_SCHEME = "row:"


@dataclass(frozen=True)
class _Link:
    """A link in a block of the answer, and the block's text as it is without a cursor."""

    block: Static
    text: Content
    span: Span
    href: str


class Answer(Markdown):
    """Markdown that a model wrote: untrusted, so it opens nothing by itself.

    Its links can be walked with keys while it has the focus, which it takes only when `cite` gives
    it. Posts `CitationOpened`, `CopyRequested` for a link that leads elsewhere, and `AnswerLeft`.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "follow", "open row", id="answer.follow", tooltip="open the cited row"),
        Binding("up,left,shift+tab", "walk(-1)", "previous citation", id="answer.previous"),
        Binding("down,right,tab", "walk(1)", "next citation", id="answer.next"),
        Binding("escape", "leave", "back to the line", id="answer.leave"),
    ]

    DEFAULT_CSS = """
    Answer { padding: 0; margin-bottom: 1; height: auto; }
    Answer > MarkdownParagraph { margin: 0 0 1 0; }
    Answer MarkdownBulletList, Answer MarkdownOrderedList { margin: 0 0 1 0; padding: 0; }
    Answer MarkdownList MarkdownList { margin: 0; }
    Answer > MarkdownBlock:last-child { margin-bottom: 0; }
    Answer MarkdownBullet, Answer:light MarkdownBullet { color: $muted; }
    Answer MarkdownHeader { margin: 0 0 1 0; text-style: bold; content-align: left middle; }
    Answer MarkdownFence, Answer MarkdownFence:light {
        margin: 0 0 1 0;
        background: $bar;
        color: $foreground;
    }
    Answer MarkdownFence > Label { padding: 0 1; }
    Answer MarkdownBlock:dark > .code_inline, Answer MarkdownBlock:light > .code_inline {
        background: $bar;
        color: $json-string;
    }
    """
    BULLETS = ["• ", "◦ ", "· "]  # noqa: RUF012 - the type that Textual declares

    def __init__(self) -> None:
        super().__init__(parser_factory=_parser, open_links=False)
        self._stream: MarkdownStream | None = None
        self._chosen: _Link | None = None
        self._lit: Content | None = None
        self.can_focus = False

    async def write(self, piece: str) -> None:
        """Append a piece of the answer."""
        if self._stream is None:
            self._stream = Markdown.get_stream(self)
        await self._stream.write("\n".join(escape(line) for line in piece.split("\n")))

    async def finish(self) -> None:
        """Nothing comes any more."""
        if self._stream is not None:
            await self._stream.stop()
            self._stream = None

    @property
    def has_links(self) -> bool:
        """Whether there is anything to follow."""
        return next(self._links(), None) is not None

    def cite(self, *, last: bool) -> None:
        """Take the focus, the cursor on the last link, or on the first."""
        links = list(self._links())
        if links:
            self.can_focus = True
            self.focus()
            self._choose(links[-1 if last else 0])

    def on_blur(self) -> None:
        """Leave no cursor behind, and no stop for Tab."""
        self._choose(None)
        self.can_focus = False

    def action_walk(self, step: int) -> None:
        """Go to the next (1) or previous (-1) link; beyond them, leave."""
        links = list(self._links())
        chosen = self._chosen
        at = next((n for n, link in enumerate(links) if chosen and _same(link, chosen)), len(links))
        if 0 <= at + step < len(links):
            self._choose(links[at + step])
        else:
            self.post_message(AnswerLeft(self, step))

    def action_follow(self) -> None:
        """Go where the link leads."""
        if self._chosen is not None:
            self._open(self._chosen.href)

    def action_leave(self) -> None:
        """Go back to the line in which one asks."""
        self.post_message(AnswerLeft(self, 0))

    @on(Markdown.LinkClicked)
    def _follow_click(self, event: Markdown.LinkClicked) -> None:
        event.stop()
        self._open(event.href)

    def _open(self, href: str) -> None:
        if href.startswith(_SCHEME):
            topic, _, number = href.removeprefix(_SCHEME).rpartition("#")
            self.post_message(CitationOpened(topic or None, int(number)))
        else:
            self.post_message(CopyRequested(href, "link"))

    def _links(self) -> Iterator[_Link]:
        """All links, from the top."""
        for block in self.query(Static):
            text = self._plain(block)
            if not isinstance(text, Content):
                continue
            for span in text.spans:
                if (href := _href(span)) is not None:
                    yield _Link(block, text, span, href)

    def _plain(self, block: Static) -> VisualType:
        """A block's text without the cursor; what has streamed in since is not lost."""
        chosen = self._chosen
        is_lit = chosen is not None and chosen.block is block and block.content is self._lit
        return chosen.text if chosen is not None and is_lit else block.content

    def _choose(self, link: _Link | None) -> None:
        """Put the cursor on a link; None takes it away."""
        before = self._chosen
        if before is not None and before.block.is_mounted:
            before.block.update(self._plain(before.block))
        self._chosen, self._lit = link, None
        if link is not None:
            start, end, _ = link.span
            self._lit = link.text.stylize("reverse", start, end)
            link.block.update(self._lit)
            link.block.scroll_visible(animate=False)


def _same(one: _Link, other: _Link) -> bool:
    return one.block is other.block and one.span == other.span


def _href(span: Span) -> str | None:
    """Where a span of a block leads: what Textual's Markdown calls on a click."""
    action = span.style.meta.get("@click", "") if isinstance(span.style, Style) else ""
    if not action.startswith("link("):
        return None
    return str(literal_eval(action.removeprefix("link")))


def _parser() -> MarkdownIt:
    # HTML is shown as the text that it is, and images as links: nothing is dropped or fetched.
    parser = MarkdownIt("gfm-like", {"html": False}).disable("image")
    parser.core.ruler.push("citations", _link_citations)
    return parser


def _link_citations(state: StateCore) -> None:
    for token in state.tokens:
        if token.type == "inline" and token.children:
            token.children = list(_with_links(token.children))


def _with_links(children: Iterable[Token]) -> Iterable[Token]:
    inside_link = 0
    for child in children:
        inside_link += child.nesting if child.type in ("link_open", "link_close") else 0
        if child.type != "text" or inside_link:
            yield child
            continue
        at = 0
        for match in _CITATION.finditer(child.content):
            if match.start() > at:
                yield _text(child.content[at : match.start()])
            href = f"{_SCHEME}{match.group(1) or ''}#{match.group(2)}"
            yield Token("link_open", "a", 1, attrs={"href": href})
            yield _text(match.group())
            yield Token("link_close", "a", -1)
            at = match.end()
        yield _text(child.content[at:])


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)
