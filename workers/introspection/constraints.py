"""Primary keys, unique, check, exclusion and foreign key constraints."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from msgspec.structs import replace

from workers.engine.schema.model import (
    Action,
    CheckConstraint,
    ForeignKey,
    KeyConstraint,
    QualifiedName,
    Schema,
    Table,
)
from workers.introspection.reading import Reading, user_relation

Row = tuple[Any, ...]
Deferrable = Literal["INITIALLY IMMEDIATE", "INITIALLY DEFERRED"] | None

_ACTIONS: dict[str, Action] = {
    "a": "NO ACTION",
    "r": "RESTRICT",
    "c": "CASCADE",
    "n": "SET NULL",
    "d": "SET DEFAULT",
}


def read(reading: Reading, schema: Schema) -> None:
    """Give every table its constraints."""
    # NULLS NOT DISTINCT came with PostgreSQL 15.
    distinct = "i.indnullsnotdistinct" if reading.version >= 15 else "false"
    for row in reading.rows(_CONSTRAINTS.format(nulls_not_distinct=distinct)):
        table = schema.tables.get(QualifiedName(row[0], row[1]))
        if table is not None:
            schema.tables[table.name] = _ADDERS[row[3]](table, row)


def _deferrable(row: Row) -> Deferrable:
    if not row[5]:
        return None
    return "INITIALLY DEFERRED" if row[6] else "INITIALLY IMMEDIATE"


def _key(row: Row) -> KeyConstraint:
    return KeyConstraint(
        row[2], tuple(row[4]), _deferrable(row), row[14], row[15], is_inherited=row[8]
    )


def _check(row: Row) -> CheckConstraint:
    return CheckConstraint(
        row[2],
        row[9],
        tuple(row[4] or ()),
        not_valid=not row[7],
        no_inherit=row[16],
        comment=row[15],
        is_inherited=row[8],
    )


def _add_primary_key(table: Table, row: Row) -> Table:
    return replace(table, primary_key=_key(row))


def _add_unique(table: Table, row: Row) -> Table:
    return replace(table, uniques=(*table.uniques, _key(row)))


def _add_check(table: Table, row: Row) -> Table:
    return replace(table, checks=(*table.checks, _check(row)))


def _add_exclusion(table: Table, row: Row) -> Table:
    return replace(table, excludes=(*table.excludes, _check(row)))


def _add_foreign_key(table: Table, row: Row) -> Table:
    key = ForeignKey(
        row[2],
        tuple(row[4]),
        QualifiedName(row[10], row[11]),
        tuple(row[12]),
        on_delete=_ACTIONS[row[13][0]],
        on_update=_ACTIONS[row[13][1]],
        deferrable=_deferrable(row),
        not_valid=not row[7],
        comment=row[15],
        is_inherited=row[8],
    )
    return replace(table, foreign_keys=(*table.foreign_keys, key))


_ADDERS: dict[str, Callable[[Table, Row], Table]] = {
    "p": _add_primary_key,
    "u": _add_unique,
    "c": _add_check,
    "x": _add_exclusion,
    "f": _add_foreign_key,
}


def _names(relation: str, numbers: str) -> str:
    return f"""(SELECT array_agg(a.attname::text ORDER BY k.at)
        FROM unnest({numbers}) WITH ORDINALITY k(number, at)
        JOIN pg_attribute a ON a.attrelid = {relation} AND a.attnum = k.number)"""


# An inherited check on a partition is not local; keys and foreign keys name their parent's. A
# foreign key to a partitioned table has a second row for each partition of that table.
_CONSTRAINTS = f"""
    SELECT n.nspname, c.relname, o.conname, o.contype::text, {_names("o.conrelid", "o.conkey")},
        o.condeferrable, o.condeferred, o.convalidated,
        o.conparentid <> 0 OR (c.relispartition AND NOT o.conislocal),
        pg_get_constraintdef(o.oid), fn.nspname, f.relname, {_names("o.confrelid", "o.confkey")},
        o.confdeltype::text || o.confupdtype::text, COALESCE({{nulls_not_distinct}}, false),
        obj_description(o.oid, 'pg_constraint'), o.connoinherit
    FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_class f ON f.oid = o.confrelid LEFT JOIN pg_namespace fn ON fn.oid = f.relnamespace
    LEFT JOIN pg_index i ON i.indexrelid = o.conindid AND o.contype IN ('p', 'u')
    WHERE o.contype IN ('p', 'u', 'c', 'x', 'f') AND {user_relation("rpf")}
        AND NOT (o.conparentid <> 0 AND NOT c.relispartition)
    ORDER BY n.nspname, c.relname, o.conname
"""
