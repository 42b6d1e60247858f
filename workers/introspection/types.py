"""Schemas, extensions, enums, domains and composite types."""

from __future__ import annotations

from workers.engine.schema.model import (
    CheckConstraint,
    Column,
    CompositeType,
    Domain,
    EnumType,
    EnumValue,
    Extension,
    QualifiedName,
    Schema,
)
from workers.introspection.reading import USER_SCHEMA, Reading, not_of_extension


def read(reading: Reading, schema: Schema) -> None:
    """Fill in everything that stands outside tables and programs."""
    reading.load_types()
    schemas = reading.rows(f"SELECT nspname FROM pg_namespace n WHERE {USER_SCHEMA} ORDER BY 1")
    schema.schemas.update({name: () for (name,) in schemas})
    for name, home in reading.rows(_EXTENSIONS):
        schema.extensions[name] = Extension(name, home)
    for home, name, values in reading.rows(_ENUMS):
        key = QualifiedName(home, name)
        schema.enums[key] = EnumType(key, tuple(EnumValue(value) for value in values))
    _read_domains(reading, schema)
    for home, name, attributes in reading.rows(_COMPOSITES):
        key = QualifiedName(home, name)
        columns = tuple(
            Column(attribute, reading.type(int(oid), int(modifier)))
            for attribute, oid, modifier in attributes
        )
        schema.composites[key] = CompositeType(key, columns)


def _read_domains(reading: Reading, schema: Schema) -> None:
    checks: dict[int, list[CheckConstraint]] = {}
    for owner, name, definition, validated in reading.rows(_DOMAIN_CHECKS):
        check = CheckConstraint(name, definition, not_valid=not validated)
        checks.setdefault(owner, []).append(check)
    for oid, home, name, base, modifier, not_null, default in reading.rows(_DOMAINS):
        key = QualifiedName(home, name)
        schema.domains[key] = Domain(
            key, reading.type(base, modifier), not_null, default, tuple(checks.get(oid, ()))
        )


_OWN_TYPE = f"{USER_SCHEMA} AND {not_of_extension('pg_type', 't.oid')}"

_EXTENSIONS = """
    SELECT e.extname, n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
    WHERE e.extname <> 'plpgsql' ORDER BY 1
"""

_ENUMS = f"""
    SELECT n.nspname, t.typname,
        ARRAY(SELECT v.enumlabel::text FROM pg_enum v WHERE v.enumtypid = t.oid
            ORDER BY v.enumsortorder)
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
    WHERE t.typtype = 'e' AND {_OWN_TYPE} ORDER BY 1, 2
"""

_DOMAINS = f"""
    SELECT t.oid, n.nspname, t.typname, t.typbasetype, t.typtypmod, t.typnotnull,
        COALESCE(pg_get_expr(t.typdefaultbin, 0), t.typdefault)
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
    WHERE t.typtype = 'd' AND {_OWN_TYPE} ORDER BY 2, 3
"""

_DOMAIN_CHECKS = """
    SELECT contypid, conname, pg_get_constraintdef(oid), convalidated
    FROM pg_constraint WHERE contypid <> 0 AND contype = 'c' ORDER BY conname
"""

_COMPOSITES = f"""
    SELECT n.nspname, t.typname, (
        SELECT array_agg(ARRAY[a.attname::text, a.atttypid::text, a.atttypmod::text]
            ORDER BY a.attnum)
        FROM pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped)
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
    JOIN pg_class c ON c.oid = t.typrelid AND c.relkind = 'c'
    WHERE {_OWN_TYPE} ORDER BY 1, 2
"""
