"""The agent's answer: Markdown as it streams in, its cited rows as links."""

from __future__ import annotations

import re
from collections.abc import Iterable

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from textual import on
from textual.widgets import Markdown
from textual.widgets.markdown import MarkdownStream

from sse_tui.events.format import escape
from sse_tui.tui.messages import CitationOpened, CopyRequested

_CITATION = re.compile(r"\[(?:([^\[\]\s#]{1,256})#)?(\d{1,12})\]")
_SCHEME = "row:"


class Answer(Markdown):
    """Markdown that a model wrote: untrusted, so it opens nothing by itself."""

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

    @on(Markdown.LinkClicked)
    def _follow(self, event: Markdown.LinkClicked) -> None:
        event.stop()
        if event.href.startswith(_SCHEME):
            topic, _, number = event.href.removeprefix(_SCHEME).rpartition("#")
            self.post_message(CitationOpened(topic or None, int(number)))
        else:
            self.post_message(CopyRequested(event.href, "link"))


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
