"""Real databases, read and never written: what a PostgreSQL holds, as the engine's schema model.

`introspect` works on PostgreSQL 12 to 18. Types and expressions are the server's own words with
`search_path = pg_catalog`, so that every name of the user's stands qualified. Left out are the
system's schemas, what an extension owns, and Prisma's `_prisma_migrations`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workers.engine.schema.model import Schema
from workers.introspection import constraints, indexes, programs, relations, types
from workers.introspection.reading import Reading

if TYPE_CHECKING:
    import psycopg


def introspect(connection: psycopg.Connection[Any]) -> Schema:
    """The whole schema of the connected database, read in one read-only transaction.

    The connection must not be in a transaction. Raises psycopg.Error.
    """
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return read(connection)


def read(connection: psycopg.Connection[Any]) -> Schema:
    """The same inside a transaction that the caller has begun; its search path is changed."""
    connection.execute("SET LOCAL search_path = pg_catalog")
    reading = Reading(connection)
    schema = Schema()
    types.read(reading, schema)
    relations.read(reading, schema)
    constraints.read(reading, schema)
    indexes.read(reading, schema)
    programs.read(reading, schema)
    return schema
