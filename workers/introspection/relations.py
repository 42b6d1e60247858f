"""Tables with their columns, views and sequences."""

from __future__ import annotations

from typing import Any, Literal

from msgspec.structs import replace

from workers.engine.schema.model import Column, QualifiedName, Schema, Sequence, Table, View
from workers.introspection.reading import Reading, user_relation

_TABLE_KINDS: dict[str, Literal["table", "partitioned", "foreign"]] = {
    "r": "table",
    "p": "partitioned",
    "f": "foreign",
}
_IDENTITIES: dict[str, Literal["ALWAYS", "BY DEFAULT"]] = {"a": "ALWAYS", "d": "BY DEFAULT"}


def read(reading: Reading, schema: Schema) -> None:
    """Fill in tables without constraints and indexes, views and sequences."""
    columns = _columns(reading)
    for oid, home, name, kind, *rest in reading.rows(_TABLES):
        rls, force, comment, persistence, options, partition_key, bound, is_partition = rest
        key = QualifiedName(home, name)
        schema.tables[key] = Table(
            key,
            columns=tuple(columns.get(oid, ())),
            kind=_TABLE_KINDS[kind],
            rls=rls,
            force_rls=force,
            comment=comment,
            partition_key=partition_key,
            partition_bound=bound if is_partition else None,
            is_unlogged=persistence == "u",
            options=tuple(options or ()),
        )
    for home, name, parent_home, parent in reading.rows(_PARENTS):
        table = schema.tables.get(QualifiedName(home, name))
        if table is not None:
            parents = (*table.parents, QualifiedName(parent_home, parent))
            schema.tables[table.name] = replace(table, parents=parents)
    for oid, home, name, kind, definition, options, comment in reading.rows(_VIEWS):
        key = QualifiedName(home, name)
        schema.views[key] = View(
            key,
            "matview" if kind == "m" else "view",
            tuple(columns.get(oid, ())),
            definition,
            tuple(options or ()),
            comment=comment,
        )
    for home, name, type_, owner_home, owner, column in reading.rows(_SEQUENCES):
        key = QualifiedName(home, name)
        owned_by = (QualifiedName(owner_home, owner), column) if owner else None
        schema.sequences[key] = Sequence(key, type_, owned_by)


def _columns(reading: Reading) -> dict[int, list[Column]]:
    found: dict[int, list[Column]] = {}
    for row in reading.rows(_COLUMNS):
        found.setdefault(row[0], []).append(_column(reading, row))
    return found


def _column(reading: Reading, row: tuple[Any, ...]) -> Column:
    _, name, type_, modifier, not_null, default, identity, generated, collation, comment = row
    return Column(
        name,
        reading.type(type_, modifier),
        not_null=not_null,
        default=None if generated else default,
        identity=_IDENTITIES.get(identity),
        generated=default if generated else None,
        collation=collation,
        comment=comment,
    )


_TABLES = f"""
    SELECT c.oid, n.nspname, c.relname, c.relkind, c.relrowsecurity, c.relforcerowsecurity,
        obj_description(c.oid, 'pg_class'), c.relpersistence, c.reloptions,
        pg_get_partkeydef(c.oid), pg_get_expr(c.relpartbound, c.oid), c.relispartition
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE {user_relation("rpf")} ORDER BY 2, 3
"""

_PARENTS = f"""
    SELECT n.nspname, c.relname, pn.nspname, p.relname
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_class p ON p.oid = i.inhparent JOIN pg_namespace pn ON pn.oid = p.relnamespace
    WHERE {user_relation("rpf")} ORDER BY i.inhrelid, i.inhseqno
"""

_VIEWS = f"""
    SELECT c.oid, n.nspname, c.relname, c.relkind, pg_get_viewdef(c.oid), c.reloptions,
        obj_description(c.oid, 'pg_class')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE {user_relation("vm")} ORDER BY 2, 3
"""

# A collation is told where it differs from the type's own.
_COLUMNS = f"""
    SELECT a.attrelid, a.attname, a.atttypid, a.atttypmod, a.attnotnull,
        pg_get_expr(d.adbin, d.adrelid), a.attidentity::text, a.attgenerated::text,
        (SELECT CASE cn.nspname WHEN 'pg_catalog' THEN l.collname
                ELSE cn.nspname || '.' || l.collname END
            FROM pg_collation l JOIN pg_namespace cn ON cn.oid = l.collnamespace
            JOIN pg_type t ON t.oid = a.atttypid
            WHERE l.oid = a.attcollation AND a.attcollation <> t.typcollation),
        col_description(a.attrelid, a.attnum)
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attnum > 0 AND NOT a.attisdropped AND {user_relation("rpfvm")}
    ORDER BY a.attrelid, a.attnum
"""

_SEQUENCES = f"""
    SELECT n.nspname, c.relname, format_type(s.seqtypid, NULL), tn.nspname, t.relname, a.attname
    FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_depend o ON o.classid = 'pg_class'::regclass AND o.objid = c.oid
        AND o.refclassid = 'pg_class'::regclass AND o.refobjsubid > 0 AND o.deptype IN ('a', 'i')
    LEFT JOIN pg_class t ON t.oid = o.refobjid
    LEFT JOIN pg_namespace tn ON tn.oid = t.relnamespace
    LEFT JOIN pg_attribute a ON a.attrelid = o.refobjid AND a.attnum = o.refobjsubid
    WHERE {user_relation("S")} ORDER BY 1, 2
"""
