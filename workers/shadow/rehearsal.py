"""A repair tried on a real PostgreSQL, with rows: what became of them, and of the schema.

The history is carried out as its runner does it, rows are put in, then the repair's files follow,
each as one message. Where the repair waits for people, the rehearsal gives rows a value itself, in
the open: it says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from workers.engine.fixes.tree import Names, statement
from workers.engine.fixes.written import written
from workers.engine.schema.model import QualifiedName, Schema
from workers.engine.sql.builtin import supabase
from workers.environments import introspect
from workers.shadow.rows import fill, value_of
from workers.shadow.servers import database

if TYPE_CHECKING:
    import psycopg


_HARMLESS = ("vector", "postgis")
"""Of the extensions that projects want those which PostgreSQL does not trust to a plain role."""


class Outcome(Struct, frozen=True):
    """What a rehearsal showed.

    `before` and `after` are the numbers of rows by table, as the tables were called then. `failure`
    is the server's answer where a file failed, `stopped` whether it failed as it may: at what
    rows hold. `schema` is what the server held at the end.
    """

    version: int
    before: dict[str, int]
    after: dict[str, int]
    failure: str = ""
    stopped: bool = False
    schema: Schema | None = None


class Script(Struct, frozen=True):
    """One file of SQL under a name."""

    name: str
    text: str


def rehearse(
    url: str,
    history: Sequence[Script],
    replayed: Schema,
    repair: Sequence[Script],
    *,
    is_supabase: bool = False,
    home: str = "public",
    count: int = 3,
) -> Outcome:
    """Try the repair in a throwaway database, whose unqualified names lie in `home`.

    Raises psycopg.Error where that cannot be made, and where the history itself fails there."""
    import psycopg

    ground = supabase.STATEMENTS if is_supabase else ""
    ground += _extensions((*history, *repair))
    roles = ("anon", "authenticated", "service_role") if is_supabase else ()
    with database(url, ground, roles) as connection:
        _settle(connection, home)
        for script in history:
            run(connection, script.text)
        load(connection, replayed, count)
        before = counts(connection, replayed)
        failure, stopped = "", False
        try:
            for script in repair:
                run(connection, script.text)
        except (psycopg.errors.FeatureNotSupported, psycopg.errors.InsufficientPrivilege):
            raise  # of this server: it says nothing of the repair
        except psycopg.Error as error:
            failure, stopped = _said(error), isinstance(error, _about_rows())
        connection.rollback()
        schema = introspect(connection)
        own = {name.schema for name in replayed.tables} | {"public", *replayed.schemas}
        after = counts(connection, _of(schema, own))
        version = connection.info.server_version // 10000
    return Outcome(version, before, after, failure, stopped, schema)


def _settle(connection: psycopg.Connection[Any], home: str) -> None:
    """The schema that the project's connection names (`?schema=...`), as Prisma makes it."""
    from psycopg import sql

    if home != "public":
        own = sql.Identifier(home)
        connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(own))
        connection.execute(sql.SQL("SET search_path TO {}").format(own))


def _extensions(scripts: Iterable[Script]) -> str:
    """What installs the extensions that the role may not, and that give it nothing but types."""
    texts = [script.text.lower() for script in scripts]
    wanted = (name for name in _HARMLESS if any(name in text for text in texts))
    return "".join(f"CREATE EXTENSION IF NOT EXISTS {name};" for name in wanted)


def _about_rows() -> tuple[type[Exception], ...]:
    """What the server raises because of what rows hold: a check of ours, a value that does not
    convert, a constraint that rows break."""
    import psycopg

    return (psycopg.errors.RaiseException, psycopg.DataError, psycopg.IntegrityError)


def _of(schema: Schema, names: set[str]) -> Schema:
    """The tables of these schemas alone: a platform's own are closed to the role."""
    tables = {name: one for name, one in schema.tables.items() if name.schema in names}
    return Schema(schema.provider, tables=tables)


def run(connection: psycopg.Connection[Any], text: str) -> None:
    """One file as one message: one transaction, unless it says otherwise."""
    connection.execute(text.encode())


def load(connection: psycopg.Connection[Any], schema: Schema, count: int = 3) -> None:
    """Rows for every table; one that the server refuses (for a check, say) is left out."""
    import psycopg
    from psycopg import sql

    for filled in fill(schema, count):
        for row in filled.rows:
            names = sql.SQL(", ").join(sql.Identifier(name) for name in row)
            values = sql.SQL(", ").join(sql.Literal(value) for value in row.values())
            told = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
                sql.Identifier(*filled.table), names, values
            )
            try:
                with connection.transaction():
                    connection.execute(told)
            except psycopg.Error:
                continue


def counts(connection: psycopg.Connection[Any], schema: Schema) -> dict[str, int]:
    """The number of rows of every table."""
    from psycopg import sql

    found = {}
    for table in schema.tables.values():
        if table.kind == "foreign":
            continue
        query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(*table.name))
        row = connection.execute(query).fetchone()
        found[str(table.name)] = row[0] if row is not None else 0
    return found


def _said(error: psycopg.Error) -> str:
    return error.diag.message_primary or str(error)


def values_for(schema: Schema, table: QualifiedName, column: str) -> str:
    """An UPDATE that gives rows without a value one, as people would have to."""
    wanted = schema.tables[table].column(column)
    value = value_of(wanted, schema, 0) if wanted is not None else None
    pattern = 'UPDATE "$table" SET "$column" = \'$value\' WHERE "$column" IS NULL'
    return written(statement(pattern, Names(), table=table, column=column, value=value or ""))
