"""The SQL of a new migration, statement by statement, for PostgreSQL.

Every name goes through `quoted`, every text through `quote_literal`. Types and defaults are the
declared side's own: `format_type`'s spelling, and the expression as the schema gives it.
"""

from __future__ import annotations

from collections.abc import Iterable

from workers.engine.fixes.quoting import quoted, quoted_name
from workers.engine.schema.model import (
    Column,
    EnumType,
    Extension,
    ForeignKey,
    Index,
    IndexKey,
    KeyConstraint,
    QualifiedName,
    Table,
)
from workers.engine.schema.names import quote, quote_literal
from workers.engine.schema.types import format_type

_SERIALS = {"smallint": "SMALLSERIAL", "integer": "SERIAL", "bigint": "BIGSERIAL"}


def column_definition(column: Column, *, nullable: bool = False) -> str:
    """A column as CREATE TABLE and ADD COLUMN take it; `nullable` leaves NOT NULL out."""
    is_serial = column.default_kind == "sequence" and column.type.name in _SERIALS
    parts = [
        quoted(column.name),
        _SERIALS[column.type.name] if is_serial else format_type(column.type),
    ]
    if column.generated is not None:
        parts.append(f"GENERATED ALWAYS AS ({column.generated}) STORED")
    elif column.identity is not None:
        parts.append(f"GENERATED {column.identity} AS IDENTITY")
    if column.not_null and not nullable:
        parts.append("NOT NULL")
    if column.default is not None and not is_serial:
        parts.append(f"DEFAULT {column.default}")
    return " ".join(parts)


def _columns(names: Iterable[str]) -> str:
    return ", ".join(quoted(name) for name in names)


def _alter(table: QualifiedName, action: str) -> str:
    return f"ALTER TABLE {quoted_name(table)} {action};"


def create_table(table: Table) -> str:
    """CREATE TABLE with the columns and the primary key."""
    lines = [column_definition(column) for column in table.columns]
    if table.primary_key is not None:
        key = table.primary_key
        lines.append(f"CONSTRAINT {quoted(key.name)} PRIMARY KEY ({_columns(key.columns)})")
    body = ",\n".join(f"    {line}" for line in lines)
    return f"CREATE TABLE {quoted_name(table.name)} (\n{body}\n);"


def drop_table(name: QualifiedName) -> str:
    """DROP TABLE."""
    return f"DROP TABLE {quoted_name(name)};"


def rename_table(old: QualifiedName, new: QualifiedName) -> list[str]:
    """The table under its new name, moved to another schema first where that differs."""
    statements = []
    if old.schema != new.schema:
        statements.append(_alter(old, f"SET SCHEMA {quoted(new.schema)}"))
    if old.name != new.name:
        moved = QualifiedName(new.schema, old.name)
        statements.append(_alter(moved, f"RENAME TO {quoted(new.name)}"))
    return statements


def add_column(table: QualifiedName, column: Column, *, nullable: bool = False) -> str:
    """ALTER TABLE ... ADD COLUMN."""
    return _alter(table, f"ADD COLUMN {column_definition(column, nullable=nullable)}")


def drop_column(table: QualifiedName, column: str) -> str:
    """ALTER TABLE ... DROP COLUMN."""
    return _alter(table, f"DROP COLUMN {quoted(column)}")


def rename_column(table: QualifiedName, old: str, new: str) -> str:
    """ALTER TABLE ... RENAME COLUMN."""
    return _alter(table, f"RENAME COLUMN {quoted(old)} TO {quoted(new)}")


def set_type(table: QualifiedName, column: Column) -> str:
    """ALTER COLUMN ... SET DATA TYPE, with a cast of what is there."""
    kind, name = format_type(column.type), quoted(column.name)
    return _alter(table, f"ALTER COLUMN {name} SET DATA TYPE {kind} USING {name}::{kind}")


def set_not_null(table: QualifiedName, column: str) -> str:
    """ALTER COLUMN ... SET NOT NULL."""
    return _alter(table, f"ALTER COLUMN {quoted(column)} SET NOT NULL")


def drop_not_null(table: QualifiedName, column: str) -> str:
    """ALTER COLUMN ... DROP NOT NULL."""
    return _alter(table, f"ALTER COLUMN {quoted(column)} DROP NOT NULL")


def set_default(table: QualifiedName, column: str, expression: str) -> str:
    """ALTER COLUMN ... SET DEFAULT."""
    return _alter(table, f"ALTER COLUMN {quoted(column)} SET DEFAULT {expression}")


def drop_default(table: QualifiedName, column: str) -> str:
    """ALTER COLUMN ... DROP DEFAULT."""
    return _alter(table, f"ALTER COLUMN {quoted(column)} DROP DEFAULT")


