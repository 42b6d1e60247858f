"""The DEFAULT that a field declares, as the database prints it.

A client-side default (`uuid()`, `cuid()`, `nanoid()`, `ulid()`, `auto()`) makes none.
https://www.prisma.io/docs/orm/reference/prisma-schema-reference#default
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass

from workers.engine.prisma.ast import Call, Constant, Expression, ListOf, Number, Text
from workers.engine.prisma.numbers import canonical_number
from workers.engine.prisma.timestamps import canonical_timestamp
from workers.engine.schema.model import DeclaredDefault, Provider, SqlType
from workers.engine.schema.types import format_type

_IN_INT4 = range(-(2**31), 2**31)
_IN_INT8 = range(-(2**63), 2**63)


@dataclass(frozen=True, slots=True)
class Default:
    """A default: the expression, None where the client makes the value, and how it is declared."""

    expression: str | None
    kind: DeclaredDefault | None


@dataclass(frozen=True, slots=True)
class DefaultReader:
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
        if self.provider == "mysql" and type_.name in ("json", "longblob"):
            return Default(None, "value")
        return Default(self._printed(text, scalar, type_, value), "value")

    def _call(self, value: Call, type_: SqlType) -> Default:
        name = value.name
        if name == "now":
            if self.provider == "mysql":
                precision = type_.arguments[0] if type_.arguments else "3"
                return Default(f"CURRENT_TIMESTAMP({precision})", "now")
            return Default("CURRENT_TIMESTAMP", "now")
        if name == "dbgenerated":
            inner = value.argument("value", 0)
            if not isinstance(inner, Text) or not inner.value:
                return Default(None, "any")
            return Default(self.normalize(inner.value, type_), "dbgenerated")
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
            return canonical_timestamp(value.value)
        if scalar == "Decimal":
            return canonical_number(value.value)
        if scalar == "Bytes":
            return _hexadecimal(value.value)
        return value.value

    def _printed(self, text: str, scalar: str, type_: SqlType, value: Expression) -> str:
        is_bare = scalar in ("Int", "BigInt", "Float", "Decimal", "Boolean")
        if self.provider != "postgresql":
            if scalar == "Bytes" and self.provider == "cockroachdb":
                text = f"\\x{text}"
            return text if is_bare and isinstance(value, Number | Constant | Text) else _quote(text)
        if scalar == "Boolean":
            return text
        if is_bare:
            return _number(text, type_)
        if scalar == "Bytes":
            text = f"\\x{text}"
        if scalar in ("String", "Json", "DateTime") and type_.name not in ("text", "jsonb"):
            return self.normalize(_quote(text), type_)
        if scalar == "Json":
            return self.normalize(_quote(text), type_)
        return f"{_quote(text)}::{format_type(SqlType(type_.name, schema=type_.schema))}"

    def _list(
        self, value: ListOf, scalar: str, type_: SqlType, enum_values: dict[str, str]
    ) -> str | None:
        items: list[str] = []
        for item in value.items:
            text = self._literal(item, scalar, enum_values)
            if text is None:
                return None
            if scalar == "Bytes":
                text = f"\\x{text}"
            is_bare = scalar in ("Int", "BigInt", "Float", "Decimal", "Boolean")
            items.append(text if is_bare else _quote(text))
        return self.normalize(f"ARRAY[{', '.join(items)}]::{format_type(type_)}", type_)


def _quote(text: str) -> str:
    doubled = text.replace("'", "''")
    return f"'{doubled}'"


def _number(text: str, type_: SqlType) -> str:
    """A numeric constant as PostgreSQL prints it: `5`, `'-5'::integer`, `'3000000000'::bigint`."""
    if not text.removeprefix("-").isdigit():
        kind = "numeric"
    elif int(text) in _IN_INT4:
        kind = "integer"
    else:
        kind = "bigint" if int(text) in _IN_INT8 else "numeric"
    if text.startswith("-") or kind == "bigint" or (kind == "numeric" and "." not in text):
        return f"'{text}'::{kind}"
    return text


def _hexadecimal(encoded: str) -> str | None:
    try:
        return base64.b64decode(encoded, validate=True).hex()
    except (binascii.Error, ValueError):
        return None
