"""The syntax tree of a Prisma schema. Every node knows the characters that it stands on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from workers.engine.source import Origin, Span

Arity = Literal["required", "optional", "list"]
ModelKind = Literal["model", "view", "type"]
ConfigKind = Literal["datasource", "generator"]


class Text(Struct, frozen=True):
    """A string literal, unescaped."""

    value: str
    span: Span


class Number(Struct, frozen=True):
    """A number as written."""

    text: str
    span: Span


class Constant(Struct, frozen=True):
    """A bare word, possibly with dots: `Cascade`, `true`, `userId`, `address.street`."""

    name: str
    span: Span


class Call(Struct, frozen=True):
    """A call: `now()`, `env("X")`, `title(sort: Desc)`, `raw("gin_trgm_ops")`."""

    name: str
    arguments: tuple[Argument, ...]
    span: Span

    def argument(self, name: str, position: int | None = None) -> Expression | None:
        """The value of a named argument, or of the unnamed one at a position, from 0."""
        return find_argument(self.arguments, name, position)


class ListOf(Struct, frozen=True):
    """A list in brackets."""

    items: tuple[Expression, ...]
    span: Span


class ObjectOf(Struct, frozen=True):
    """An object in braces: `{ active: true, deletedAt: null }`."""

    pairs: tuple[tuple[str, Expression], ...]
    span: Span


Expression = Text | Number | Constant | Call | ListOf | ObjectOf


class Argument(Struct, frozen=True):
    """An argument, with its name where it has one."""

    name: str | None
    value: Expression
    span: Span


class Attribute(Struct, frozen=True):
    """An attribute of a field (`@id`) or of a block (`@@index`), its name without the signs."""

    name: str
    arguments: tuple[Argument, ...]
    span: Span

    def argument(self, name: str, position: int | None = None) -> Expression | None:
        """The value of a named argument, or of the unnamed one at a position, from 0."""
        return find_argument(self.arguments, name, position)

    def text(self, name: str, position: int | None = None) -> str | None:
        """The same, if it is a string."""
        value = self.argument(name, position)
        return value.value if isinstance(value, Text) else None


class FieldType(Struct, frozen=True):
    """A field's type: a name, or what `Unsupported("...")` holds, and how many values."""

    name: str
    arity: Arity
    span: Span
    unsupported: str | None = None

    def __str__(self) -> str:
        name = self.name if self.unsupported is None else f'Unsupported("{self.unsupported}")'
        return name + {"required": "", "optional": "?", "list": "[]"}[self.arity]


class Field(Struct, frozen=True):
    """A field of a model, view or composite type."""

    name: str
    name_span: Span
    type: FieldType
    attributes: tuple[Attribute, ...]
    span: Span
    documentation: str | None = None

    def attribute(self, name: str) -> Attribute | None:
        """The first attribute of that name, or None."""
        for attribute in self.attributes:
            if attribute.name == name:
                return attribute
        return None


class Model(Struct, frozen=True):
    """A model, a view, or a composite type."""

    kind: ModelKind
    name: str
    name_span: Span
    fields: tuple[Field, ...]
    attributes: tuple[Attribute, ...]
    span: Span
    path: str
    documentation: str | None = None

    @property
    def origin(self) -> Origin:
        """The whole block."""
        return Origin(self.path, self.span)

    def attribute(self, name: str) -> Attribute | None:
        """The first block attribute of that name, or None."""
        return next(self.all(name), None)

    def all(self, name: str) -> Iterator[Attribute]:
        """Every block attribute of that name, in order."""
        return (attribute for attribute in self.attributes if attribute.name == name)


class EnumMember(Struct, frozen=True):
    """A value of an enum."""

    name: str
    attributes: tuple[Attribute, ...]
    span: Span
    documentation: str | None = None


class Enum(Struct, frozen=True):
    """An enum block."""

    name: str
    name_span: Span
    members: tuple[EnumMember, ...]
    attributes: tuple[Attribute, ...]
    span: Span
    path: str
    documentation: str | None = None


class Alias(Struct, frozen=True):
    """A type alias of early Prisma 2: `type Email = String @db.VarChar(255)`."""

    name: str
    type: FieldType
    attributes: tuple[Attribute, ...]
    span: Span
    path: str


class Property(Struct, frozen=True):
    """One line of a configuration block."""

    name: str
    value: Expression
    span: Span


class Config(Struct, frozen=True):
    """A datasource or a generator."""

    kind: ConfigKind
    name: str
    properties: tuple[Property, ...]
    span: Span
    path: str

    def property(self, name: str) -> Property | None:
        """The property of that name, or None."""
        return next((one for one in self.properties if one.name == name), None)


def find_argument(
    arguments: tuple[Argument, ...], name: str, position: int | None
) -> Expression | None:
    """The value of a named argument, or of the unnamed one at a position, from 0."""
    unnamed = 0
    for argument in arguments:
        if argument.name == name:
            return argument.value
        if argument.name is None:
            if unnamed == position:
                return argument.value
            unnamed += 1
    return None
