"""Repairs for MySQL, carried out by MariaDB on tables that hold rows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.cases import tree
from tests.support.drift_cases import Case
from tests.support.mariadb import MariaDb, running_mariadb, why_no_mariadb
from tests.support.mysql_cases import COLUMNS, OTHERS
from tests.support.sides import schema_text
from workers.engine.repair.proposal import Proposal, Wish
from workers.engine.repair.propose import propose
from workers.engine.schema.catalogue import to_catalogue
from workers.engine.schema.model import Schema
from workers.engine.settings import Settings
from workers.engine.side import read_side
from workers.engine.snapshot import Snapshot, Tree
from workers.engine.sql.generic import queries

INIT = "prisma/migrations/20250101000000_init/migration.sql"
NEVER_SATISFIED = ("@db.DateTime over", 'dbgenerated("CURRENT')
"""What Prisma writes anew in every migration."""
CASES = [
    case
    for case in (*COLUMNS, *OTHERS)
    if case.changes and not any(text in case.name for text in NEVER_SATISFIED)
]
needs_mariadb = pytest.mark.skipif(why_no_mariadb() is not None, reason=str(why_no_mariadb()))


def project(models: str, *scripts: str) -> Tree:
    schema = schema_text(models).replace("postgresql", "mysql")
    files = {
        "prisma/schema.prisma": schema,
        "prisma/migrations/migration_lock.toml": 'provider = "mysql"\n',
    }
    for at, sql in enumerate(scripts):
        files[INIT.replace("000000_init", f"00000{at}_init")] = sql
    return tree({path: text.encode() for path, text in files.items()})


def repaired(models: str, *scripts: str) -> Proposal:
    (found,) = propose(
        Snapshot(project(models, *scripts)), wish=Wish("20300101000000", "migration")
    )
    assert found.refusal == ""
    return found


def ups(found: Proposal) -> list[str]:
    return [file.text for file in found.files if not file.is_way_back]


def down(found: Proposal) -> str:
    (text,) = (file.text for file in found.files if file.is_way_back)
    return text


@pytest.fixture(scope="module")
def server() -> Iterator[MariaDb]:
    with running_mariadb() as started:
        yield started


def tables(schema: Schema) -> dict[str, object]:
    found: dict[str, object] = to_catalogue(schema)["tables"]
    return found


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_repair_ends_the_differences_by_our_own_replay(case: Case) -> None:
    found = repaired(case.models, case.sql)
    (context,) = read_side(project(case.models, case.sql, *ups(found)), Settings()).contexts
    assert context.comparison.changes == ()
    assert context.replay.failures == []


@pytest.mark.parametrize("case", CASES, ids=str)
def test_sqlglot_reads_every_statement(case: Case) -> None:
    for text in (*ups(repaired(case.models, case.sql)), down(repaired(case.models, case.sql))):
        if "FULLTEXT" not in text:  # of which sqlglot has no tree
            assert queries(text, "mysql")


@needs_mariadb
@pytest.mark.parametrize("case", CASES, ids=str)
def test_mariadb_carries_it_out_and_back(case: Case, server: MariaDb) -> None:
    found = repaired(case.models, case.sql)
    before, error = server.run([case.sql])
    assert error is None
    (context,) = read_side(project(case.models, case.sql, *ups(found)), Settings()).contexts
    after, error = server.run([case.sql, *ups(found)])
    assert error is None
    assert tables(after) == tables(context.replayed)
    back, error = server.run([case.sql, *ups(found), down(found)])
    assert error is None
    assert _shapes(back) == _shapes(before)


def _shapes(schema: Schema) -> dict[str, object]:
    """The tables without the order of their columns, and without the order of their indexes."""
    return {
        str(table.name): (
            sorted(
                (one.name, one.type, one.not_null, one.default, one.identity, one.comment or "")
                for one in table.columns
            ),
            table.primary_key.columns if table.primary_key else (),
            sorted((one.name, one.keys, one.is_unique, one.method) for one in table.indexes),
            sorted(
                (one.name, one.columns, one.ref_table, one.ref_columns, one.on_delete)
                for one in table.foreign_keys
            ),
        )
        for table in schema.tables.values()
    }
