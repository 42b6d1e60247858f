"""Repairs carried out on a real PostgreSQL that holds rows."""

from __future__ import annotations

import os

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings

from tests.support.cases import case_paths, read_case, snapshot_of
from tests.support.drift_cases import NEVER_SATISFIED, Case, all_cases
from tests.support.postgres import Server
from tests.support.pulled_apart import World, pairs
from tests.support.repairs import attempt, history, repair, replayed_after, told
from tests.support.sides import declared
from workers.engine.repair.proposal import Wish
from workers.engine.repair.propose import propose
from workers.engine.schema.model import Schema
from workers.engine.settings import Settings
from workers.engine.side import read_side
from workers.engine.sql.replay import replay

EXAMPLES = int(os.environ.get("DRIFTLINE_REPAIR_EXAMPLES", "12"))
CASES = [
    case
    for case in all_cases()
    if case.changes and not any(text in case.models for text in NEVER_SATISFIED)
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_repair_ends_each_difference_and_can_be_taken_back(case: Case) -> None:
    declaration = declared(case.models, case.preview, case.datasource)
    before = history(case.sql)
    made = repair(declaration, replay(before).schema)
    assert told(declaration, replayed_after(before, made.files)) == []
    back = replayed_after(before, [*made.files, made.way_back])
    assert back.tables.keys() == made.replayed.tables.keys()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_server_with_rows_agrees(case: Case, server: Server) -> None:
    declaration = declared(case.models, case.preview, case.datasource)
    before = history(case.sql)
    made = repair(declaration, replay(before).schema)
    with server.database() as name, server.connect(name) as connection:
        empty = attempt(connection, before, made, made.files, count=0)
    assert empty.failure == ""
    assert told(declaration, empty.schema) == []
    with server.database() as name, server.connect(name) as connection:
        full = attempt(connection, before, made, made.stood_in())
    assert full.rows_after == full.rows_before
    assert full.cells_after >= full.cells_before or full.cells_before == 0
    if full.failure:
        assert full.is_meant, full.failure
    else:
        assert told(declaration, full.schema) == []


@pytest.mark.parametrize(
    "path",
    [path for path in case_paths() if path.parent.name == "drift"],
    ids=lambda path: path.stem,
)
def test_every_case_of_drift_is_repaired_or_left_with_a_reason(path, server: Server) -> None:  # type: ignore[no-untyped-def]
    snapshot = snapshot_of(read_case(path))
    for proposal in propose(snapshot, wish=Wish("20300101000000", "migration")):
        if proposal.refusal:
            assert "writes no migrations for" in proposal.refusal, proposal.refusal
            continue
        side = read_side(snapshot.head, Settings())
        context = next(one for one in side.contexts if one.pair == proposal.pair)
        if context.declared.provider != "postgresql" or context.in_name_order is not None:
            continue
        ups = [one.text for one in proposal.files if not one.path.endswith("down.sql")]
        with server.database() as name, server.connect(name) as connection:
            try:
                for migration in context.migrations:
                    connection.execute(migration.source.text.encode())
                for text in ups:
                    connection.execute(text.encode())
            except psycopg.errors.FeatureNotSupported as error:
                if "extension" not in str(error):  # the wheel has few
                    raise


def test_a_table_is_rewritten_once_however_many_of_its_types_change(server: Server) -> None:
    declaration = declared(
        "model T {\n  id Int @id\n  a BigInt @default(1)\n  b BigInt\n  c DateTime?\n  d Int?\n}\n"
    )
    before = history(
        'CREATE TABLE "T" ("id" INTEGER NOT NULL, "a" INTEGER NOT NULL DEFAULT 5, '
        '"b" INTEGER NOT NULL, "c" DATE NOT NULL, CONSTRAINT "T_pkey" PRIMARY KEY ("id"));'
    )
    made = repair(declaration, replay(before).schema)
    with server.database() as name, server.connect(name) as connection:
        connection.execute(before[0].source.text.encode())
        connection.execute("INSERT INTO \"T\" VALUES (1, 2, 3, '2025-01-01')")
        connection.execute("CREATE TABLE rewrites (what oid)")
        connection.execute(
            "CREATE FUNCTION note() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN "
            "INSERT INTO rewrites VALUES (pg_event_trigger_table_rewrite_oid()); END $$"
        )
        connection.execute("CREATE EVENT TRIGGER seen ON table_rewrite EXECUTE FUNCTION note()")
        for text in made.files:
            connection.execute(text.encode())
        row = connection.execute('SELECT "a", "b", "c"::text FROM "T"').fetchone()
        rewrites = connection.execute("SELECT count(*) FROM rewrites").fetchone()
    assert row == (2, 3, "2025-01-01 00:00:00")
    assert rewrites == (1,)


def _pulled_apart(before: World, after: World, server: Server) -> None:
    first = repair(declared(before.text()), Schema())
    past = history(*first.files)
    outcome = replay(past)
    assert told(first.declaration, outcome.schema) == []
    made = repair(declared(after.text()), outcome.schema)
    assert told(made.declaration, replayed_after(past, made.files)) == []
    with server.database() as name, server.connect(name) as connection:
        empty = attempt(connection, past, made, made.files, count=0)
    assert empty.failure == ""
    assert told(made.declaration, empty.schema) == []
    with server.database() as name, server.connect(name) as connection:
        full = attempt(connection, past, made, made.stood_in())
    assert full.rows_after == full.rows_before
    if full.failure:
        assert full.is_meant, full.failure
        assert full.cells_after == full.cells_before
    else:
        assert told(made.declaration, full.schema) == []
        assert full.cells_after >= full.cells_before


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
    derandomize="DRIFTLINE_REPAIR_EXAMPLES" not in os.environ,  # asked for, other ones each time
)
@given(pairs())
def test_schemas_pulled_apart_are_brought_together(
    server: Server, worlds: tuple[World, World]
) -> None:
    _pulled_apart(*worlds, server)
