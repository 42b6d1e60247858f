"""Indexes, key by key."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from workers.engine.schema.model import Index, IndexKey, QualifiedName, Schema
from workers.introspection.reading import Reading, user_relation

# Bits of pg_index.indoption.
_DESCENDING = 1
_NULLS_FIRST = 2


def read(reading: Reading, schema: Schema) -> None:
    """Give every table and materialised view its indexes."""
    keys: dict[int, list[tuple[IndexKey, bool]]] = {}
    for oid, is_key, *parts in reading.rows(_KEYS):
        keys.setdefault(oid, []).append((_key(*parts), is_key))
    # NULLS NOT DISTINCT came with PostgreSQL 15.
    distinct = "i.indnullsnotdistinct" if reading.version >= 15 else "false"
    for row in reading.rows(_INDEXES.format(nulls_not_distinct=distinct)):
        owner = QualifiedName(row[0], row[1])
        index = _index(row, keys.get(row[2], []))
        if owner in schema.tables:
            table = schema.tables[owner]
            schema.tables[owner] = replace(table, indexes=(*table.indexes, index))
        elif owner in schema.views:
            view = schema.views[owner]
            schema.views[owner] = replace(view, indexes=(*view.indexes, index))


def _index(row: tuple[Any, ...], keys: list[tuple[IndexKey, bool]]) -> Index:
    name, unique, method, where, distinct, constraint, invalid, comment, inherited = row[3:]
    return Index(
        name,
        tuple(key for key, is_key in keys if is_key),
        is_unique=unique,
        method=method,
        include=tuple(key.column or "" for key, is_key in keys if not is_key),
        where=where,
        nulls_not_distinct=distinct,
        is_constraint=constraint,
        is_invalid=invalid,
        comment=comment,
        is_inherited=inherited,
    )


def _key(
    column: str | None,
    definition: str,
    option: int,
    orderable: bool,
    operator_class: str | None,
    collation: str | None,
) -> IndexKey:
    descending = bool(option & _DESCENDING)
    nulls_first = bool(option & _NULLS_FIRST)
    return IndexKey(
        column=column,
        expression=None if column is not None else _expression(definition),
        operator_class=operator_class,
        descending=descending,
        nulls_first=nulls_first if orderable and nulls_first != descending else None,
        collation=collation,
    )


def _expression(definition: str) -> str:
    """The expression as `pg_get_expr` prints it.

    `pg_get_indexdef` puts parentheses around all but function calls.
    """
    return definition[1:-1] if definition.startswith("(") else definition


_INDEXES = f"""
    SELECT n.nspname, c.relname, i.indexrelid, x.relname, i.indisunique, m.amname,
        pg_get_expr(i.indpred, i.indrelid), {{nulls_not_distinct}},
        EXISTS (SELECT FROM pg_constraint o WHERE o.conindid = i.indexrelid
            AND o.contype IN ('p', 'u', 'x')),
        NOT i.indisvalid, obj_description(i.indexrelid, 'pg_class'), x.relispartition
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
    JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE {user_relation("rpfm")} ORDER BY 1, 2, i.indexrelid
"""

# The operator class is told where it is not its type's default for the method; a collation, where
# it is neither the default one nor the column's own.
_KEYS = f"""
    SELECT i.indexrelid, k.at <= i.indnkeyatts, a.attname,
        pg_get_indexdef(i.indexrelid, k.at::integer, false),
        COALESCE(i.indoption[k.at - 1], 0), pg_indexam_has_property(x.relam, 'can_order'),
        CASE WHEN NOT q.opcdefault THEN CASE WHEN qn.nspname = 'pg_catalog' THEN q.opcname
            ELSE qn.nspname || '.' || q.opcname END END,
        (SELECT l.collname FROM pg_collation l WHERE l.oid = i.indcollation[k.at - 1]
            AND l.collname <> 'default' AND l.oid IS DISTINCT FROM a.attcollation)
    FROM pg_index i CROSS JOIN LATERAL unnest(i.indkey::smallint[]) WITH ORDINALITY k(number, at)
    JOIN pg_class c ON c.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number AND k.number <> 0
    LEFT JOIN pg_opclass q ON q.oid = i.indclass[k.at - 1]
    LEFT JOIN pg_namespace qn ON qn.oid = q.opcnamespace
    WHERE {user_relation("rpfm")} ORDER BY i.indexrelid, k.at
"""
