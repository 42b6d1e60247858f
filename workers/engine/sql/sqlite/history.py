"""Replaying SQLite migrations: what they make of an empty database file."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from workers.engine.schema.model import Schema
from workers.engine.source import Origin, Span
from workers.engine.sql.onlooker import Onlooker
from workers.engine.sql.replay import Failure, Migration, Replay
from workers.engine.sql.sqlite.database import Database
from workers.engine.sql.sqlite.lexer import statements
from workers.engine.sql.sqlite.reader import Reader, SqliteError
from workers.engine.sql.sqlite.tables import SCHEMA


def run(
    migrations: Sequence[Migration],
    *,
    lenient: bool = False,
    begun: Schema | None = None,
    watch: Onlooker | None = None,
) -> Replay:
    """Replay migrations in the order given; a refused one contributes nothing.

    Leniently, only the statement that is refused is left out. `begun` is what the database holds
    before the first of them; it is changed. `watch` is shown each statement.
    """
    outcome = Replay(begun or Schema(provider="sqlite", schemas={SCHEMA: ()}))
    for migration in migrations:
        state = Database(dict(outcome.schema.tables), outcome)
        state.views = dict(outcome.schema.views)
        state.triggers = dict(outcome.schema.triggers)
        if not _run_file(state, migration, watch, lenient=lenient):
            continue
        outcome.schema.tables = state.tables
        outcome.schema.views = state.views
        outcome.schema.triggers = state.triggers
    _resolve_references(outcome.schema)
    return outcome


def _run_file(
    state: Database, migration: Migration, watch: Onlooker | None, *, lenient: bool
) -> bool:
    path, text = migration.source.path, migration.source.text
    for found in statements(text):
        origin = Origin(path, Span(found[0].start, found[-1].end))
        before = dict(state.tables) if watch is not None else {}
        try:
            state.run(Reader(found, text), origin)
            if watch is not None:
                watch.ran(migration, origin, Reader(found, text), before, state.tables)
        except SqliteError as error:
            failure = Failure(migration.name, origin, "SQLITE_ERROR", str(error))
            state.outcome.failures.append(failure)
            if not lenient:
                return False
    return True


def _resolve_references(schema: Schema) -> None:
    """References without columns mean the primary key; names are spelled as the tables' own."""
    names = {name.name.lower(): name for name in schema.tables}
    for table in list(schema.tables.values()):
        keys = []
        for key in table.foreign_keys:
            target = names.get(key.ref_table.name.lower())
            if target is None:
                continue
            other = schema.tables[target]
            columns = key.ref_columns or (other.primary_key.columns if other.primary_key else ())
            keys.append(replace(key, ref_table=target, ref_columns=columns))
        schema.tables[table.name] = replace(table, foreign_keys=tuple(keys))
