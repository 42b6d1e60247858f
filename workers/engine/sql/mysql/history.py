"""Replaying MySQL and MariaDB migrations: what they make of an empty database.

The judgement is MySQL 8's; what only MariaDB takes is run, and told.
"""

from __future__ import annotations

from collections.abc import Sequence

from workers.engine.errors import Diagnostic
from workers.engine.schema.model import Schema
from workers.engine.source import Origin, Span
from workers.engine.sql.mysql import refusals
from workers.engine.sql.mysql.create import SCHEMA
from workers.engine.sql.mysql.database import Database
from workers.engine.sql.mysql.script import Statement, statements
from workers.engine.sql.onlooker import Onlooker
from workers.engine.sql.reader import Reader, RefusedStatement, UnreadStatement
from workers.engine.sql.replay import Failure, Migration, Replay


def run(
    migrations: Sequence[Migration],
    *,
    lenient: bool = False,
    begun: Schema | None = None,
    watch: Onlooker | None = None,
) -> Replay:
    """Replay migrations in the order given; one that is refused stops where it is.

    What it did before stays, as MySQL keeps it. Leniently, only the refused statement is left out.
    `begun` is what the database holds before the first of them; it is changed. `watch` is shown
    each statement.
    """
    outcome = Replay(begun or Schema(provider="mysql", schemas={SCHEMA: ()}))
    database = Database(outcome.schema, outcome.diagnostics.append)
    if begun is not None:
        database.take_over()
    for migration in migrations:
        _run_file(database, migration, outcome, watch, lenient=lenient)
    return outcome


def _run_file(
    database: Database,
    migration: Migration,
    outcome: Replay,
    watch: Onlooker | None,
    *,
    lenient: bool,
) -> None:
    path, text = migration.source.path, migration.source.text
    if migration.refusal is not None:
        code, message = migration.refusal
        outcome.failures.append(Failure(migration.name, Origin(path, Span(0, 0)), code, message))
        if not lenient:
            return
    for statement in statements(text):
        origin = Origin(path, Span(statement.start, statement.end))
        before = dict(outcome.schema.tables) if watch is not None else {}
        try:
            _run(database, statement, text, origin)
            if watch is not None:
                shown = Reader(statement.tokens, text)
                watch.ran(migration, origin, shown, before, outcome.schema.tables)
        except RefusedStatement as error:
            failure = Failure(migration.name, origin, error.code, str(error))
            outcome.failures.append(failure)
            if not lenient:
                return
        except UnreadStatement as error:
            outcome.diagnostics.append(
                Diagnostic("statement-unread", str(error), origin, subjects=error.subjects)
            )


_BEFORE_NAMES = ("TABLE", "INTO", "UPDATE", "FROM", "ON", "INDEX", "EXISTS", "VIEW", "COLUMN")


def _run(database: Database, statement: Statement, text: str, origin: Origin) -> None:
    if statement.is_unclosed:
        line = 1
        raise refusals.syntax(text[statement.start : statement.end].strip()[:80], line)
    if statement.is_client_command:
        near = text[statement.start : statement.end]
        raise refusals.syntax(near, 1)
    reader = Reader(statement.tokens, text)
    try:
        database.run(reader, origin)
    except UnreadStatement as error:
        # What reads on past a word that is the last stands behind the end.
        before = reader.tokens[reader.at - 1] if 0 < reader.at <= len(reader.tokens) else None
        current = reader.current
        if before and current and current.kind == "string" and before.is_word(*_BEFORE_NAMES):
            raise refusals.syntax_at(reader) from None  # "name" is a text, no name, to MySQL
        raise error
    except IndexError:  # the statement ends where more is needed
        reader.at = len(reader.tokens)
        raise refusals.syntax_at(reader) from None
