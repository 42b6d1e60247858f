"""The DEFAULT that a field declares, as the database prints it.

A client-side default (`uuid()`, `cuid()`, `nanoid()`, `ulid()`, `auto()`) makes none.
https://www.prisma.io/docs/orm/reference/prisma-schema-reference#default
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable

from msgspec import Struct

from workers.engine.prisma.ast import Call, Constant, Expression, ListOf, Number, Text
from workers.engine.prisma.literals import list_constant, number_constant, text_constant
from workers.engine.prisma.numbers import canonical_number
from workers.engine.prisma.timestamps import canonical_timestamp, rfc3339
from workers.engine.schema.model import DeclaredDefault, Provider, SqlType

_BARE = frozenset(("Int", "BigInt", "Float", "Decimal", "Boolean"))
"""The scalars whose literals are written without quotation marks."""
_BITS = {"true": "1", "false": "0"}


class Default(Struct, frozen=True):
    """A default: the expression, None where the client makes the value, and how it is declared."""

    expression: str | None
    kind: DeclaredDefault | None
    written: str | None = None
    """The SQL of `dbgenerated("...")` as it stands in the schema."""


class DefaultReader(Struct, frozen=True):
    """Turns the value of `@default(...)` into the expression of one provider.

    `normalize` prints an SQL expression back as the database would, given the column's type.
    """

    provider: Provider
    normalize: Callable[[str, SqlType], str]

    def read(
        self, value: Expression, scalar: str, type_: SqlType, enum_values: dict[str, str]
    ) -> Default:
        """The default of a column; `scalar` is Prisma's type, `enum_values` its members' names."""
        if isinstance(value, Call):
            return self._call(value, type_)
        if isinstance(value, ListOf):
            return Default(self._list(value, scalar, type_, enum_values), "value")
        text = self._literal(value, scalar, enum_values)
        if text is None:
            return Default(None, None)
        if self.provider == "mysql" and scalar in ("Json", "Bytes"):
            return Default(None, "value")
        return Default(self._printed(text, scalar, type_), "value")

    def _call(self, value: Call, type_: SqlType) -> Default:
        name = value.name
        if name == "now":
            if self.provider == "mysql":
                digits = type_.arguments[0] if type_.arguments else "0"
                precision = "" if digits == "0" else f"({digits})"
                return Default(f"CURRENT_TIMESTAMP{precision}", "now")
            return Default("CURRENT_TIMESTAMP", "now")
        if name == "dbgenerated":
            inner = value.argument("value", 0)
            if not isinstance(inner, Text) or not inner.value:
                return Default(None, "any")
            return Default(self.normalize(inner.value, type_), "dbgenerated", inner.value)
        if name == "autoincrement":
            if self.provider == "cockroachdb":
                return Default("unique_rowid()", "sequence")
            return Default(None, "sequence")
        if name == "sequence":
            return Default(None, "sequence")
        return Default(None, None)

    def _literal(self, value: Expression, scalar: str, enum_values: dict[str, str]) -> str | None:
        """The value itself, neither quoted nor cast."""
        if isinstance(value, Constant):
            return enum_values.get(value.name, value.name)
        if isinstance(value, Number):
            return canonical_number(value.text) if scalar in ("Float", "Decimal") else value.text
        if not isinstance(value, Text):
            return None
        if scalar == "DateTime":
            made = canonical_timestamp(value.value)
            return rfc3339(value.value) if made and self.provider == "mysql" else made
        if scalar == "Decimal":
            return canonical_number(value.value)
        if scalar == "Bytes":
            return _hexadecimal(value.value)
        return value.value

    def _printed(self, text: str, scalar: str, type_: SqlType) -> str:
        if scalar == "Boolean":
            is_bit = self.provider in ("sqlserver", "mysql") and text in _BITS
            return _BITS[text] if is_bit else text
        if self.provider == "mysql" and scalar in _BARE:
            from workers.engine.sql.mysql.types import canonical_default

            return canonical_default(text, type_)
        if self.provider != "postgresql":
            if scalar == "Bytes" and self.provider == "cockroachdb":
                text = f"\\x{text}"
            if scalar == "Json" and self.provider == "sqlite":
                return text  # as Prisma's script has it, though SQLite takes only numbers so
            return text if scalar in _BARE else _quote(text)
        if scalar in _BARE:
            return number_constant(text)
        return text_constant(f"\\x{text}" if scalar == "Bytes" else text, type_)

    def _list(
        self, value: ListOf, scalar: str, type_: SqlType, enum_values: dict[str, str]
    ) -> str | None:
        items: list[str] = []
        for item in value.items:
            text = self._literal(item, scalar, enum_values)
            if text is None:
                return None
            items.append(f"\\x{text}" if scalar == "Bytes" else text)
        if self.provider == "postgresql":
            return list_constant(items, type_, are_numbers=scalar in _BARE)
        written = (item if scalar in _BARE else _quote(item) for item in items)
        return f"ARRAY[{', '.join(written)}]"


def _quote(text: str) -> str:
    doubled = text.replace("'", "''")
    return f"'{doubled}'"


def _hexadecimal(encoded: str) -> str | None:
    try:
        return base64.b64decode(encoded, validate=True).hex()
    except (binascii.Error, ValueError):
        return None
