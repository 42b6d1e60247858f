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
    script, back = found.files
    database = sqlite3.connect(":memory:")
    database.executescript(case.sql)
    before = fill(database)
    database.executescript(script.text)
    for name, number in before.items():
        assert database.execute(f'SELECT count(*) FROM "{name}"').fetchone() == (number,)
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    assert (script.is_way_back, back.is_way_back) == (False, True)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_way_back_makes_the_old_tables(case: Case) -> None:
    head = project(case.models, case.sql)
    (found,) = propose(Snapshot(head), wish=Wish("20300101000000", "migration"))
    script, back = found.files
    assert back.path == script.path.replace("migration.sql", "down.sql")
    database = sqlite3.connect(":memory:")
    database.executescript(case.sql)
    before = shape(database)
    database.executescript(script.text)
    assert shape(database) != before
    database.executescript(back.text)
    assert shape(database) == before


def shape(database: sqlite3.Connection) -> dict[str, object]:
    """What SQLite says of each table: columns, foreign keys, and indexes with their columns."""
    tables = [
        name
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        if not name.startswith("sqlite_")
    ]
    return {name: _shape_of(database, name) for name in tables}


def _shape_of(database: sqlite3.Connection, table: str) -> object:
    columns = sorted(
        (name, kind.upper(), bool(required), "".join((default or "").split()), key)
        for _, name, kind, required, default, key in database.execute(
            f'PRAGMA table_info("{table}")'
        )
    )
    keys = sorted(row[2:7] for row in database.execute(f'PRAGMA foreign_key_list("{table}")'))
    indexes = sorted(
        (name if origin == "c" else "", unique, _columns_of(database, name))
        for _, name, unique, origin, _ in database.execute(f'PRAGMA index_list("{table}")')
        if origin != "pk"
    )
    return columns, keys, indexes


def _columns_of(database: sqlite3.Connection, index: str) -> list[tuple[str, int]]:
    """The columns of an index, and whether they go down."""
    rows = database.execute(f'PRAGMA index_xinfo("{index}")').fetchall()
    return [(row[2], row[3]) for row in rows if row[5]]


def test_an_index_that_prisma_does_not_see_is_not_lost() -> None:
    models = "model T {\n  id Int @id\n  a Int @default(1)\n}\n"
    sql = (
        'CREATE TABLE "T" ("id" INTEGER NOT NULL PRIMARY KEY, "a" INTEGER);'
        'CREATE UNIQUE INDEX "only_one" ON "T"("a") WHERE "a" > 5;'
    )
    (found,) = propose(Snapshot(project(models, sql)), wish=Wish("20300101000000", "migration"))
    assert found.is_empty
    assert "the index `public.T.only_one` would be lost" in found.refusal


def test_a_column_that_prisma_does_not_see_is_not_lost_with_a_table_that_is_made_anew() -> None:
    models = "model T {\n  id Int @id\n  a String\n}\n"
    sql = (
        'CREATE TABLE "T" ("id" INTEGER NOT NULL PRIMARY KEY, "a" INTEGER, '
        '"b" INTEGER GENERATED ALWAYS AS ("id" + 1) STORED);'
    )
    (found,) = propose(Snapshot(project(models, sql)), wish=Wish("20300101000000"))
    assert found.is_empty
    assert "`public.T.b` would be lost" in found.refusal


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
