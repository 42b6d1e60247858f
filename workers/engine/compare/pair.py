"""Which table, column and enum of one side belongs to which of the other: by name or rename."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from workers.engine.compare.changes import Evidence
from workers.engine.compare.options import Ground
from workers.engine.compare.types import TypeReader
from workers.engine.schema.model import Column, EnumType, QualifiedName, Schema, Table

if TYPE_CHECKING:
    from workers.engine.code.renaming import Replaced, Replacements


class Sides(Struct, frozen=True):
    """Both schemas, cut down to what is compared."""

    ground: Ground
    declared: Schema
    replayed: Schema
    declared_tables: Mapping[QualifiedName, Table]
    replayed_tables: Mapping[QualifiedName, Table]
    declared_enums: Mapping[QualifiedName, EnumType]
    replayed_enums: Mapping[QualifiedName, EnumType]
    declared_types: TypeReader
    replayed_types: TypeReader
    client_tables: Mapping[QualifiedName, str] = field(default_factory=dict)
    """The model of each declared table that `@@map` gives another name."""
    client_columns: Mapping[tuple[QualifiedName, str], str] = field(default_factory=dict)
    """The field of each declared column that `@map` gives another name."""
    in_code: Replacements | None = None
    """The names that the code has given up for others since the base."""

    def replaced_column(
        self, table: QualifiedName, old: str, declared: QualifiedName, new: str
    ) -> Replaced | None:
        """How the code says a column's new name for its old one, if it does."""
        return self.in_code.columns.get((table, old, declared, new)) if self.in_code else None

    def replaced_table(self, old: QualifiedName, new: QualifiedName) -> Replaced | None:
        """How the code asks for another table in place of one, if it does."""
        return self.in_code.tables.get((old, new)) if self.in_code else None

    def replaced_enum(self, old: QualifiedName, new: QualifiedName) -> Replaced | None:
        """How the code names another enum in place of one, if it does."""
        return self.in_code.enums.get((old, new)) if self.in_code else None


class ColumnPairs(Struct, frozen=True):
    """The columns of a pair of tables: on both sides, on one, or renamed."""

    same: tuple[tuple[Column, Column], ...]
    missing: tuple[Column, ...]
    extra: tuple[Column, ...]
    renamed: tuple[tuple[Column, Column, Evidence], ...] = ()

    @property
    def new_names(self) -> dict[str, str]:
        """The declared name of each replayed column that was renamed."""
        return {replayed.name: declared.name for declared, replayed, _ in self.renamed}

    @property
    def all(self) -> tuple[tuple[Column, Column], ...]:
        """Every pair, renamed ones at the end."""
        return self.same + tuple((declared, replayed) for declared, replayed, _ in self.renamed)


class TablePair(Struct, frozen=True):
    """A declared table and the replayed table that it is."""

    declared: Table
    replayed: Table
    columns: ColumnPairs
    evidence: Evidence | None = None
    """Why they are held for one, where their names differ."""


class Renames(Struct, frozen=True):
    """What was renamed: the declared name by the replayed one."""

    tables: Mapping[QualifiedName, QualifiedName] = field(default_factory=dict)
    columns: Mapping[tuple[QualifiedName, str], str] = field(default_factory=dict)
    """By the replayed table and column."""
    enums: Mapping[QualifiedName, QualifiedName] = field(default_factory=dict)

    def table(self, name: QualifiedName) -> QualifiedName:
        """The declared name of a replayed table."""
        return self.tables.get(name, name)

    def column(self, table: QualifiedName, name: str) -> str:
        """The declared name of a replayed column."""
        return self.columns.get((table, name), name)


def sides_of(declared: Schema, replayed: Schema, ground: Ground) -> Sides:
    """Both schemas without the schemas and tables that are not compared."""

    def tables(schema: Schema) -> dict[QualifiedName, Table]:
        return {
            name: _without_generated(table) if ground.provider == "sqlite" else table
            for name, table in schema.tables.items()
            if ground.is_compared(name) and not is_partition(table)
        }

    def enums(schema: Schema) -> dict[QualifiedName, EnumType]:
        return {
            name: enum
            for name, enum in schema.enums.items()
            if ground.has(name.schema) and enum.values
        }

    def types(schema: Schema) -> TypeReader:
        return TypeReader(
            schema.enums,
            schema.domains,
            ground.schemas,
            is_sqlite=ground.provider == "sqlite",
            is_mysql=ground.provider == "mysql",
            is_sqlserver=ground.provider == "sqlserver",
        )

    return Sides(
        ground,
        declared,
        replayed,
        tables(declared),
        tables(replayed),
        enums(declared),
        enums(replayed),
        types(declared),
        types(replayed),
    )


def _without_generated(table: Table) -> Table:
    """SQLite does not list generated columns among the others, so the engine does not see them."""
    if all(column.generated is None for column in table.columns):
        return table
    return replace(table, columns=tuple(c for c in table.columns if c.generated is None))


def is_partition(table: Table) -> bool:
    """Whether Prisma's engine passes the table over as a part of another."""
    return table.kind == "table" and table.partition_bound is not None


def pair_columns(declared: Table, replayed: Table) -> ColumnPairs:
    """The columns of two tables, paired by name."""
    there = {column.name: column for column in replayed.columns}
    wanted = {column.name for column in declared.columns}
    return ColumnPairs(
        same=tuple((c, there[c.name]) for c in declared.columns if c.name in there),
        missing=tuple(c for c in declared.columns if c.name not in there),
        extra=tuple(c for c in replayed.columns if c.name not in wanted),
    )


def is_join_table(table: Table) -> bool:
    """Whether the table looks like one of Prisma's implicit many-to-many tables."""
    return {column.name for column in table.columns} == {"A", "B"}
