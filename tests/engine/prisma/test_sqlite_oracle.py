"""The declared side of a SQLite schema against the database that Prisma's own script makes."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.support.prisma_engine import PrismaEngine, why_not
from workers.engine.prisma.describe import describe
from workers.engine.schema.catalogue import format_type
from workers.engine.schema.model import Schema, Table
from workers.engine.source import SourceFile

pytestmark = pytest.mark.skipif(why_not() is not None, reason=str(why_not()))

SCHEMA = Path(__file__).parent / "sqlite" / "everything.prisma"

Facts = dict[str, tuple[object, object, object]]


def made(script: str) -> Facts:
    """Columns, indexes and foreign keys of every table, as SQLite's pragmas tell them."""
    database = sqlite3.connect(":memory:")
    database.executescript(script)
    tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    return {
        name: (_columns(database, name), _indexes(database, name), _foreign_keys(database, name))
        for (name,) in tables
        if not name.startswith("sqlite_")
    }


def _columns(database: sqlite3.Connection, table: str) -> object:
    rows = database.execute(f'PRAGMA table_info("{table}")').fetchall()
    return [
        (name, kind.lower(), bool(nn), default, key) for _, name, kind, nn, default, key in rows
    ]


def _indexes(database: sqlite3.Connection, table: str) -> object:
    found = []
    for _, name, unique, origin, _ in database.execute(f'PRAGMA index_list("{table}")').fetchall():
        keys = database.execute(f'PRAGMA index_xinfo("{name}")').fetchall()
        if origin == "c":
            found.append((name, bool(unique), [(key[2], bool(key[3])) for key in keys if key[5]]))
    return sorted(found)


def _foreign_keys(database: sqlite3.Connection, table: str) -> object:
    keys: dict[int, tuple[str, list[str], list[str], str, str]] = {}
    for row in database.execute(f'PRAGMA foreign_key_list("{table}")').fetchall():
        number, _, target, column, reference, on_update, on_delete, _ = row
        key = keys.setdefault(number, (target, [], [], on_delete, on_update))
        key[1].append(column)
        key[2].append(reference)
    return sorted(keys.values())


def declared(schema: Schema) -> Facts:
    return {name.name: _declared(table) for name, table in schema.tables.items()}


def _declared(table: Table) -> tuple[object, object, object]:
    key = table.primary_key.columns if table.primary_key is not None else ()
    columns = [
        (
            *(one.name, format_type(one.type), one.not_null, one.default),
            key.index(one.name) + 1 if one.name in key else 0,
        )
        for one in table.columns
    ]
    indexes = sorted(
        (index.name, index.is_unique, [(one.column, one.descending) for one in index.keys])
        for index in table.indexes
    )
    foreign = sorted(
        (one.ref_table.name, [*one.columns], [*one.ref_columns], one.on_delete, one.on_update)
        for one in table.foreign_keys
    )
    return columns, indexes, foreign


def test_the_declared_schema_is_what_prismas_script_makes_in_sqlite() -> None:
    text = SCHEMA.read_text()
    with PrismaEngine() as engine:
        script = engine.script({SCHEMA.name: text}, "sqlite")
    declaration = describe([SourceFile(SCHEMA.name, text)])
    assert declaration.diagnostics == []
    assert declared(declaration.schema) == made(script)
