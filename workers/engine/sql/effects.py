"""What a statement does to tables that are already there: a closed vocabulary.

The rules on locks and on lost data look at effects, never at syntax trees. An effect carries the
table as it was before the statement, so that a rule knows its types, keys and indexes.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from workers.engine.schema.model import Column, QualifiedName, SqlType, Table
from workers.engine.source import Origin

ConstraintKind = Literal["primary key", "unique", "foreign key", "check", "exclusion", "not null"]
DefaultKind = Literal["none", "constant", "stable", "volatile"]


class TableDropped(Struct, frozen=True):
    """DROP TABLE."""

    table: Table
    origin: Origin


class DatabaseDropped(Struct, frozen=True):
    """DROP DATABASE."""

    origin: Origin
    name: str


class OwnedDropped(Struct, frozen=True):
    """DROP OWNED BY a role."""

    origin: Origin
    name: str


class TableRenamed(Struct, frozen=True):
    """ALTER TABLE ... RENAME TO, or SET SCHEMA."""

    table: Table
    origin: Origin
    name: QualifiedName


class TableTruncated(Struct, frozen=True):
    """TRUNCATE; `cascades` empties the tables that refer to it too."""

    table: Table
    origin: Origin
    cascades: bool


class ColumnAdded(Struct, frozen=True):
    """ADD COLUMN; `default` says what it costs to fill the rows that are there."""

    table: Table
    origin: Origin
    column: str
    type: SqlType | None
    is_required: bool
    default: DefaultKind
    is_generated: bool = False
    is_identity: bool = False
    constraints: tuple[ConstraintKind, ...] = ()
    is_virtual: bool = False
    """Generated when it is read, so that no row holds it."""


class ColumnDropped(Struct, frozen=True):
    """DROP COLUMN; `column` as it was."""

    table: Table
    origin: Origin
    column: Column


class ColumnRenamed(Struct, frozen=True):
    """RENAME COLUMN."""

    table: Table
    origin: Origin
    column: Column
    name: str


class ColumnRetyped(Struct, frozen=True):
    """ALTER COLUMN TYPE; `has_using` says that an expression of the user's converts the values."""

    table: Table
    origin: Origin
    column: Column
    type: SqlType
    has_using: bool


class NotNullSet(Struct, frozen=True):
    """SET NOT NULL; `is_proven` where a validated check already says so (no scan then)."""

    table: Table
    origin: Origin
    column: Column
    is_proven: bool


class ConstraintAdded(Struct, frozen=True):
    """ADD CONSTRAINT on a table; `uses_index` for USING INDEX."""

    table: Table
    origin: Origin
    kind: ConstraintKind
    name: str
    columns: tuple[str, ...] = ()
    is_valid: bool = True
    uses_index: bool = False
    referenced: QualifiedName | None = None


class ConstraintDropped(Struct, frozen=True):
    """DROP CONSTRAINT."""

    table: Table
    origin: Origin
    name: str
    kind: ConstraintKind | None


class ConstraintValidated(Struct, frozen=True):
    """VALIDATE CONSTRAINT; `added_here` where the same transaction added it."""

    table: Table
    origin: Origin
    name: str
    added_here: bool


class IndexCreated(Struct, frozen=True):
    """CREATE INDEX on a table that is there."""

    table: Table
    origin: Origin
    name: str
    columns: tuple[str, ...]
    is_unique: bool
    is_concurrent: bool
    has_expression: bool = False
    is_partial: bool = False


class IndexDropped(Struct, frozen=True):
    """DROP INDEX."""

    table: Table
    origin: Origin
    name: str
    is_concurrent: bool


class PartitionAttached(Struct, frozen=True):
    """ATTACH PARTITION; `table` is the partition, `is_proven` where a valid check speaks of the
    key, so that PostgreSQL need not look at the rows."""

    table: Table
    origin: Origin
    parent: QualifiedName
    is_proven: bool


class SchemaRenamed(Struct, frozen=True):
    """ALTER SCHEMA ... RENAME TO; `table` is the first of the tables that it holds."""

    table: Table
    origin: Origin
    name: str


class TriggersSwitched(Struct, frozen=True):
    """DISABLE or ENABLE TRIGGER; `name` is None for all of them."""

    table: Table
    origin: Origin
    name: str | None
    is_enabled: bool


class ReplicaIdentitySet(Struct, frozen=True):
    """REPLICA IDENTITY FULL or NOTHING: what a subscriber is told of a changed row."""

    table: Table
    origin: Origin
    kind: Literal["FULL", "NOTHING"]


class AutovacuumSwitchedOff(Struct, frozen=True):
    """SET (autovacuum_enabled = false)."""

    table: Table
    origin: Origin


class ViewRefreshed(Struct, frozen=True):
    """REFRESH MATERIALIZED VIEW without CONCURRENTLY."""

    view: QualifiedName
    origin: Origin


class TimeoutSet(Struct, frozen=True):
    """SET lock_timeout or statement_timeout."""

    origin: Origin
    name: str


class TransactionMarked(Struct, frozen=True):
    """BEGIN, COMMIT or ROLLBACK, as the migration itself writes it."""

    origin: Origin
    verb: Literal["BEGIN", "COMMIT", "ROLLBACK"]


class TriggerCreated(Struct, frozen=True):
    """CREATE TRIGGER on a table that is there."""

    table: Table
    origin: Origin
    name: str


class TableRewritten(Struct, frozen=True):
    """A form of ALTER TABLE that rewrites the table: SET LOGGED, SET ACCESS METHOD, CLUSTER ..."""

    table: Table
    origin: Origin
    what: str


class TableLocked(Struct, frozen=True):
    """A statement that keeps everyone away while it works: LOCK, REINDEX, REFRESH ..."""

    table: Table
    origin: Origin
    what: str
    remedy: str


class RowsWritten(Struct, frozen=True):
    """UPDATE, DELETE or INSERT ... SELECT; `is_partial` where a WHERE clause bounds it."""

    table: Table
    origin: Origin
    verb: Literal["UPDATE", "DELETE", "INSERT"]
    columns: tuple[str, ...]
    is_partial: bool
    reads: frozenset[str] = frozenset()
    """Columns, by their bare names, whose values are written somewhere else."""


class EnumValueRemoved(Struct, frozen=True):
    """An enum has lost values: by a swap of types, told at the end of the migration."""

    enum: QualifiedName
    origin: Origin
    values: tuple[str, ...]


class EnumValueRenamed(Struct, frozen=True):
    """ALTER TYPE ... RENAME VALUE."""

    enum: QualifiedName
    origin: Origin
    value: str
    name: str


Effect = (
    TableDropped
    | TableRenamed
    | TableTruncated
    | ColumnAdded
    | ColumnDropped
    | ColumnRenamed
    | ColumnRetyped
    | NotNullSet
    | ConstraintAdded
    | ConstraintDropped
    | ConstraintValidated
    | IndexCreated
    | IndexDropped
    | TriggerCreated
    | TableLocked
    | TableRewritten
    | RowsWritten
    | EnumValueRemoved
    | EnumValueRenamed
    | PartitionAttached
    | SchemaRenamed
    | TriggersSwitched
    | ReplicaIdentitySet
    | AutovacuumSwitchedOff
    | ViewRefreshed
    | TimeoutSet
    | TransactionMarked
    | DatabaseDropped
    | OwnedDropped
)
