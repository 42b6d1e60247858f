"""The grammar of the Prisma schema language, by recursive descent, with recovery.

A line that cannot be read is a problem of its own and the next one is read as if nothing had
happened; a block that is not closed ends where the next one starts. The syntax is that of Prisma
2 to 8, the leftovers of Prisma 1 included that Prisma 2 still read (`name: Type!`, `[Type]`,
`type Name = String`).
"""

from __future__ import annotations

from workers.engine.prisma.ast import Alias, Config, ConfigKind, Enum, Model, ModelKind
from workers.engine.prisma.blocks import BLOCKS, BlockReader
from workers.engine.prisma.cursor import Cursor, Refused
from workers.engine.prisma.document import Document
from workers.engine.prisma.lexer import Token, tokenize
from workers.engine.source import SourceFile, Span

_MODELS: dict[str, ModelKind] = {"model": "model", "view": "view", "type": "type"}
_CONFIGS: dict[str, ConfigKind] = {"datasource": "datasource", "generator": "generator"}
_CONTRACT_BLOCKS = frozenset(("namespace", "types", "native_enum", "role"))
"""Blocks that only a contract of Prisma 8 has, besides those of its policies."""


def parse(source: SourceFile) -> Document:
    """The syntax tree of one file. Never raises: what cannot be read is in `problems`."""
    return _Parser(source).document()


class _Parser:
    def __init__(self, source: SourceFile) -> None:
        self.path = source.path
        self.cursor = Cursor(tokenize(source.text))
        self.inside = BlockReader(self.cursor)
        self.models: list[Model] = []
        self.enums: list[Enum] = []
        self.configs: list[Config] = []
        self.aliases: list[Alias] = []
        self.contract: Span | None = None

    def document(self) -> Document:
        cursor = self.cursor
        while cursor.token.kind != "end":
            if not self.inside.skip_to_content():
                try:
                    self._block()
                except Refused as refusal:
                    cursor.problem(refusal.message, refusal.span)
                    self._skip_stray()
                self.inside.documentation.clear()
        return Document(
            self.path,
            tuple(self.models),
            tuple(self.enums),
            tuple(self.configs),
            tuple(self.aliases),
            tuple(cursor.problems),
            self.contract,
        )

    def _block(self) -> None:
        cursor = self.cursor
        keyword = cursor.word("a block is expected here, such as `model`, `enum` or `datasource`")
        kind = keyword.text
        if kind == "type" and cursor.ahead(1).text == "=":
            self._alias(keyword.start)
        elif kind in _CONTRACT_BLOCKS or kind.startswith("policy_"):
            self.contract = Span(keyword.start, keyword.end)
            self._skip_stray()
        elif kind in BLOCKS:
            self._known_block(keyword)
        else:
            cursor.at -= 1
            raise cursor.refuse(f"`{kind}` does not start a block of a Prisma schema")

    def _known_block(self, keyword: Token) -> None:
        cursor, kind = self.cursor, keyword.text
        documentation = self.inside.documented()
        name = cursor.word(f"the `{kind}` needs a name")
        name_span = Span(name.start, name.end)
        self._open(f"`{{` is expected after `{kind} {name.text}`")
        if kind in _CONFIGS:
            properties = self.inside.properties(name.text)
            span = self._close(keyword, name)
            self.configs.append(Config(_CONFIGS[kind], name.text, properties, span, self.path))
        elif kind == "enum":
            members, attributes = self.inside.members(name.text)
            span = self._close(keyword, name)
            self.enums.append(
                Enum(name.text, name_span, members, attributes, span, self.path, documentation)
            )
        else:
            fields, attributes = self.inside.fields(name.text)
            span = self._close(keyword, name)
            block = Model(
                *(_MODELS[kind], name.text, name_span, fields, attributes, span, self.path),
                documentation,
            )
            self.models.append(block)

    def _open(self, message: str) -> None:
        cursor = self.cursor
        before = cursor.at
        cursor.skip_blank()
        if not cursor.take("{"):
            cursor.at = before
            raise cursor.refuse(message)

    def _close(self, keyword: Token, name: Token) -> Span:
        self.inside.documentation.clear()
        if not self.cursor.take("}"):
            self.cursor.problem(
                f"the block `{name.text}` is not closed by `}}`",
                Span(name.start, name.end),
                name.text,
            )
        return Span(keyword.start, self.cursor.last_end())

    def _skip_stray(self) -> None:
        """Pass a stray line, and the block that it opens if it does."""
        cursor = self.cursor
        depth = 0
        while cursor.token.kind != "end":
            if depth == 0 and cursor.token.kind == "newline":
                return
            if depth == 1 and self.inside.starts_block() and not self.contract:
                return
            text = cursor.next().text
            depth += (text == "{") - (text == "}")
            if text == "}" and depth <= 0:
                return

    def _alias(self, start: int) -> None:
        cursor = self.cursor
        name = cursor.next()
        cursor.next()
        type_ = self.inside.type()
        attributes = self.inside.field_attributes()
        span = Span(start, cursor.last_end())
        self.aliases.append(Alias(name.text, type_, attributes, span, self.path))
