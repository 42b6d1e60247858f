"""What every reader of the catalogue needs: the connection, and which objects are the user's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workers.engine.schema.model import SqlType

if TYPE_CHECKING:
    import psycopg

USER_SCHEMA = """
    n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND NOT EXISTS (
        SELECT FROM pg_depend d WHERE d.classid = 'pg_namespace'::regclass
        AND d.objid = n.oid AND d.deptype = 'e')
"""
"""The condition on a `pg_namespace n` that its objects are listed."""


def not_of_extension(catalog: str, oid: str) -> str:
    """The condition that no extension owns the object of that oid in that catalog."""
    return f"""NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = '{catalog}'::regclass
        AND d.objid = {oid} AND d.deptype = 'e')"""


def user_relation(kinds: str) -> str:
    """The condition on `pg_class c` in `pg_namespace n`: a listed relation of one of the kinds."""
    return f"""{USER_SCHEMA} AND c.relkind IN ({", ".join(repr(kind) for kind in kinds)})
        AND c.relpersistence <> 't' AND c.relname <> '_prisma_migrations'
        AND {not_of_extension("pg_class", "c.oid")}"""


class Reading:
    """One pass over a catalogue."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self.version = connection.info.server_version // 10000
        self._types: dict[tuple[int, int], SqlType] = {}

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """All rows of a query without parameters."""
        return self._connection.execute(query.encode()).fetchall()

    def type(self, oid: int, modifier: int) -> SqlType:
        """A type by its oid and type modifier (-1 for none)."""
        key = oid, modifier
        if key not in self._types:
            self._types[key] = self._read_type(oid, modifier)
        return self._types[key]

    def load_types(self) -> None:
        """Read at once every type that a listed column uses."""
        found = self.rows(_TYPES.format(source=_USED_TYPES))
        self._types.update({(row[0], row[1]): _sql_type(*row[2:]) for row in found})

    def _read_type(self, oid: int, modifier: int) -> SqlType:
        source = f"(SELECT {oid}::oid AS oid, {modifier} AS modifier)"
        (row,) = self.rows(_TYPES.format(source=source))
        return _sql_type(*row[2:])


_USED_TYPES = """(SELECT DISTINCT atttypid AS oid, atttypmod AS modifier
    FROM pg_attribute WHERE attnum > 0 AND NOT attisdropped)"""

# An array type is told by its element; a modifier belongs to the element.
_TYPES = """
    SELECT u.oid, u.modifier, e.nspname, e.typname, format_type(e.oid, NULL),
        format_type(e.oid, u.modifier), e.oid <> u.oid
    FROM {source} u CROSS JOIN LATERAL (
        SELECT x.oid, n.nspname, x.typname FROM pg_type t
        JOIN pg_type x ON x.oid = CASE WHEN t.typelem <> 0 AND t.typlen = -1
            AND t.typoutput = 'array_out'::regproc THEN t.typelem ELSE t.oid END
        JOIN pg_namespace n ON n.oid = x.typnamespace
        WHERE t.oid = u.oid) e
"""


def _sql_type(schema: str, name: str, plain: str, full: str, is_array: bool) -> SqlType:
    if schema != "pg_catalog":
        modifiers = full[len(plain) :]
        return SqlType(name, _arguments(modifiers), is_array, schema)
    before, bracket, rest = full.partition("(")
    modifiers, _, after = rest.partition(")")
    spelled = before + after if bracket else full
    if spelled == "bpchar":
        # Without a modifier format_type gives the type's other name; it is one type.
        spelled = "character"
    return SqlType(spelled, _arguments(modifiers), is_array)


def _arguments(modifiers: str) -> tuple[str, ...]:
    inner = modifiers.strip("()")
    return tuple(inner.split(",")) if inner else ()