def add_sequence(table: QualifiedName, column: Column) -> list[str]:
    """What SERIAL would have made: a sequence that the column owns and takes its values from."""
    sequence = QualifiedName(table.schema, f"{table.name}_{column.name}_seq")
    name = quoted_name(sequence)
    start = (
        f"SELECT setval({quote_literal(name)}, COALESCE((SELECT MAX({quoted(column.name)}) FROM "
        f"{quoted_name(table)}), 0) + 1, false);"
    )
    return [
        f"CREATE SEQUENCE {name};",
        start,
        set_default(table, column.name, f"nextval({quote_literal(name)})"),
        f"ALTER SEQUENCE {name} OWNED BY {quoted_name(table)}.{quoted(column.name)};",
    ]


def add_primary_key(table: QualifiedName, key: KeyConstraint) -> str:
    """ADD CONSTRAINT ... PRIMARY KEY."""
    return _alter(table, f"ADD CONSTRAINT {quoted(key.name)} PRIMARY KEY ({_columns(key.columns)})")


def drop_constraint(table: QualifiedName, name: str) -> str:
    """DROP CONSTRAINT."""
    return _alter(table, f"DROP CONSTRAINT {quoted(name)}")


def rename_constraint(table: QualifiedName, old: str, new: str) -> str:
    """RENAME CONSTRAINT."""
    return _alter(table, f"RENAME CONSTRAINT {quoted(old)} TO {quoted(new)}")


def add_foreign_key(table: QualifiedName, key: ForeignKey) -> str:
    """ADD CONSTRAINT ... FOREIGN KEY with both actions."""
    return _alter(
        table,
        f"ADD CONSTRAINT {quoted(key.name)} FOREIGN KEY ({_columns(key.columns)}) "
        f"REFERENCES {quoted_name(key.ref_table)} ({_columns(key.ref_columns)}) "
        f"ON DELETE {key.on_delete} ON UPDATE {key.on_update}",
    )


def create_index(table: QualifiedName, index: Index) -> str:
    """CREATE INDEX."""
    unique = "UNIQUE " if index.is_unique else ""
    using = "" if index.method == "btree" else f" USING {index.method}"
    where = f" WHERE {index.where}" if index.where else ""
    keys = ", ".join(_key(key) for key in index.keys)
    return (
        f"CREATE {unique}INDEX {quoted(index.name)} ON {quoted_name(table)}{using} ({keys}){where};"
    )


def _key(key: IndexKey) -> str:
    text = quoted(key.column) if key.column is not None else f"({key.expression})"
    if key.operator_class:
        text += " " + ".".join(quote(part) for part in key.operator_class.split("."))
    return f"{text} DESC" if key.descending else text


def drop_index(schema: str, index: Index, table: QualifiedName) -> str:
    """DROP INDEX, or DROP CONSTRAINT for the index of a constraint."""
    if index.is_constraint:
        return drop_constraint(table, index.name)
    return f"DROP INDEX {quoted_name(QualifiedName(schema, index.name))};"


def rename_index(schema: str, old: str, new: str) -> str:
    """ALTER INDEX ... RENAME TO; a constraint of that name is renamed with it."""
    return f"ALTER INDEX {quoted_name(QualifiedName(schema, old))} RENAME TO {quoted(new)};"


def create_enum(enum: EnumType) -> str:
    """CREATE TYPE ... AS ENUM."""
    values = ", ".join(quote_literal(value.name) for value in enum.values)
    return f"CREATE TYPE {quoted_name(enum.name)} AS ENUM ({values});"


def drop_type(name: QualifiedName) -> str:
    """DROP TYPE."""
    return f"DROP TYPE {quoted_name(name)};"


def rename_type(old: QualifiedName, new: str) -> str:
    """ALTER TYPE ... RENAME TO."""
    return f"ALTER TYPE {quoted_name(old)} RENAME TO {quoted(new)};"


def add_enum_value(name: QualifiedName, value: str) -> str:
    """ALTER TYPE ... ADD VALUE."""
    return f"ALTER TYPE {quoted_name(name)} ADD VALUE {quote_literal(value)};"


def create_extension(extension: Extension) -> str:
    """CREATE EXTENSION."""
    schema = f" WITH SCHEMA {quoted(extension.schema)}" if extension.schema else ""
    return f"CREATE EXTENSION IF NOT EXISTS {quoted(extension.name)}{schema};"


def create_schema(name: str) -> str:
    """CREATE SCHEMA."""
    return f"CREATE SCHEMA IF NOT EXISTS {quoted(name)};"
