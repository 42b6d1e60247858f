from __future__ import annotations

import sqlite3

import pytest

from tests.support.sides import migration
from tests.support.sqlite_cases import COLUMNS, OTHERS
from workers.engine.schema.model import QualifiedName, Schema
from workers.engine.sql.replay import Ground, Replay, replay
from workers.engine.sql.sqlite.lexer import statements, tokens

SCRIPTS = [case.sql for case in (*COLUMNS, *OTHERS)] + [
    "CREATE TABLE [a b] (`x y` my type(1, 2) DEFAULT 'it''s', z);",
    "CREATE TABLE t (a INT, b INT, UNIQUE (a, b), UNIQUE (b)); ALTER TABLE t RENAME TO u;",
    "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p REFERENCES p); "
    "ALTER TABLE p RENAME TO q; ALTER TABLE q RENAME COLUMN id TO key;",
    "CREATE TABLE IF NOT EXISTS t (a); CREATE TABLE IF NOT EXISTS T (b); /* ; */ -- ;\n",
    "CREATE TABLE t (a, b TEXT NOT NULL ON CONFLICT REPLACE, PRIMARY KEY (a DESC, b)) "
    "WITHOUT ROWID;",
]


def _replay(script: str) -> Replay:
    return replay([migration(script)], Ground(provider="sqlite"))


def _tables(schema: Schema) -> dict[str, object]:
    return {
        name.name: [
            [
                (column.name, column.type.name, column.not_null, column.default)
                for column in table.columns
                if column.generated is None
            ],
            table.primary_key.columns if table.primary_key else (),
            sorted((index.name, index.is_unique, index.columns or ()) for index in table.indexes),
            sorted(
                (key.columns, key.ref_table.name, key.ref_columns, key.on_delete, key.on_update)
                for key in table.foreign_keys
            ),
        ]
        for name, table in sorted(schema.tables.items())
    }


def _asked(script: str) -> dict[str, object]:
    """The same, as SQLite itself tells it."""
    with sqlite3.connect(":memory:") as database:
        database.executescript(script)
        names = [
            name
            for (name,) in database.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' "
                "AND name NOT LIKE 'sqlite_%' ORDER BY name"
            )
        ]
        return {name: _asked_table(database, name) for name in names}


def _asked_table(database: sqlite3.Connection, name: str) -> list[object]:
    columns = database.execute(f'PRAGMA table_info("{name}")').fetchall()
    key = [row[1] for row in sorted(columns, key=lambda row: row[5]) if row[5]]
    is_rowid = len(key) == 1 and any(
        row[1] == key[0] and row[2].lower() == "integer" for row in columns
    )
    without_rowid = (
        "WITHOUT ROWID"
        in database.execute("SELECT sql FROM sqlite_master WHERE name = ?", (name,)).fetchone()[0]
    )
    indexes = []
    for row in database.execute(f'PRAGMA index_list("{name}")').fetchall():
        if row[3] == "pk":
            continue
        info = database.execute(f'PRAGMA index_info("{row[1]}")').fetchall()
        names = tuple(each[2] for each in info)
        indexes.append((row[1], bool(row[2]), () if None in names else names))
    keys: dict[int, list[object]] = {}
    for row in database.execute(f'PRAGMA foreign_key_list("{name}")').fetchall():
        to = row[4] or next(
            each[1]
            for each in database.execute(f'PRAGMA table_info("{row[2]}")').fetchall()
            if each[5]
        )
        parts = keys.setdefault(row[0], [(), row[2], (), row[6], row[5]])
        parts[0] = (*parts[0], row[3])  # type: ignore[misc]
        parts[2] = (*parts[2], to)  # type: ignore[misc]
    return [
        [
            (
                row[1],
                row[2].lower(),
                (bool(row[3]) or (is_rowid and row[5] > 0)) and not (without_rowid and row[5] == 1),
                row[4],
            )
            for row in columns
        ],
        tuple(key),
        sorted(indexes),
        sorted(tuple(parts) for parts in keys.values()),
    ]


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_tables_are_those_that_sqlite_makes(script: str) -> None:
    outcome = _replay(script)
    assert outcome.failures == []
    assert _tables(outcome.schema) == _asked(script)


@pytest.mark.parametrize(
    "script",
    [
        "CREATE TABLE t (a); CREATE TABLE T (b);",
        "DROP TABLE t;",
        "CREATE INDEX i ON t (a);",
        "CREATE TABLE t (a); ALTER TABLE t RENAME COLUMN b TO c;",
        "CREATE TABLE t (a); ALTER TABLE t ADD COLUMN a TEXT;",
        "CREATE TYPE e AS ENUM ('a');",
        "DROP INDEX i;",
    ],
)
def test_what_sqlite_refuses_is_a_failure_in_its_words(script: str) -> None:
    (failure,) = _replay(script).failures
    with sqlite3.connect(":memory:") as database, pytest.raises(sqlite3.OperationalError) as told:
        database.executescript(script)
    assert failure.message == str(told.value)


def test_a_refused_migration_contributes_nothing() -> None:
    outcome = _replay("CREATE TABLE t (a); DROP TABLE u;")
    assert outcome.schema.tables == {}


def test_an_object_keeps_the_statement_that_made_it() -> None:
    script = "-- first\nCREATE TABLE t (a TEXT);\n\nCREATE INDEX i ON t (a);"
    table = _replay(script).schema.tables[QualifiedName("public", "t")]
    (place,) = table.history
    assert script[place.span.start : place.span.end] == "CREATE TABLE t (a TEXT)"
    (place,) = table.indexes[0].history
    assert script[place.span.start : place.span.end] == "CREATE INDEX i ON t (a)"


@pytest.mark.parametrize("text", ["'", '"', "[", "/*", "--", "x'", "''", "1e", "CREATE TABLE t ("])
def test_an_unfinished_text_ends(text: str) -> None:
    list(tokens(text))
    list(statements(text))
    _replay(text)
