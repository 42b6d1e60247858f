"""Run a migration history on a real PostgreSQL as `driftline replay` understands one.

Each file is one transaction; a file whose CONCURRENTLY or new enum value forbids that runs
statement by statement, as psql would. A failing file contributes nothing and the next one follows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg.pq import ExecStatus, PGresult

from tests.support.postgres import Server
from workers.engine.schema.catalogue import to_catalogue
from workers.environments import introspect

NO_TRANSACTION = {"25001", "2D000", "55P04", "25000"}
"""What PostgreSQL answers when a statement cannot run with others in one transaction."""


@dataclass
class Applied:
    """What PostgreSQL made of a history: its catalogue, and (migration, SQLSTATE) of each refusal.

    `connection` is open on the database.
    """

    connection: psycopg.Connection[Any]
    catalogue: dict[str, Any] = field(default_factory=dict)
    failures: list[tuple[str, str]] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)


@contextmanager
def applied(
    server: Server,
    migrations: Iterable[tuple[str, bytes]],
    search_path: str = "public",
    ground: str = "",
) -> Iterator[Applied]:
    """Run migrations, each a name and its bytes, in a new database, and read what they made."""
    with server.database() as database:
        for part in _create_schema(search_path):
            ground += part
        outcome = Applied(server.connect(database))
        if ground:
            outcome.connection.execute(ground.encode())
        for name, script in migrations:
            _reconnect(server, database, outcome, search_path)
            refusal = _apply(server, outcome, database, script, search_path)
            if refusal is not None:
                outcome.failures.append((name, refusal[0]))
                outcome.messages.append(f"{name}: {refusal[0]} {refusal[1]}")
        _reconnect(server, database, outcome, search_path)
        outcome.catalogue = to_catalogue(introspect(outcome.connection))
        try:
            yield outcome
        finally:
            outcome.connection.close()


def _create_schema(search_path: str) -> Iterator[str]:
    for name in search_path.split(","):
        yield f"CREATE SCHEMA IF NOT EXISTS {name.strip()};"


def _reconnect(server: Server, database: str, outcome: Applied, search_path: str) -> None:
    """Every migration has a session of its own: SET does not outlive its file."""
    outcome.connection.close()
    outcome.connection = server.connect(
        database, options=f"-c search_path={search_path.replace(' ', '')}"
    )


def _apply(
    server: Server, outcome: Applied, database: str, script: bytes, search_path: str
) -> tuple[str, str] | None:
    if b"\0" in script:
        return "42601", "the protocol carries no NUL"
    refusal = _run(outcome.connection, script)
    if refusal is None or refusal[0] not in NO_TRANSACTION:
        return refusal
    # Statement by statement nothing is rolled back: keep a copy to return to.
    spare = f"{database}_spare"
    outcome.connection.close()
    with server.connect() as admin:
        admin.execute(f"CREATE DATABASE {spare} TEMPLATE {database}".encode())
        _reconnect(server, database, outcome, search_path)
        refusal = _run_each(outcome.connection, script)
        if refusal is not None:
            outcome.connection.close()
            admin.execute(f"DROP DATABASE {database} WITH (FORCE)".encode())
            admin.execute(f"ALTER DATABASE {spare} RENAME TO {database}".encode())
        else:
            admin.execute(f"DROP DATABASE {spare}".encode())
    return refusal


def _run(connection: psycopg.Connection[Any], script: bytes) -> tuple[str, str] | None:
    """Send a text as one message of the simple protocol: one transaction unless it says BEGIN."""
    result: PGresult = connection.pgconn.exec_(script)
    if connection.pgconn.transaction_status != 0:
        connection.pgconn.exec_(b"ROLLBACK")
    return _refusal(result)


def _run_each(connection: psycopg.Connection[Any], script: bytes) -> tuple[str, str] | None:
    from workers.engine.sql.postgres import split

    refusal = None
    for start, end in split(script):
        refusal = _refusal(connection.pgconn.exec_(script[start:end]))
        if refusal is not None:
            break
    if connection.pgconn.transaction_status != 0:
        connection.pgconn.exec_(b"ROLLBACK")
    return refusal


def _refusal(result: PGresult) -> tuple[str, str] | None:
    if result.status != ExecStatus.FATAL_ERROR:
        return None
    state = result.error_field(psycopg.pq.DiagnosticField.SQLSTATE) or b""
    message = result.error_field(psycopg.pq.DiagnosticField.MESSAGE_PRIMARY) or b""
    return state.decode(), message.decode("utf-8", "replace")


def files_of(folder: Path) -> list[tuple[str, bytes]]:
    """The SQL files of a folder in name order."""
    return [(path.name, path.read_bytes()) for path in sorted(folder.glob("*.sql"))]
