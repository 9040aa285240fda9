"""The grammar of the filter language: text to the parts that are tested.

Import this only where a filter needs it: the parser library takes a while to load.
"""

from __future__ import annotations

import re
from functools import cache

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from sse_tui.errors import QueryError
from sse_tui.events.json_path import STEPS
from sse_tui.events.query_comparison import Fault, compare, compare_any, match_regex
from sse_tui.events.query_rows import Node
from sse_tui.events.query_terms import All, AnyOf, Not, Regex, Word, compile_regex

MAX_DEPTH = 100

# A name is a field only where an operator follows. A colon with blanks around it counts only after
# the names that every row has, so that `error: timeout` and `http://host` are words.
_COMPARED = r"\s*(?:!=|[<>=~])|\s+in\s*\("
_KNOWN = (
    rf"(?:topic|event|id|kind|number|size|age|data){STEPS}(?![\w.\[-])(?={_COMPARED}|\s*:(?!//))"
)
_OTHER = rf"[^\W\d][\w-]*{STEPS}(?={_COMPARED}|:(?!\/\/|\s|$))"

_GRAMMAR = r"""
    ?start: either
    ?either: both (_OR both)*
    ?both: single (_AND? single)*
    ?single: _NOT single -> negation
        | "(" either ")"
        | (WORD | QUOTED) -> word
        | REGEX -> regex
        | FIELD SIGN (VALUE | QUOTED) -> comparison
        | FIELD _TILDE (REGEX | VALUE | QUOTED) -> matching
        | FIELD _IN "(" (ITEM | QUOTED) ("," (ITEM | QUOTED))* ")" -> membership

    _OR.5: /(?:or|OR)(?![^\s()"!])/
    _AND.5: /(?:and|AND)(?![^\s()"!])/
    _NOT.5: /(?:not|NOT)(?![^\s()"!])|!/
    _IN: "in"
    SIGN: /!=|[<>]=?|==?|:/
    _TILDE.5: /=?~/
    FIELD.4: /KNOWN|OTHER/
    WORD.1: /(?!(?:and|AND|or|OR|not|NOT)(?![^\s()"!]))[^\s()"!\/=<>~:][^\s()"]*/
    QUOTED.3: /"(?:[^"\\]|\\.)*"/s
    // A slash ends an expression only where the term ends: most paths need no backslashes.
    REGEX.3: /\/(?:[^\\\n]|\\.)+?\/(?![^\s)])/
    VALUE: /[^\s()"]+/
    ITEM: /[^\s(),"]+/
    %ignore /\s+/
""".replace("KNOWN", _KNOWN.replace("/", r"\/")).replace("OTHER", _OTHER)


def parse(text: str) -> Node:
    """The parts of a filter that is not empty.

    Raises:
        QueryError: it does not parse, or compares a field with something that it cannot be.
    """
    _check_depth(text)
    try:
        node: Node = _parser().parse(text)  # type: ignore[assignment] # what _Parts makes of it
    except UnexpectedInput as error:
        raise _syntax_error(error, text) from None
    except Fault as fault:
        raise QueryError(fault.title, text, fault.position, fault.hint) from None
    return node


@cache
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr", lexer="contextual", transformer=_Parts())


class _Parts(Transformer[Token, Node]):
    """Makes the parts while the text is parsed; one method per rule."""

    def either(self, parts: list[Node]) -> Node:
        return AnyOf(parts)

    def both(self, parts: list[Node]) -> Node:
        return All(parts)

    def negation(self, parts: list[Node]) -> Node:
        (part,) = parts
        return part.part if isinstance(part, Not) else Not(part)

    def word(self, tokens: list[Token]) -> Node:
        text = _text(tokens[0])
        if not text:
            raise Fault("There is nothing between the quotation marks", tokens[0].start_pos or 0)
        return Word(text)

    def regex(self, tokens: list[Token]) -> Node:
        return Regex(_regex(tokens[0]))

    def comparison(self, tokens: list[Token]) -> Node:
        name, sign, value = tokens
        quoted = value.type == "QUOTED"
        return compare(name, sign, _text(value), value.start_pos or 0, quoted=quoted)

    def matching(self, tokens: list[Token]) -> Node:
        name, expression = tokens
        return match_regex(name, _regex(expression), name.start_pos or 0)

    def membership(self, tokens: list[Token]) -> Node:
        name, *items = tokens
        choices = [(_text(i), i.start_pos or 0, i.type == "QUOTED") for i in items]
        return compare_any(name, choices)


def _text(token: Token) -> str:
    r"""What a token says: without its quotation marks, `\"`, `\\`, `\n` and `\t` resolved."""
    if token.type != "QUOTED":
        return str(token)
    escapes = {'\\"': '"', "\\\\": "\\", "\\n": "\n", "\\t": "\t"}
    return re.sub(r"\\.", lambda match: escapes.get(match[0], match[0]), token[1:-1], flags=re.S)


def _regex(token: Token) -> re.Pattern[str]:
    start = token.start_pos or 0
    expression = _text(token)
    if token.type == "REGEX":
        expression = token[1:-1].replace(r"\/", "/")
    try:
        return compile_regex(expression)
    except re.error as error:
        place = start + (token.type != "VALUE") + (error.pos or 0)
        raise Fault(f"Not a regular expression: {error.msg}", place) from None


def _check_depth(text: str) -> None:
    depth = 0
    for position, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth > MAX_DEPTH:
            raise QueryError("Brackets are nested too deeply", text, position)


def _syntax_error(error: UnexpectedInput, text: str) -> QueryError:
    expected: set[str] = set()
    position = error.pos_in_stream or 0
    if isinstance(error, UnexpectedCharacters):
        expected = set(error.allowed or ())
    elif isinstance(error, UnexpectedToken):
        expected = set(error.expected)
        if error.token.type == "$END":
            position = len(text.rstrip())
    if position >= len(text.rstrip()):
        return QueryError(_missing_at_end(expected), text, position)
    if expected & {"VALUE", "ITEM"}:
        return QueryError("A value is missing", text, position)
    if "COMMA" in expected:
        return QueryError("A comma or a closing bracket is missing", text, position)
    if keyword := re.match(r"and|or", text[position:], re.IGNORECASE):
        return QueryError(f"Nothing stands before `{keyword[0]}`", text, position)
    title, hint = _UNEXPECTED.get(text[position], ("This does not belong here", ""))
    return QueryError(title, text, position, hint)


def _missing_at_end(expected: set[str]) -> str:
    if expected & {"VALUE", "ITEM"}:
        return "A value is missing at the end"
    if expected & {"COMMA", "RPAR"}:
        return "A closing bracket is missing at the end"
    return "Something to look for is missing at the end"


_BEFORE = ("A field must stand before this", 'Put a text in "quotation marks" to look for it.')
_UNEXPECTED = {
    '"': ("The quotation mark is not closed", ""),
    "/": (
        "The regular expression is not closed",
        'Put a path in "quotation marks" to look for it.',
    ),
    ")": ("There is no opening bracket for this one", ""),
    **dict.fromkeys("=<>~:!", _BEFORE),
}
