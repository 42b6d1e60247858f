"""The syntax tree of a Prisma schema. Every node knows the characters that it stands on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from workers.engine.source import Origin, Span

Arity = Literal["required", "optional", "list"]
ModelKind = Literal["model", "view", "type"]
ConfigKind = Literal["datasource", "generator"]


@dataclass(frozen=True, slots=True)
class Text:
    """A string literal, unescaped."""

    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Constant:
    """A bare word, possibly with dots: `Cascade`, `true`, `userId`, `address.street`."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Call:
    """A call: `now()`, `env("X")`, `title(sort: Desc)`, `raw("gin_trgm_ops")`."""

    name: str
    arguments: tuple[Argument, ...]
    span: Span

    def argument(self, name: str, position: int | None = None) -> Expression | None:
        """The value of a named argument, or of the unnamed one at a position, from 0."""
        return find_argument(self.arguments, name, position)


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list in brackets."""

    items: tuple[Expression, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class ObjectOf:
    """An object in braces: `{ active: true, deletedAt: null }`."""

    pairs: tuple[tuple[str, Expression], ...]
    span: Span


Expression = Text | Number | Constant | Call | ListOf | ObjectOf


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument, with its name where it has one."""

    name: str | None
    value: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Attribute:
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


@dataclass(frozen=True, slots=True)
class FieldType:
    """A field's type: a name, or what `Unsupported("...")` holds, and how many values."""

    name: str
    arity: Arity
    span: Span
    unsupported: str | None = None

    def __str__(self) -> str:
        name = self.name if self.unsupported is None else f'Unsupported("{self.unsupported}")'
        return name + {"required": "", "optional": "?", "list": "[]"}[self.arity]


@dataclass(frozen=True, slots=True)
class Field:
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


@dataclass(frozen=True, slots=True)
class Model:
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


@dataclass(frozen=True, slots=True)
class EnumMember:
    """A value of an enum."""

    name: str
    attributes: tuple[Attribute, ...]
    span: Span
    documentation: str | None = None


@dataclass(frozen=True, slots=True)
class Enum:
    """An enum block."""

    name: str
    name_span: Span
    members: tuple[EnumMember, ...]
    attributes: tuple[Attribute, ...]
    span: Span
    path: str
    documentation: str | None = None


@dataclass(frozen=True, slots=True)
class Alias:
    """A type alias of early Prisma 2: `type Email = String @db.VarChar(255)`."""

    name: str
    type: FieldType
    attributes: tuple[Attribute, ...]
    span: Span
    path: str


@dataclass(frozen=True, slots=True)
class Property:
    """One line of a configuration block."""

    name: str
    value: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Config:
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
