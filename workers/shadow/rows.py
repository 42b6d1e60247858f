"""Rows that a table takes: made from its schema, so that a rehearsal has something to lose.

Values are texts in PostgreSQL's input syntax. They are made so that as many changes of type as
possible keep them: a text is a number's, a number is small.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from workers.engine.schema.model import (
    Column,
    ForeignKey,
    Index,
    QualifiedName,
    Schema,
    SqlType,
    Table,
)

Row = dict[str, str | None]
_START = datetime(2024, 1, 1)


class Filled(Struct, frozen=True):
    """The rows of one table; `problem` says why there are none, where a column's type is beyond
    what is known here."""

    table: QualifiedName
    rows: tuple[Row, ...]
    problem: str = ""


def fill(schema: Schema, count: int = 3) -> tuple[Filled, ...]:
    """Rows for every plain table, those that are referred to first."""
    made: dict[QualifiedName, tuple[Row, ...]] = {}
    found = []
    for table in in_order(schema.tables.values()):
        if table.kind != "table" or table.partition_bound is not None:
            continue
        filled = _filled(table, schema, made, count)
        made[table.name] = filled.rows
        found.append(filled)
    return tuple(found)


def in_order(tables: Iterable[Table]) -> list[Table]:
    """Tables behind those that they refer to; a circle is cut where it is met."""
    waiting = {table.name: table for table in tables}
    ordered: list[Table] = []
    while waiting:
        free = [table for table in waiting.values() if not _waits(table, waiting)]
        for table in free or list(waiting.values())[:1]:
            ordered.append(table)
            del waiting[table.name]
    return ordered


def _waits(table: Table, others: Mapping[QualifiedName, Table]) -> bool:
    return any(
        key.ref_table in others and key.ref_table != table.name for key in table.foreign_keys
    )


def _filled(
    table: Table, schema: Schema, made: Mapping[QualifiedName, tuple[Row, ...]], count: int
) -> Filled:
    rows: list[Row] = []
    for number in range(count):
        row: Row = {}
        for column in table.columns:
            if column.generated is not None or column.identity == "ALWAYS":
                continue
            value = value_of(column, schema, number)
            if value is None and column.not_null and column.default is None:
                told = f"no value is known for {column.name} ({column.type.name})"
                return Filled(table.name, (), told)
            if value is not None or not column.not_null:
                row[column.name] = value
        if not all(_tie(table, key, row, rows, made, number) for key in table.foreign_keys):
            continue
        rows.append(row)
    return Filled(table.name, tuple(_distinct(table, rows)))


def _tie(
    table: Table,
    key: ForeignKey,
    row: Row,
    rows: Sequence[Row],
    made: Mapping[QualifiedName, tuple[Row, ...]],
    number: int,
) -> bool:
    """Let the row refer to one that is there; whether it can stand."""
    if key.ref_table == table.name:
        parents: Sequence[Row] = rows
    else:
        parents = made.get(key.ref_table, ())
    required = any((one := table.column(name)) and one.not_null for name in key.columns)
    if not parents:
        for name in key.columns:
            row[name] = None
        return not required
    parent = parents[number % len(parents)]
    for name, other in zip(key.columns, key.ref_columns, strict=False):
        row[name] = parent.get(other)
    return True


def _distinct(table: Table, rows: Sequence[Row]) -> Iterable[Row]:
    """The rows that break no unique key of the table."""
    keys = [_key_columns(index) for index in table.indexes if index.is_unique]
    keys += [tuple(one.columns) for one in table.uniques]
    keys += [table.primary_key.columns] if table.primary_key is not None else []
    seen: set[tuple[tuple[str, ...], tuple[str | None, ...]]] = set()
    for row in rows:
        marks = [(key, tuple(row.get(name) for name in key)) for key in keys if key]
        full = [mark for mark in marks if None not in mark[1]]
        if not seen.intersection(full):
            seen.update(full)
            yield row


def _key_columns(index: Index) -> tuple[str, ...]:
    return index.columns or ()


def value_of(column: Column, schema: Schema, number: int) -> str | None:
    """A value of the column's type; None where none is known."""
    value = _of_type(column.type, schema, number)
    if value is not None and column.type.is_array:
        return "{" + value.replace("\\", "\\\\") + "}" if _is_plain(value) else "{}"
    return value


def _is_plain(value: str) -> bool:
    return value.replace("-", "").replace(".", "").replace("_", "").isalnum()


def _of_type(kind: SqlType, schema: Schema, number: int) -> str | None:
    if kind.schema is not None:
        return _of_own(kind, schema, number)
    return _of_builtin(kind.name, kind.arguments, number)


def _of_own(kind: SqlType, schema: Schema, number: int) -> str | None:
    name = QualifiedName(kind.schema or "", kind.name)
    enum = schema.enums.get(name)
    if enum is not None:
        return enum.values[number % len(enum.values)].name if enum.values else None
    domain = schema.domains.get(name)
    if domain is not None:
        return _of_type(domain.type, schema, number)
    return str(number + 1) if kind.name == "citext" else None


def _of_builtin(name: str, arguments: tuple[str, ...], number: int) -> str | None:
    moment = _START + timedelta(days=number)
    if name in ("smallint", "integer", "bigint", "numeric", "real", "double precision", "oid"):
        return _number(arguments, number)
    if name in ("text", "character varying", "character", "name", "money", "json", "jsonb"):
        return str(number + 1)
    if name == "boolean":
        return "true" if number % 2 else "false"
    if name.startswith("timestamp"):
        return moment.isoformat(" ")
    if name == "date":
        return moment.date().isoformat()
    if name.startswith("time "):
        return f"{number % 24:02}:00:00"
    if name == "uuid":
        return _uuid(number)
    return _OTHERS.get(name, (None,))[0]


def _number(arguments: tuple[str, ...], number: int) -> str:
    """A small number; one below 1 where all digits stand behind the point."""
    if len(arguments) == 2 and int(arguments[0]) <= int(arguments[1]):
        return f"0.{number % 9 + 1}"
    return str(number + 1)


def _uuid(number: int) -> str:
    digits = hashlib.md5(str(number).encode(), usedforsecurity=False).hexdigest()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


_OTHERS: Mapping[str, tuple[str, ...]] = {
    "bytea": ("1",),
    "interval": ("1 day",),
    "inet": ("10.0.0.1",),
    "cidr": ("10.0.0.0/8",),
    "macaddr": ("08:00:2b:01:02:03",),
    "macaddr8": ("08:00:2b:01:02:03:04:05",),
    "xml": ("<a/>",),
    "tsvector": ("a",),
    "tsquery": ("a",),
    "point": ("(0,0)",),
    "bit": ("1",),
    "bit varying": ("1",),
}
