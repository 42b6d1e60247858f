"""Built-in types as Prisma's migrations spell them."""

from __future__ import annotations

from workers.engine.schema.model import SqlType
from workers.engine.schema.names import quote

_SPELLED = {
    "character varying": "VARCHAR",
    "character": "CHAR",
    "timestamp without time zone": "TIMESTAMP",
    "timestamp with time zone": "TIMESTAMPTZ",
    "time without time zone": "TIME",
    "time with time zone": "TIMETZ",
    "bit varying": "VARBIT",
    "numeric": "DECIMAL",
    '"char"': '"char"',
}
_IN_TREE = {
    "int2": "SMALLINT",
    "int4": "INTEGER",
    "int8": "BIGINT",
    "float4": "REAL",
    "float8": "DOUBLE PRECISION",
    "bool": "BOOLEAN",
    "numeric": "DECIMAL",
    "varchar": "VARCHAR",
    "bpchar": "CHAR",
    "timestamp": "TIMESTAMP",
    "time": "TIME",
    "bit": "BIT",
    "varbit": "VARBIT",
}
_AS_WRITTEN_WORDS = """
    text json jsonb uuid bytea date inet cidr citext xml money oid timestamptz timetz varbit
    serial bigserial smallserial interval
    """
_AS_WRITTEN = frozenset(_AS_WRITTEN_WORDS.split())


def spelled(kind: SqlType) -> str:
    """A built-in type as PostgreSQL's grammar takes it: `TIMESTAMP(3)`, `TEXT[]`."""
    name = _SPELLED.get(kind.name)
    first, blank, rest = kind.name.partition(" ")
    if name is None:
        is_plain = kind.name.replace(" ", "").replace("_", "").isalnum()
        name = kind.name.upper() if is_plain else quote(kind.name)
    if kind.name == "character" and not kind.arguments:
        name = "bpchar"
    modifiers = f"({','.join(kind.arguments)})" if kind.arguments else ""
    if first == "interval" and blank:
        name, modifiers = f"INTERVAL {rest.upper()}", modifiers
    return f"{name}{modifiers}{'[]' if kind.is_array else ''}"


def shown_in_tree(names: tuple[str, ...]) -> str | None:
    """Prisma's spelling of the name in a TypeName node; None for what is to be printed as it is."""
    if len(names) == 2 and names[0] == "pg_catalog":
        return _IN_TREE.get(names[1])
    if len(names) == 1 and names[0] in _AS_WRITTEN:
        return names[0].upper()
    return None
