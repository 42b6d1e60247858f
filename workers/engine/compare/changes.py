"""The closed vocabulary of changes: what would have to happen to the replayed schema.

Every change says what separates the *replayed* schema (what the migrations make) from the
*declared* one. The types are closed: `Change` is their union.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from workers.engine.findings import Confidence
from workers.engine.schema.model import (
    Column,
    EnumType,
    EnumValue,
    Extension,
    ForeignKey,
    Index,
    KeyConstraint,
    QualifiedName,
    Table,
)


@dataclass(frozen=True, slots=True)
class TableMissing:
    """Declared, and no migration makes it."""

    declared: Table


@dataclass(frozen=True, slots=True)
class TableExtra:
    """Made by migrations, and not declared."""

    replayed: Table


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why two objects are held for one that was renamed."""

    reasons: tuple[str, ...]
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class TableRenamed:
    """The same table under another name."""

    declared: Table
    replayed: Table
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class ColumnMissing:
    """Declared, and no migration makes it."""

    table: Table
    replayed_table: Table
    declared: Column


@dataclass(frozen=True, slots=True)
class ColumnExtra:
    """Made by migrations, and not declared."""

    table: Table
    replayed_table: Table
    replayed: Column


@dataclass(frozen=True, slots=True)
class ColumnRenamed:
    """The same column under another name."""

    table: Table
    replayed_table: Table
    declared: Column
    replayed: Column
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class ColumnTypeChanged:
    """The types differ in storage."""

    table: Table
    replayed_table: Table
    declared: Column
    replayed: Column


@dataclass(frozen=True, slots=True)
class ColumnNullabilityChanged:
    """One side requires a value, the other does not."""

    table: Table
    replayed_table: Table
    declared: Column
    replayed: Column


@dataclass(frozen=True, slots=True)
class ColumnDefaultChanged:
    """The defaults differ."""

    table: Table
    replayed_table: Table
    declared: Column
    replayed: Column


@dataclass(frozen=True, slots=True)
class PrimaryKeyChanged:
    """The primary keys differ; None where a side has none."""

    table: Table
    replayed_table: Table
    declared: KeyConstraint | None
    replayed: KeyConstraint | None
    only_name: bool = False


@dataclass(frozen=True, slots=True)
class IndexMissing:
    """A declared index or unique that no migration makes."""

    table: Table
    replayed_table: Table
    declared: Index


@dataclass(frozen=True, slots=True)
class IndexExtra:
    """An index or unique that is made and not declared."""

    table: Table
    replayed_table: Table
    replayed: Index


@dataclass(frozen=True, slots=True)
class IndexChanged:
    """The same index, different: `only_name` where the name alone differs."""

    table: Table
    replayed_table: Table
    declared: Index
    replayed: Index
    only_name: bool = False


@dataclass(frozen=True, slots=True)
class ForeignKeyMissing:
    """A declared foreign key that no migration makes."""

    table: Table
    replayed_table: Table
    declared: ForeignKey


@dataclass(frozen=True, slots=True)
class ForeignKeyExtra:
    """A foreign key that is made and not declared."""

    table: Table
    replayed_table: Table
    replayed: ForeignKey


@dataclass(frozen=True, slots=True)
class ForeignKeyChanged:
    """The same foreign key, different in its actions, its target or (`only_name`) its name."""

    table: Table
    replayed_table: Table
    declared: ForeignKey
    replayed: ForeignKey
    only_name: bool = False


@dataclass(frozen=True, slots=True)
class EnumMissing:
    """A declared enum that no migration makes."""

    declared: EnumType


@dataclass(frozen=True, slots=True)
class EnumExtra:
    """An enum that is made and not declared."""

    replayed: EnumType


@dataclass(frozen=True, slots=True)
class EnumRenamed:
    """The same enum under another name."""

    declared: EnumType
    replayed: EnumType
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class EnumValuesChanged:
    """The values differ, order aside."""

    declared: EnumType
    replayed: EnumType
    missing: tuple[EnumValue, ...]
    extra: tuple[EnumValue, ...]


@dataclass(frozen=True, slots=True)
class ExtensionMissing:
    """A declared extension that no migration installs.

    Where one does, `installed` is what it made: Prisma's engine does not look at the extensions
    of the database that it replays the migrations on, and always writes CREATE EXTENSION.
    """

    declared: Extension
    installed: Extension | None = None


@dataclass(frozen=True, slots=True)
class SchemaMissing:
    """A declared schema (namespace) that no migration creates."""

    name: str


Change = (
    TableMissing
    | TableExtra
    | TableRenamed
    | ColumnMissing
    | ColumnExtra
    | ColumnRenamed
    | ColumnTypeChanged
    | ColumnNullabilityChanged
    | ColumnDefaultChanged
    | PrimaryKeyChanged
    | IndexMissing
    | IndexExtra
    | IndexChanged
    | ForeignKeyMissing
    | ForeignKeyExtra
    | ForeignKeyChanged
    | EnumMissing
    | EnumExtra
    | EnumRenamed
    | EnumValuesChanged
    | ExtensionMissing
    | SchemaMissing
)


@dataclass(frozen=True)
class Comparison:
    """All changes of one pair, and the tables that were compared."""

    changes: tuple[Change, ...]
    tables: tuple[tuple[Table, Table], ...] = field(default=())
    """(declared, replayed) of every table that both sides have, renamed ones included."""
    notes: tuple[str, ...] = ()

    def of_table(self, name: QualifiedName) -> tuple[Change, ...]:
        """The changes within one table, by its declared name."""
        found = []
        for change in self.changes:
            table = getattr(change, "table", None)
            if table is not None and table.name == name:
                found.append(change)
        return tuple(found)
