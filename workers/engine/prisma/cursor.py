"""A walk over tokens, and the parts that every construct has: expressions and attributes."""

from __future__ import annotations

from workers.engine.prisma.ast import (
    Argument,
    Attribute,
    Call,
    Constant,
    Expression,
    ListOf,
    Number,
    ObjectOf,
    Text,
)
from workers.engine.prisma.document import Problem
from workers.engine.prisma.lexer import Token, unquote
from workers.engine.source import Span

MAX_DEPTH = 40
"""Lists and calls may be nested so deep; real schemas nest three."""
MAX_PROBLEMS = 100
"""Problems told of one file."""


class Refused(Exception):
    """What stands here is not in the grammar; the caller skips the line and goes on."""

    def __init__(self, message: str, span: Span) -> None:
        super().__init__(message)
        self.message = message
        self.span = span


class Cursor:
    """A position in the tokens of one file, and the problems met so far."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.problems: list[Problem] = []

    @property
    def token(self) -> Token:
        """The token to be read next."""
        return self.tokens[self.at]

    def is_mark(self, text: str) -> bool:
        """Whether that punctuation stands here."""
        kind, found, _, _ = self.tokens[self.at]
        return found == text and kind == "mark"

    def ahead(self, steps: int) -> Token:
        """A later token; the last one where there is none."""
        return self.tokens[min(self.at + steps, len(self.tokens) - 1)]

    def next(self) -> Token:
        """Read a token; the last one is never passed."""
        token = self.tokens[self.at]
        if token.kind != "end":
            self.at += 1
        return token

    def take(self, text: str) -> bool:
        """Read that punctuation if it stands here."""
        kind, found, _, _ = self.tokens[self.at]
        if found == text and kind == "mark":
            self.at += 1
            return True
        return False

    def expect(self, text: str, message: str) -> Token:
        """Read that punctuation, or refuse."""
        if not self.is_mark(text):
            raise self.refuse(message)
        return self.next()

    def word(self, message: str) -> Token:
        """Read a name, or refuse."""
        token = self.tokens[self.at]
        if token.kind != "word":
            raise self.refuse(message)
        self.at += 1
        return token

    def refuse(self, message: str) -> Refused:
        """A refusal of the token that stands here."""
        token = self.token
        return Refused(message, Span(token.start, max(token.end, token.start)))

    def problem(self, message: str, span: Span, block: str | None = None) -> None:
        """Keep a problem, unless there are too many."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Problem(message, span, block))

    def skip_blank(self) -> None:
        """Pass ends of lines and documentation inside brackets."""
        while self.tokens[self.at].kind in ("newline", "doc"):
            self.at += 1

    def skip_line(self) -> None:
        """Go to the end of the line, or to a brace at its end, which closes the block."""
        while self.token.kind not in ("newline", "end"):
            if self.is_mark("}") and self.ahead(1).kind in ("newline", "end", "doc"):
                return
            self.at += 1

    def last_end(self) -> int:
        """Where the token read last ends."""
        return self.tokens[self.at - 1].end if self.at else 0

    def path(self) -> Token:
        """Read `a`, `a.b` or `a.b.c` as one word."""
        first = self.word("a name is expected here")
        text, end = first.text, first.end
        while self.tokens[self.at].text == "." and self.ahead(1).kind in ("word", "number"):
            self.next()
            part = self.next()
            text, end = f"{text}.{part.text}", part.end
        return Token("word", text, first.start, end)

    def expression(self, depth: int = 0) -> Expression:
        """Read a string, number, word, call or list."""
        kind, text, start, end = self.tokens[self.at]
        if depth > MAX_DEPTH:
            raise Refused("this is nested too deep to be read", Span(start, end))
        if kind == "string":
            self.at += 1
            return Text(unquote(text), Span(start, end))
        if kind == "number":
            self.at += 1
            return Number(text, Span(start, end))
        if kind == "word":
            name = self.path()
            if self.is_mark("("):
                arguments = self.arguments(depth + 1)
                return Call(name.text, arguments, Span(start, self.last_end()))
            return Constant(name.text, Span(start, name.end))
        if kind == "mark" and text == "[":
            return self._list(depth)
        if kind == "mark" and text == "{":
            return self._object(depth)
        if kind == "bad" and text.startswith('"'):
            raise Refused("the string is not closed on its line", Span(start, end))
        raise self.refuse("a value is expected here")

    def _list(self, depth: int) -> ListOf:
        start = self.next().start
        items: list[Expression] = []
        self.skip_blank()
        while not self.is_mark("]"):
            items.append(self.expression(depth + 1))
            self.skip_blank()
            if not self.take(","):
                break
            self.skip_blank()
        self.expect("]", "the list is not closed: `]` is expected here")
        return ListOf(tuple(items), Span(start, self.last_end()))

    def _object(self, depth: int) -> ObjectOf:
        start = self.next().start
        pairs: list[tuple[str, Expression]] = []
        self.skip_blank()
        while not self.is_mark("}"):
            name = self.word("the name of a field is expected here")
            self.expect(":", f"`:` is expected after `{name.text}`")
            pairs.append((name.text, self.expression(depth + 1)))
            self.skip_blank()
            if not self.take(","):
                break
            self.skip_blank()
        self.expect("}", "the object is not closed: `}` is expected here")
        return ObjectOf(tuple(pairs), Span(start, self.last_end()))

    def arguments(self, depth: int = 0) -> tuple[Argument, ...]:
        """Read arguments in parentheses, or nothing where there is none."""
        if not self.take("("):
            return ()
        found: list[Argument] = []
        self.skip_blank()
        while not self.is_mark(")"):
            found.append(self._argument(depth))
            self.skip_blank()
            if not self.take(","):
                break
            self.skip_blank()
        self.expect(")", "the arguments are not closed: `)` is expected here")
        return tuple(found)

    def _argument(self, depth: int) -> Argument:
        token = self.tokens[self.at]
        name = None
        if token.kind == "word" and self.tokens[self.at + 1].text == ":":
            self.at += 2
            self.skip_blank()
            name = token.text
        value = self.expression(depth)
        return Argument(name, value, Span(token.start, self.last_end()))

    def attribute(self) -> Attribute:
        """Read an attribute, of a field or of a block."""
        start = self.next().start
        name = self.path()
        arguments = self.arguments()
        return Attribute(name.text, arguments, Span(start, self.last_end()))
