"""Tables, schemas and extensions."""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.compare import changes as c
from workers.engine.findings import Fix
from workers.engine.fixes import definitions as sql
from workers.engine.fixes import objects
from workers.engine.fixes.single.offer import HOUSE, Piece, fix
from workers.engine.schema.model import Table


def make_table(table: Table) -> Fix:
    """Create the table with its indexes and foreign keys."""
    return fix("Create the table in a new migration", _table(table), safe=True)


def _table(table: Table) -> Iterator[Piece]:
    yield sql.create_table(HOUSE, table)
    for index in table.indexes:
        if table.primary_key is None or index.name != table.primary_key.name:
            yield sql.create_index(HOUSE, table.name, index)
    for key in table.foreign_keys:
        yield sql.add_foreign_key(HOUSE, table.name, key, is_valid=True)


def drop_table(table: Table) -> Fix:
    """Drop the table."""
    pieces = [sql.drop_table(HOUSE, table.name)]
    return fix("Drop the table in a new migration", pieces, safe=False)


def rename_table(change: c.TableRenamed) -> Fix:
    """Rename the table, moved to another schema first where that differs."""
    moved = objects.moved(HOUSE, "TABLE", change.replayed.name, change.declared.name)
    pieces = [there for there, _ in moved]
    return fix("Rename the table in a new migration", pieces, safe=False)


def install(change: c.ExtensionMissing) -> Fix:
    """Install the extension."""
    name, schema = change.declared.name, change.declared.schema
    pieces = [objects.create_extension(HOUSE, name, schema)]
    return fix("Install the extension in a new migration", pieces, safe=True)


def make_schema(name: str) -> Fix:
    """Create the schema."""
    pieces = [objects.create_schema(HOUSE, name)]
    return fix("Create the schema in a new migration", pieces, safe=True)
