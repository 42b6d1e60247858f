"""The closed vocabulary of changes: what would have to happen to the replayed schema.

Every change says what separates the *replayed* schema (what the migrations make) from the
*declared* one. The types are closed: `Change` is their union.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct, field

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

if TYPE_CHECKING:
    from workers.engine.code.renaming import Replaced


class TableMissing(Struct, frozen=True):
    """Declared, and no migration makes it."""

    declared: Table


class TableExtra(Struct, frozen=True):
    """Made by migrations, and not declared."""

    replayed: Table


class Evidence(Struct, frozen=True):
    """Why two objects are held for one that was renamed."""

    reasons: tuple[str, ...]
    confidence: Confidence
    in_code: Replaced | None = None
    """The same rename in the code that uses it."""


class TableRenamed(Struct, frozen=True):
    """The same table under another name."""

    declared: Table
    replayed: Table
    evidence: Evidence


class ColumnMissing(Struct, frozen=True):
    """Declared, and no migration makes it."""

    table: Table
    replayed_table: Table
    declared: Column


class ColumnExtra(Struct, frozen=True):
    """Made by migrations, and not declared."""

    table: Table
    replayed_table: Table
    replayed: Column


class ColumnRenamed(Struct, frozen=True):
    """The same column under another name."""

    table: Table
    replayed_table: Table
    declared: Column
    replayed: Column
    evidence: Evidence


class ColumnTypeChanged(Struct, frozen=True):
    """The types differ in storage. Prisma's engine drops the primary key that the column stands in
    and makes it anew, `remakes`; not on SQLite, where it makes the whole table anew. Where it casts
    no values it drops the column, and makes the indexes on it anew, too."""

    table: Table
    replayed_table: Table
    declared: Column
    replayed: Column
    remakes: KeyConstraint | None = None
    remade_indexes: tuple[Index, ...] = ()


class ColumnNullabilityChanged(Struct, frozen=True):
    """One side requires a value, the other does not."""

    table: Table
    replayed_table: Table
    declared: Column
    replayed: Column


class ColumnDefaultChanged(Struct, frozen=True):
    """The defaults differ."""

    table: Table
    replayed_table: Table
    declared: Column
    replayed: Column


class PrimaryKeyChanged(Struct, frozen=True):
    """The primary keys differ; None where a side has none."""

    table: Table
    replayed_table: Table
    declared: KeyConstraint | None
    replayed: KeyConstraint | None
    only_name: bool = False


class IndexMissing(Struct, frozen=True):
    """A declared index or unique that no migration makes."""

    table: Table
    replayed_table: Table
    declared: Index


class IndexExtra(Struct, frozen=True):
    """An index or unique that is made and not declared."""

    table: Table
    replayed_table: Table
    replayed: Index


class IndexChanged(Struct, frozen=True):
    """The same index, different: `only_name` where the name alone differs."""

    table: Table
    replayed_table: Table
    declared: Index
    replayed: Index
    only_name: bool = False


class ForeignKeyMissing(Struct, frozen=True):
    """A declared foreign key that no migration makes."""

    table: Table
    replayed_table: Table
    declared: ForeignKey


class ForeignKeyExtra(Struct, frozen=True):
    """A foreign key that is made and not declared."""

    table: Table
    replayed_table: Table
    replayed: ForeignKey


class ForeignKeyChanged(Struct, frozen=True):
    """The same foreign key, different in its actions, its target or (`only_name`) its name."""

    table: Table
    replayed_table: Table
    declared: ForeignKey
    replayed: ForeignKey
    only_name: bool = False


class EnumMissing(Struct, frozen=True):
    """A declared enum that no migration makes."""

    declared: EnumType


class EnumExtra(Struct, frozen=True):
    """An enum that is made and not declared."""

    replayed: EnumType


class EnumRenamed(Struct, frozen=True):
    """The same enum under another name."""

    declared: EnumType
    replayed: EnumType
    evidence: Evidence


class EnumValuesChanged(Struct, frozen=True):
    """The values differ, order aside."""

    declared: EnumType
    replayed: EnumType
    missing: tuple[EnumValue, ...]
    extra: tuple[EnumValue, ...]


class ExtensionMissing(Struct, frozen=True):
    """A declared extension that no migration installs.

    Where one does, `installed` is what it made: Prisma's engine does not look at the extensions
    of the database that it replays the migrations on, and always writes CREATE EXTENSION.
    """

    declared: Extension
    installed: Extension | None = None


class SchemaMissing(Struct, frozen=True):
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


class Comparison(Struct, frozen=True, dict=True):
    """All changes of one pair, and the tables that were compared."""

    changes: tuple[Change, ...]
    tables: tuple[tuple[Table, Table], ...] = field(default=())
    """(declared, replayed) of every table that both sides have, renamed ones included."""
    notes: tuple[str, ...] = ()

    def of_table(self, name: QualifiedName) -> tuple[Change, ...]:
        """The changes within one table, by its declared name."""
        return tuple(self._by_table.get(name, ()))

    @cached_property
    def _by_table(self) -> dict[QualifiedName, list[Change]]:
        found: dict[QualifiedName, list[Change]] = {}
        for change in self.changes:
            table = getattr(change, "table", None)
            if table is not None:
                found.setdefault(table.name, []).append(change)
        return found
