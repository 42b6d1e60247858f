"""Random histories make the same, and are refused alike, on PostgreSQL 18 and in the replay.

`DRIFTLINE_HISTORIES=5000` runs as many, other ones each time; the default is two hundred, always
the same. A history runs in one transaction that is rolled back, a savepoint for each migration.
"""

from __future__ import annotations

import os

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings

from tests.engine.sql.oracle.generator import history
from tests.support.catalogues import real_differences
from tests.support.postgres import Server
from workers.engine.schema.catalogue import to_catalogue
from workers.engine.source import SourceFile
from workers.engine.sql.replay import Ground, Migration, Replay, replay
from workers.environments import read

COUNT = int(os.environ.get("DRIFTLINE_HISTORIES", "200"))


def replayed(migrations: list[str], version: int) -> Replay:
    return replay(
        [
            Migration(f"{number:03}", SourceFile(f"{number:03}.sql", text))
            for number, text in enumerate(migrations)
        ],
        Ground(server_version=version),
    )


def run(connection: psycopg.Connection[tuple[object, ...]], text: str) -> str | None:
    """Run one migration under a savepoint; the SQLSTATE of its refusal."""
    connection.execute(b"SAVEPOINT migration")
    try:
        connection.execute(text.encode())
    except psycopg.Error as error:
        connection.execute(b"ROLLBACK TO migration")
        return error.sqlstate
    connection.execute(b"RELEASE migration")
    return None


@pytest.mark.timeout(3600)
def test_random_histories_are_the_same(postgres18: Server) -> None:
    with postgres18.database() as database, postgres18.connect(database) as connection:

        @settings(
            max_examples=COUNT,
            deadline=None,
            derandomize="DRIFTLINE_HISTORIES" not in os.environ,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(history())
        def check(migrations: list[str]) -> None:
            ours = replayed(migrations, postgres18.version)
            refused = {failure.migration: failure.sqlstate for failure in ours.failures}
            with connection.transaction(force_rollback=True):
                for number, text in enumerate(migrations):
                    expected = run(connection, text)
                    assert refused.get(f"{number:03}") == expected, text
                with connection.transaction(force_rollback=True):
                    truth = to_catalogue(read(connection))
                found = real_differences(connection, truth, to_catalogue(ours.schema))
                assert not found, "\n".join(str(difference) for difference in found)

        check()
