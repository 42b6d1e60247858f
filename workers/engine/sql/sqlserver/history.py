"""Replaying SQL Server migrations: what they make of an empty database.

Experimental: SQL Server cannot be run beside the tests. What could not be read is told, and after
that nothing counts as a failure.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from workers.engine.errors import Diagnostic
from workers.engine.schema.model import Schema
from workers.engine.source import Origin, Span
from workers.engine.sql.generic import UnreadableText
from workers.engine.sql.reader import Reader, RefusedStatement, UnreadStatement
from workers.engine.sql.replay import Failure, Migration, Replay
from workers.engine.sql.sqlserver.columns import DBO, qualified
from workers.engine.sql.sqlserver.database import Database
from workers.engine.sql.sqlserver.script import statements


def run(migrations: Sequence[Migration], *, lenient: bool = False) -> Replay:
    """Replay migrations in the order given; a refused one contributes nothing, as Prisma wraps
    each in a transaction. Leniently, only the refused statement is left out."""
    outcome = Replay(Schema(provider="sqlserver", schemas={DBO: ()}))
    database = Database(outcome.schema)
    for migration in migrations:
        tables, defaults = dict(outcome.schema.tables), dict(database.tables.defaults)
        if not _run_file(database, migration, outcome, lenient=lenient):
            outcome.schema.tables, database.tables.defaults = tables, defaults
    return outcome


def _run_file(database: Database, migration: Migration, outcome: Replay, *, lenient: bool) -> bool:
    path, text = migration.source.path, migration.source.text
    try:
        found = list(statements(text))
    except UnreadableText as error:
        origin = Origin(path, Span(0, len(text)))
        outcome.diagnostics.append(Diagnostic("statement-unread", str(error), origin))
        return True
    for tokens in found:
        origin = Origin(path, Span(tokens[0].start, tokens[-1].end))
        try:
            database.run(Reader(tokens, text), origin)
        except RefusedStatement as error:
            if outcome.diagnostics:
                message = f"Whether SQL Server takes this is not known: {error}"
                outcome.diagnostics.append(Diagnostic("statement-uncertain", message, origin))
                continue
            failure = Failure(migration.name, origin, error.code, str(error))
            outcome.failures.append(failure)
            if not lenient:
                return False
        except (UnreadStatement, IndexError, ValueError) as error:
            known = error.subjects if isinstance(error, UnreadStatement) else ()
            subjects = known or _tables(Reader(tokens, text))
            message = str(error) if isinstance(error, UnreadStatement) else _ENDS
            outcome.diagnostics.append(
                Diagnostic("statement-unread", message, origin, subjects=subjects)
            )
    return True


def _tables(reader: Reader) -> tuple[str, ...]:
    """The tables that a statement which was not read makes or changes, as its words say."""
    found = []
    while reader.current is not None:
        if reader.take("TABLE") or reader.take("INTO"):
            _ = reader.take("IF", "EXISTS")
            with suppress(UnreadStatement):
                found.append(str(qualified(reader)))
        else:
            reader.at += 1
    return tuple(dict.fromkeys(found))


_ENDS = "This statement ends where more is needed."
