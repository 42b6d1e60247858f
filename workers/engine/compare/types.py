"""When two column types are the same to Prisma's schema engine on PostgreSQL.

The engine knows about thirty native types. An enum is compared by its name; everything else
(`tsvector`, `vector`, `interval`, ranges ...) is "unsupported" to it, and two unsupported types
are never different. Measured on engine 8.1.0-2 (Prisma 7.10).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal

from msgspec import Struct

from workers.engine.compare import mysql, sqlite, sqlserver
from workers.engine.schema.model import Column, Domain, EnumType, QualifiedName, SqlType

Family = Literal[
    "string",
    "int",
    "float",
    "boolean",
    "datetime",
    "binary",
    "json",
    "uuid",
    "enum",
    "unsupported",
]

_FAMILIES: dict[str, Family] = {
    "smallint": "int",
    "integer": "int",
    "bigint": "int",
    "oid": "int",
    "real": "float",
    "double precision": "float",
    "numeric": "float",
    "money": "float",
    "boolean": "boolean",
    "text": "string",
    "citext": "string",
    "character varying": "string",
    "character": "string",
    '"char"': "string",
    "bit": "string",
    "bit varying": "string",
    "xml": "string",
    "inet": "string",
    "date": "datetime",
    "timestamp without time zone": "datetime",
    "timestamp with time zone": "datetime",
    "time without time zone": "datetime",
    "time with time zone": "datetime",
    "bytea": "binary",
    "json": "json",
    "jsonb": "json",
    "uuid": "uuid",
}
_SQLITE: dict[str, Family] = {
    "int": "int",
    "bigint": "int",
    "float": "float",
    "decimal": "float",
    "boolean": "boolean",
    "string": "string",
    "datetime": "datetime",
    "binary": "binary",
    "json": "json",
}
_TIMES = frozenset(name for name in _FAMILIES if name.startswith("time"))


class Native(Struct, frozen=True):
    """A column type as the engine sees it: a family, and what is told apart within it."""

    family: Family
    name: str = ""
    arguments: tuple[str, ...] = ()
    enum: QualifiedName | None = None
    is_like_any: bool = False
    """A type of MySQL or SQL Server that the engine does not know: never different."""


class TypeReader(Struct, frozen=True):
    """Reads the types of one side: its enums and domains, in the schemas that are compared."""

    enums: Mapping[QualifiedName, EnumType]
    domains: Mapping[QualifiedName, Domain]
    schemas: Collection[str]
    is_sqlite: bool = False
    is_mysql: bool = False
    is_sqlserver: bool = False

    def underlying(self, kind: SqlType) -> SqlType:
        """The type behind a domain; `information_schema` shows a domain's column so."""
        seen = 0
        while kind.schema is not None and not kind.is_array and seen < 20:
            domain = self.domains.get(QualifiedName(kind.schema, kind.name))
            if domain is None:
                break
            kind, seen = domain.type, seen + 1
        return kind

    def is_not_null(self, column: Column) -> bool:
        """Whether a value is required, by the column or by its domain."""
        if column.not_null:
            return True
        kind = column.type
        if kind.schema is None or kind.is_array:
            return False
        domain = self.domains.get(QualifiedName(kind.schema, kind.name))
        return domain is not None and domain.not_null

    def native(self, column: Column) -> Native:
        """The column's type as the engine sees it; whether it is a list is told elsewhere."""
        if self.is_sqlite:
            name = sqlite.family_of(column.type.name)
            return Native(_SQLITE.get(name, "unsupported"), name)
        if self.is_mysql:
            return mysql.native_of(column)
        if self.is_sqlserver:
            return sqlserver.native_of(column)
        if column.is_unsupported:
            return Native("unsupported", column.type.name)
        kind = self.underlying(column.type)
        if kind.schema is not None:
            enum = QualifiedName(kind.schema, kind.name)
            if enum in self.enums and kind.schema in self.schemas:
                return Native("enum", enum=enum)
            if kind.name != "citext":
                return Native("unsupported", kind.name)
        family = _FAMILIES.get(kind.name, "unsupported")
        return Native(family, kind.name, _arguments(kind))

    def is_list(self, column: Column) -> bool:
        """Whether the column is an array."""
        return self.underlying(column.type).is_array


def _arguments(kind: SqlType) -> tuple[str, ...]:
    if kind.name == "numeric" and len(kind.arguments) == 1:
        return (kind.arguments[0], "0")
    if kind.name == '"char"':
        return ()
    return kind.arguments


def same_native(declared: Native, replayed: Native, replayed_is_list: bool = False) -> bool:
    """Whether the engine would leave the type alone; a list against a scalar is not asked here."""
    if "enum" in (declared.family, replayed.family):
        return declared.enum == replayed.enum
    if "unsupported" in (declared.family, replayed.family):
        if declared.is_like_any or replayed.is_like_any:
            return True
        if declared.name.startswith("unsupported ") or replayed.name.startswith("unsupported "):
            return declared.name == replayed.name  # SQLite's: told apart by name
        return declared.family == replayed.family
    if declared.name != replayed.name:
        return {declared.name, replayed.name} == {"character", '"char"'} and not (
            declared.arguments or replayed.arguments
        )
    if declared.name in _TIMES:
        return _same_precision(declared.arguments, replayed.arguments, replayed_is_list)
    return declared.arguments == replayed.arguments


def _same_precision(
    declared: tuple[str, ...], replayed: tuple[str, ...], replayed_is_list: bool
) -> bool:
    if not declared:
        return True
    if not replayed:
        return replayed_is_list or declared == ("6",)
    return declared == replayed
