"""Repairs for SQLite, carried out by SQLite itself on a file that holds rows."""

from __future__ import annotations

import sqlite3

import pytest

from tests.support.cases import tree
from tests.support.drift_cases import Case
from tests.support.sides import schema_text
from tests.support.sqlite_cases import COLUMNS, OTHERS
from workers.engine.repair.proposal import Wish
from workers.engine.repair.propose import propose
from workers.engine.snapshot import Snapshot, Tree

INIT = "prisma/migrations/20250101000000_init/migration.sql"
CASES = [case for case in (*COLUMNS, *OTHERS) if case.changes]


def project(models: str, sql: str) -> Tree:
    schema = schema_text(models).replace("postgresql", "sqlite")
    files = {
        "prisma/schema.prisma": schema,
        "prisma/migrations/migration_lock.toml": 'provider = "sqlite"\n',
        INIT: sql,
    }
    return tree({path: text.encode() for path, text in files.items()})


def fill(database: sqlite3.Connection) -> dict[str, int]:
    """One row in every table that takes one."""
    database.execute("PRAGMA foreign_keys = OFF")
    found = {}
    for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'"):
        if name.startswith("sqlite_"):
            continue
        columns = [row[1] for row in database.execute(f'PRAGMA table_info("{name}")')]
        names = ", ".join(f'"{column}"' for column in columns)
        values = ", ".join("1" for _ in columns)
        database.execute(f'INSERT INTO "{name}" ({names}) VALUES ({values})')
        found[name] = 1
    database.commit()
    return found


@pytest.mark.parametrize("case", CASES, ids=str)
def test_sqlite_carries_it_out_and_keeps_the_rows(case: Case) -> None:
    proposals = propose(
        Snapshot(project(case.models, case.sql)), wish=Wish("20300101000000", "migration")
    )
    (found,) = proposals
    assert found.refusal == ""
    (script,) = found.files
    database = sqlite3.connect(":memory:")
    database.executescript(case.sql)
    before = fill(database)
    database.executescript(script.text)
    for name, number in before.items():
        assert database.execute(f'SELECT count(*) FROM "{name}"').fetchone() == (number,)
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []


def test_a_rename_keeps_the_values() -> None:
    models = "model T {\n  id Int @id\n  fullName String\n  city String\n}\n"
    sql = (
        'CREATE TABLE "T" ("id" INTEGER NOT NULL PRIMARY KEY, "full_name" TEXT NOT NULL, '
        '"city" TEXT);'
    )
    head = project(models.replace("city String", 'city String @default("x")'), sql)
    (found,) = propose(Snapshot(head), wish=Wish("20300101000000", "migration"))
    database = sqlite3.connect(":memory:")
    database.executescript(sql)
    database.execute("INSERT INTO T VALUES (1, 'Ada', NULL)")
    database.commit()
    database.executescript(found.files[0].text)
    assert database.execute('SELECT "fullName", "city" FROM "T"').fetchall() == [("Ada", "x")]


def test_a_required_column_without_a_value_stops_at_rows_and_says_so() -> None:
    models = "model T {\n  id Int @id\n  a Int\n}\n"
    sql = 'CREATE TABLE "T" ("id" INTEGER NOT NULL PRIMARY KEY);'
    (found,) = propose(Snapshot(project(models, sql)), wish=Wish("20300101000000", "migration"))
    assert "-- TODO: give every row a value in a" in found.files[0].text
    database = sqlite3.connect(":memory:")
    database.executescript(sql + "INSERT INTO T VALUES (1);")
    with pytest.raises(sqlite3.IntegrityError, match="NOT NULL"):
        database.executescript(found.files[0].text)
    assert database.execute("SELECT count(*) FROM T").fetchone() == (1,)
