"""The grammar of the Prisma schema language, by recursive descent, with recovery.

A line that cannot be read is a problem of its own and the next one is read as if nothing had
happened; a block that is not closed ends where the next one starts. The syntax is that of Prisma
2 to 8, the leftovers of Prisma 1 included that Prisma 2 still read (`name: Type!`, `[Type]`,
`type Name = String`).
"""

from __future__ import annotations

from workers.engine.prisma.ast import (
    Alias,
    Arity,
    Attribute,
    Config,
    Document,
    Enum,
    EnumMember,
    Field,
    FieldType,
    Model,
    Property,
)
from workers.engine.prisma.cursor import Cursor, Refused
from workers.engine.prisma.lexer import tokenize, unquote
from workers.engine.source import SourceFile, Span

_MODELS = {"model": "model", "view": "view", "type": "type"}
_CONFIGS = {"datasource": "datasource", "generator": "generator"}
_BLOCKS = frozenset((*_MODELS, *_CONFIGS, "enum"))


def parse(source: SourceFile) -> Document:
    """The syntax tree of one file. Never raises: what cannot be read is in `problems`."""
    return _Parser(source).document()


class _Parser:
    def __init__(self, source: SourceFile) -> None:
        self.path = source.path
        self.cursor = Cursor(tokenize(source.text))
        self.models: list[Model] = []
        self.enums: list[Enum] = []
        self.configs: list[Config] = []
        self.aliases: list[Alias] = []
        self.documentation: list[str] = []

    def document(self) -> Document:
        cursor = self.cursor
        while cursor.token.kind != "end":
            if not self._skip_to_content():
                try:
                    self._block()
                except Refused as refusal:
                    cursor.problem(refusal.message, refusal.span)
                    self._skip_stray()
                self.documentation.clear()
        return Document(
            self.path,
            tuple(self.models),
            tuple(self.enums),
            tuple(self.configs),
            tuple(self.aliases),
            tuple(cursor.problems),
        )

    def _skip_to_content(self) -> bool:
        """Pass one end of line or one line of documentation, which is kept for what follows."""
        token = self.cursor.token
        if token.kind == "doc":
            self.documentation.append(token.text[3:].strip())
        elif token.kind != "newline":
            return False
        self.cursor.next()
        return True

    def _documented(self) -> str | None:
        text = "\n".join(self.documentation) if self.documentation else None
        self.documentation.clear()
        return text

    def _starts_block(self) -> bool:
        cursor = self.cursor
        return (
            cursor.token.text in _BLOCKS
            and cursor.ahead(1).kind == "word"
            and cursor.ahead(2).text == "{"
        )

    def _block(self) -> None:
        cursor = self.cursor
        keyword = cursor.word("a block is expected here, such as `model`, `enum` or `datasource`")
        kind = keyword.text
        if kind == "type" and cursor.ahead(1).text == "=":
            self._alias(keyword.start)
            return
        if kind not in _BLOCKS:
            cursor.at -= 1
            raise cursor.refuse(f"`{kind}` does not start a block of a Prisma schema")
        documentation = self._documented()
        name = cursor.word(f"the `{kind}` needs a name")
        name_span = Span(name.start, name.end)
        cursor.skip_blank()
        cursor.expect("{", f"`{{` is expected after `{kind} {name.text}`")
        if kind in _CONFIGS:
            properties = self._properties(name.text)
            self._close(name.text, name_span)
            span = Span(keyword.start, cursor.last_end())
            self.configs.append(
                Config(_CONFIGS[kind], name.text, properties, span, self.path)  # type: ignore[arg-type]
            )
        elif kind == "enum":
            members, attributes = self._members(name.text)
            self._close(name.text, name_span)
            span = Span(keyword.start, cursor.last_end())
            self.enums.append(
                Enum(name.text, name_span, members, attributes, span, self.path, documentation)
            )
        else:
            fields, attributes = self._fields(name.text)
            self._close(name.text, name_span)
            span = Span(keyword.start, cursor.last_end())
            self.models.append(
                Model(
                    _MODELS[kind],  # type: ignore[arg-type]
                    name.text,
                    name_span,
                    fields,
                    attributes,
                    span,
                    self.path,
                    documentation,
                )
            )

    def _close(self, block: str, span: Span) -> None:
        self.documentation.clear()
        if not self.cursor.take("}"):
            self.cursor.problem(f"the block `{block}` is not closed by `}}`", span, block)

    def _skip_stray(self) -> None:
        """Pass a stray line, and the block that it opens if it does."""
        cursor = self.cursor
        opened = False
        while cursor.token.kind not in ("newline", "end"):
            opened = cursor.next().text == "{" or opened
        if not opened:
            return
        while cursor.token.kind != "end" and not self._starts_block():
            if cursor.next().text == "}":
                return

    def _alias(self, start: int) -> None:
        cursor = self.cursor
        name = cursor.next()
        cursor.next()
        type_ = self._type()
        attributes = self._field_attributes()
        span = Span(start, cursor.last_end())
        self.aliases.append(Alias(name.text, type_, attributes, span, self.path))

    # What stands inside blocks, line by line. Each returns before the closing brace.

    def _in_block(self) -> bool:
        return not (
            self.cursor.token.kind == "end" or self.cursor.is_mark("}") or self._starts_block()
        )

    def _properties(self, block: str) -> tuple[Property, ...]:
        found: list[Property] = []
        while self._in_block():
            if not self._skip_to_content():
                try:
                    found.append(self._property())
                    self._end_of_line(block)
                except Refused as refusal:
                    self._recover(refusal, block)
        return tuple(found)

    def _property(self) -> Property:
        cursor = self.cursor
        name = cursor.word("a property `name = value` is expected here")
        cursor.expect("=", f"`=` is expected after `{name.text}`")
        value = cursor.expression()
        return Property(name.text, value, Span(name.start, cursor.last_end()))

    def _members(self, block: str) -> tuple[tuple[EnumMember, ...], tuple[Attribute, ...]]:
        cursor = self.cursor
        members: list[EnumMember] = []
        attributes: list[Attribute] = []
        while self._in_block():
            if self._skip_to_content():
                continue
            try:
                if cursor.is_mark("@@"):
                    attributes.append(cursor.attribute())
                else:
                    documentation = self._documented()
                    name = self._member_name()
                    own = self._field_attributes()
                    span = Span(name[1], cursor.last_end())
                    members.append(EnumMember(name[0], own, span, documentation))
                self._end_of_line(block)
            except Refused as refusal:
                self._recover(refusal, block)
        return tuple(members), tuple(attributes)

    def _member_name(self) -> tuple[str, int]:
        token = self.cursor.token
        if token.kind not in ("word", "number"):
            raise self.cursor.refuse("a value of the enum is expected here")
        self.cursor.next()
        return token.text, token.start

    def _fields(self, block: str) -> tuple[tuple[Field, ...], tuple[Attribute, ...]]:
        cursor = self.cursor
        fields: list[Field] = []
        attributes: list[Attribute] = []
        while self._in_block():
            if self._skip_to_content():
                continue
            try:
                if cursor.is_mark("@@"):
                    attributes.append(cursor.attribute())
                    self.documentation.clear()
                else:
                    fields.append(self._field())
                self._end_of_line(block)
            except Refused as refusal:
                self._recover(refusal, block)
        return tuple(fields), tuple(attributes)

    def _field(self) -> Field:
        cursor = self.cursor
        documentation = self._documented()
        name = cursor.word("a field or an attribute is expected here")
        cursor.take(":")
        type_ = self._type()
        attributes = self._field_attributes()
        span = Span(name.start, cursor.last_end())
        return Field(name.text, Span(name.start, name.end), type_, attributes, span, documentation)

    def _field_attributes(self) -> tuple[Attribute, ...]:
        cursor = self.cursor
        found: list[Attribute] = []
        while cursor.is_mark("@"):
            found.append(cursor.attribute())
        return tuple(found)

    def _type(self) -> FieldType:
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

    def _recover(self, refusal: Refused, block: str) -> None:
        self.cursor.problem(refusal.message, refusal.span, block)
        start = self.cursor.at
        self.cursor.skip_line()
        if self.cursor.at == start and self._in_block():
            self.cursor.next()
