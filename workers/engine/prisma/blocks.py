"""What stands inside a block, line by line: fields, values, properties and block attributes.

Each reader stops before the brace that closes the block. A line that cannot be read is a problem
of its own, and the next one is read as if nothing had happened.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from workers.engine.prisma.ast import Arity, Attribute, EnumMember, Field, FieldType, Property
from workers.engine.prisma.cursor import Cursor, Refused
from workers.engine.prisma.lexer import unquote
from workers.engine.source import Span

T = TypeVar("T")
BLOCKS = frozenset(("model", "view", "type", "enum", "datasource", "generator"))


class BlockReader:
    """Reads the insides of blocks; `documentation` holds the `///` lines read last."""

    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor
        self.documentation: list[str] = []

    def skip_to_content(self) -> bool:
        """Pass one end of line or one line of documentation, which is kept for what follows."""
        token = self.cursor.token
        if token.kind == "doc":
            self.documentation.append(token.text[3:].strip())
        elif token.kind != "newline":
            return False
        self.cursor.next()
        return True

    def documented(self) -> str | None:
        """The documentation of what follows."""
        text = "\n".join(self.documentation) if self.documentation else None
        self.documentation.clear()
        return text

    def starts_block(self) -> bool:
        """Whether `keyword Name {` stands here."""
        cursor = self.cursor
        return (
            cursor.tokens[cursor.at].text in BLOCKS
            and cursor.ahead(1).kind == "word"
            and cursor.ahead(2).text == "{"
        )

    def in_block(self) -> bool:
        """Whether the block goes on here; a block that is not closed ends where the next starts."""
        token = self.cursor.token
        return token.kind != "end" and token.text != "}" and not self.starts_block()

    def properties(self, block: str) -> tuple[Property, ...]:
        """The lines `name = value` of a configuration block."""
        found: list[Property] = []
        while self.in_block():
            if not self.skip_to_content():
                start = self.cursor.at
                try:
                    found.append(self._property())
                    self._end_of_line(block)
                except Refused as refusal:
                    self._recover(refusal, block, start)
        return tuple(found)

    def _property(self) -> Property:
        cursor = self.cursor
        name = cursor.word("a property `name = value` is expected here")
        cursor.expect("=", f"`=` is expected after `{name.text}`")
        value = cursor.expression()
        return Property(name.text, value, Span(name.start, cursor.last_end()))

    def members(self, block: str) -> tuple[tuple[EnumMember, ...], tuple[Attribute, ...]]:
        """The values and the attributes of an enum."""
        return self._entries(block, self._member)

    def _member(self) -> EnumMember:
        documentation = self.documented()
        name, start = self._member_name()
        own = self.field_attributes()
        return EnumMember(name, own, Span(start, self.cursor.last_end()), documentation)

    def _member_name(self) -> tuple[str, int]:
        token = self.cursor.token
        if token.kind not in ("word", "number"):
            raise self.cursor.refuse("a value of the enum is expected here")
        self.cursor.next()
        return token.text, token.start

    def fields(self, block: str) -> tuple[tuple[Field, ...], tuple[Attribute, ...]]:
        """The fields and the attributes of a model."""
        return self._entries(block, self._field)

    def _entries(
        self, block: str, read: Callable[[], T]
    ) -> tuple[tuple[T, ...], tuple[Attribute, ...]]:
        """What stands in a block, one a line, and the attributes of the block itself."""
        cursor = self.cursor
        entries: list[T] = []
        attributes: list[Attribute] = []
        while self.in_block():
            if self.skip_to_content():
                continue
            start = cursor.at
            try:
                if cursor.is_mark("@@"):
                    attributes.append(cursor.attribute())
                    self.documentation.clear()
                else:
                    entries.append(read())
                self._end_of_line(block)
            except Refused as refusal:
                self._recover(refusal, block, start)
        return tuple(entries), tuple(attributes)

    def _field(self) -> Field:
        cursor = self.cursor
        documentation = self.documented()
        name = cursor.word("a field or an attribute is expected here")
        cursor.take(":")
        type_ = self.type()
        attributes = self.field_attributes()
        span = Span(name.start, cursor.last_end())
        return Field(name.text, Span(name.start, name.end), type_, attributes, span, documentation)

    def field_attributes(self) -> tuple[Attribute, ...]:
        """The attributes that stand here."""
        cursor = self.cursor
        found: list[Attribute] = []
        while cursor.is_mark("@"):
            found.append(cursor.attribute())
        return tuple(found)

    def type(self) -> FieldType:
        """A field's type."""
        cursor = self.cursor
        start = cursor.token.start
        is_bracketed = cursor.take("[")
        name = cursor.word("the field needs a type").text
        unsupported = self._unsupported() if name == "Unsupported" else None
        arity: Arity = "required"
        if is_bracketed:
            cursor.expect("]", "`]` is expected here")
            arity = "list"
        elif cursor.take("["):
            cursor.expect("]", "`]` is expected here")
            arity = "list"
            cursor.take("?")
        elif cursor.take("?"):
            arity = "optional"
        else:
            cursor.take("!")
        return FieldType(name, arity, Span(start, cursor.last_end()), unsupported)

    def _unsupported(self) -> str:
        cursor = self.cursor
        cursor.expect("(", '`Unsupported` needs the database\'s type: `Unsupported("...")`')
        if cursor.token.kind != "string":
            raise cursor.refuse("the database's type is expected here, in quotation marks")
        inner = unquote(cursor.next().text)
        cursor.expect(")", "`)` is expected here")
        return inner

    def _end_of_line(self, block: str) -> None:
        token = self.cursor.token
        if token.kind in ("newline", "end", "doc") or self.cursor.is_mark("}"):
            return
        self.cursor.problem(
            "the rest of the line is not understood", Span(token.start, token.end), block
        )
        self.cursor.skip_line()

    def _recover(self, refusal: Refused, block: str, start: int) -> None:
        """Keep the problem and go on after the line where it began."""
        self.cursor.problem(refusal.message, refusal.span, block)
        self.cursor.at = start
        self.cursor.skip_line()
        if self.cursor.at == start and self.in_block():
            self.cursor.next()
