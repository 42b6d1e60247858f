"""What a statement does to tables that are already there: a closed vocabulary.

The rules on locks and on lost data look at effects, never at syntax trees. An effect carries the
table as it was before the statement, so that a rule knows its types, keys and indexes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from workers.engine.schema.model import Column, QualifiedName, SqlType, Table
from workers.engine.source import Origin

ConstraintKind = Literal["primary key", "unique", "foreign key", "check", "exclusion", "not null"]
DefaultKind = Literal["none", "constant", "stable", "volatile"]


@dataclass(frozen=True, slots=True)
class TableDropped:
    """DROP TABLE."""

    table: Table
    origin: Origin


@dataclass(frozen=True, slots=True)
class TableRenamed:
    """ALTER TABLE ... RENAME TO, or SET SCHEMA."""

    table: Table
    origin: Origin
    name: QualifiedName


@dataclass(frozen=True, slots=True)
class TableTruncated:
    """TRUNCATE; `cascades` empties the tables that refer to it too."""

    table: Table
    origin: Origin
    cascades: bool


@dataclass(frozen=True, slots=True)
class ColumnAdded:
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


@dataclass(frozen=True, slots=True)
class ColumnDropped:
    """DROP COLUMN; `column` as it was."""

    table: Table
    origin: Origin
    column: Column


@dataclass(frozen=True, slots=True)
class ColumnRenamed:
    """RENAME COLUMN."""

    table: Table
    origin: Origin
    column: Column
    name: str


@dataclass(frozen=True, slots=True)
class ColumnRetyped:
    """ALTER COLUMN TYPE; `has_using` says that an expression of the user's converts the values."""

    table: Table
    origin: Origin
    column: Column
    type: SqlType
    has_using: bool


@dataclass(frozen=True, slots=True)
class NotNullSet:
    """SET NOT NULL; `is_proven` where a validated check already says so (no scan then)."""

    table: Table
    origin: Origin
    column: Column
    is_proven: bool


@dataclass(frozen=True, slots=True)
class ConstraintAdded:
    """ADD CONSTRAINT on a table; `uses_index` for USING INDEX."""

    table: Table
    origin: Origin
    kind: ConstraintKind
    name: str
    columns: tuple[str, ...] = ()
    is_valid: bool = True
    uses_index: bool = False
    referenced: QualifiedName | None = None


@dataclass(frozen=True, slots=True)
class ConstraintDropped:
    """DROP CONSTRAINT."""

    table: Table
    origin: Origin
    name: str
    kind: ConstraintKind | None


@dataclass(frozen=True, slots=True)
class ConstraintValidated:
    """VALIDATE CONSTRAINT; `added_here` where the same transaction added it."""

    table: Table
    origin: Origin
    name: str
    added_here: bool


@dataclass(frozen=True, slots=True)
class IndexCreated:
    """CREATE INDEX on a table that is there."""

    table: Table
    origin: Origin
    name: str
    columns: tuple[str, ...]
    is_unique: bool
    is_concurrent: bool


@dataclass(frozen=True, slots=True)
class IndexDropped:
    """DROP INDEX."""

    table: Table
    origin: Origin
    name: str
    is_concurrent: bool


@dataclass(frozen=True, slots=True)
class TriggerCreated:
    """CREATE TRIGGER on a table that is there."""

    table: Table
    origin: Origin
    name: str


@dataclass(frozen=True, slots=True)
class TableRewritten:
    """A form of ALTER TABLE that rewrites the table: SET LOGGED, SET ACCESS METHOD, CLUSTER ..."""

    table: Table
    origin: Origin
    what: str


@dataclass(frozen=True, slots=True)
class TableLocked:
    """A statement that keeps everyone away while it works: LOCK, REINDEX, REFRESH ..."""

    table: Table
    origin: Origin
    what: str
    remedy: str


@dataclass(frozen=True, slots=True)
class RowsWritten:
    """UPDATE, DELETE or INSERT ... SELECT; `is_partial` where a WHERE clause bounds it."""

    table: Table
    origin: Origin
    verb: Literal["UPDATE", "DELETE", "INSERT"]
    columns: tuple[str, ...]
    is_partial: bool
    reads: frozenset[str] = frozenset()
    """Columns, by their bare names, whose values are written somewhere else."""


@dataclass(frozen=True, slots=True)
class EnumValueRemoved:
    """An enum has lost values: by a swap of types, told at the end of the migration."""

    enum: QualifiedName
    origin: Origin
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EnumValueRenamed:
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
)
