"""Families of types between whose members PostgreSQL has comparison operators.

Between two of them there is none without a cast: `uuid = text` is refused.
"""

from __future__ import annotations

from workers.engine.schema.model import QualifiedName, Schema, SqlType

_FAMILIES = {
    "text": "text", "character varying": "text", "character": "text", "varchar": "text",
    "bpchar": "text", "citext": "text", "name": "text",
    "smallint": "number", "integer": "number", "bigint": "number", "numeric": "number",
    "real": "number", "double precision": "number", "int2": "number", "int4": "number",
    "int8": "number", "float4": "number", "float8": "number",
    "uuid": "uuid", "boolean": "boolean", "bool": "boolean",
    "date": "time", "timestamp without time zone": "time", "timestamp with time zone": "time",
    "timestamp": "time", "timestamptz": "time",
    "jsonb": "jsonb", "bytea": "bytea",
}  # fmt: skip


def family_of(type_: SqlType, schema: Schema) -> str | None:
    """The family of a column's type; an enum is one of its own. None where it is not told."""
    if type_.is_array:
        return None
    if type_.schema is not None and type_.schema != "pg_catalog":
        name = QualifiedName(type_.schema, type_.name)
        return f"enum:{name}" if name in schema.enums else None
    return _FAMILIES.get(type_.name)


def family_named(name: str) -> str | None:
    """The family of a built-in type by its name in SQL."""
    return _FAMILIES.get(name)


def clashes(one: str, other: str) -> bool:
    """Whether no operator compares the two."""
    return one != other
