"""ALTER TABLE, and the indexes that come and go, on SQL Server."""

from __future__ import annotations

from typing import TypeVar

from msgspec.structs import replace

from workers.engine.schema.model import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    QualifiedName,
    Table,
)
from workers.engine.source import Origin
from workers.engine.sql.reader import Reader, RefusedStatement, UnreadStatement, split_at_commas
from workers.engine.sql.sqlserver.columns import Parts, qualified, read_index, read_parts, read_type
from workers.engine.sql.sqlserver.tables import Tables, column_of

_Named = TypeVar("_Named", Index, ForeignKey, CheckConstraint)


def create_index(tables: Tables, reader: Reader, origin: Origin) -> None:
    """CREATE INDEX, after that word."""
    is_unique = reader.take("UNIQUE")
    _ = reader.take_any("CLUSTERED", "NONCLUSTERED")
    is_columnstore = reader.take("COLUMNSTORE") or reader.take("SPATIAL")
    reader.expect("INDEX")
    name = reader.name()
    reader.expect("ON")
    table = tables.need(qualified(reader))
    if is_columnstore:
        return
    if any(index.name.lower() == name.lower() for index in table.indexes):
        raise RefusedStatement(
            "1913",
            f"The operation failed because an index or statistics with name '{name}' already "
            f"exists on table '{table.name}'.",
        )
    index = replace(read_index(reader, name, origin), is_unique=is_unique)
    tables.keep(table, Parts(table.name, origin.path, indexes=[index]), (origin,))


def alter(tables: Tables, reader: Reader, origin: Origin) -> None:
    """ALTER, after that word; only a table's counts."""
    if not reader.take("TABLE"):
        return
    table = tables.need(qualified(reader))
    try:
        if reader.take("WITH") and not reader.take_any("CHECK", "NOCHECK"):
            raise reader.unread()
        if reader.take("ADD"):
            parts = Parts(table.name, origin.path)
            read_parts(reader.rest(), reader.text, parts)
            tables.keep(table, parts, (origin,))
        elif reader.take("ALTER", "COLUMN"):
            _alter_column(tables, table, reader, origin)
        elif reader.take("DROP"):
            _drop_parts(tables, table, reader, origin)
        elif not reader.take_any("CHECK", "NOCHECK", "ENABLE", "DISABLE", "REBUILD", "SET"):
            raise reader.unread()
    except UnreadStatement as error:
        raise UnreadStatement(str(error), str(table.name)) from None


def _alter_column(tables: Tables, table: Table, reader: Reader, origin: Origin) -> None:
    old = column_of(table, reader.name())
    kind = read_type(reader)
    collation = reader.name() if reader.take("COLLATE") else None
    not_null = reader.take("NOT", "NULL")
    reader.take("NULL")
    if reader.current is not None:
        raise reader.unread()
    history = (*old.history, origin)
    new = replace(old, type=kind, not_null=not_null, collation=collation, history=history)
    _replace_column(tables, table, old, new, origin)


def _replace_column(tables: Tables, table: Table, old: Column, new: Column, origin: Origin) -> None:
    columns = tuple(new if one is old else one for one in table.columns)
    history = (*table.history, origin)
    tables.schema.tables[table.name] = replace(table, columns=columns, history=history)


def _drop_parts(tables: Tables, table: Table, reader: Reader, origin: Origin) -> None:
    kind = "CONSTRAINT"
    for part in split_at_commas(reader.rest()):
        inner = Reader(part, reader.text)
        kind = inner.take_any("CONSTRAINT", "COLUMN") or kind
        guarded = inner.take("IF", "EXISTS")
        drop = _drop_column if kind == "COLUMN" else _drop_constraint
        table = drop(tables, table, inner.name(), guarded)
    history = (*table.history, origin)
    tables.schema.tables[table.name] = replace(table, history=history)


def _drop_column(tables: Tables, table: Table, name: str, guarded: bool) -> Table:
    low = name.lower()
    if not any(column.name.lower() == low for column in table.columns):
        if guarded:
            return table
        raise _nothing(name)
    return replace(table, columns=tuple(one for one in table.columns if one.name.lower() != low))


def _drop_constraint(tables: Tables, table: Table, name: str, guarded: bool) -> Table:
    low = name.lower()
    column = tables.defaults.pop((table.name, low), None)
    if column is not None:
        columns = tuple(
            replace(one, default=None) if one.name == column else one for one in table.columns
        )
        return replace(table, columns=columns)
    key = table.primary_key
    changed = replace(
        table,
        primary_key=None if key is not None and key.name.lower() == low else key,
        indexes=_without(table.indexes, low),
        foreign_keys=_without(table.foreign_keys, low),
        checks=_without(table.checks, low),
    )
    if changed == table and not guarded:
        if any(one.name.startswith(("PK__", "UQ__", "FK__", "CK__")) for one in table.indexes):
            raise UnreadStatement(f"`{name}` may be a name that SQL Server gave.")
        raise _nothing(name)
    return changed


def drop_index(tables: Tables, reader: Reader, origin: Origin, *, guarded: bool) -> None:
    """DROP INDEX, after those words."""
    names = reader.qualified()
    if reader.take("ON"):
        table, name = tables.need(qualified(reader)), names[-1]
    else:
        schema = names[-3] if len(names) > 2 else "dbo"
        table, name = tables.need(QualifiedName(schema, names[-2])), names[-1]
    kept = _without(table.indexes, name.lower())
    if len(kept) == len(table.indexes) and not guarded:
        raise _nothing(name)
    history = (*table.history, origin)
    tables.schema.tables[table.name] = replace(table, indexes=kept, history=history)


def _without(parts: tuple[_Named, ...], low: str) -> tuple[_Named, ...]:
    return tuple(one for one in parts if one.name.lower() != low)


def _nothing(name: str) -> RefusedStatement:
    return RefusedStatement(
        "3728", f"'{name}' is not a constraint, a column or an index of this table."
    )
