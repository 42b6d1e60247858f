"""Primary keys, foreign keys and indexes."""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.compare import changes as c
from workers.engine.findings import Fix
from workers.engine.fixes import definitions as sql
from workers.engine.fixes.single.offer import HOUSE, Piece, fix
from workers.engine.fixes.tree import Statement
from workers.engine.schema.model import QualifiedName
from workers.engine.schema.names import MAX_BYTES, clip


def rekey(change: c.PrimaryKeyChanged) -> Fix:
    """Drop, make or rename the primary key."""
    table, old, new = change.table.name, change.replayed, change.declared
    if change.only_name and old is not None and new is not None:
        pieces = [sql.rename_constraint(HOUSE, table, old.name, new.name)]
        return fix("Rename the primary key in a new migration", pieces, safe=True)
    pieces = [sql.drop_constraint(HOUSE, table, old.name)] if old is not None else []
    pieces += [sql.add_primary_key(HOUSE, table, new)] if new is not None else []
    return fix("Change the primary key in a new migration", pieces, safe=False)


def reindex(change: c.IndexMissing | c.IndexExtra | c.IndexChanged) -> Fix:
    """Make, drop, remake or rename an index."""
    table, schema = change.table.name, change.replayed_table.name.schema
    if isinstance(change, c.IndexMissing):
        title, is_safe = "Create the index in a new migration", not change.declared.is_unique
        return fix(title, _indexed(change), safe=is_safe)
    dropped = sql.drop_index(HOUSE, QualifiedName(schema, table.name), change.replayed)
    if isinstance(change, c.IndexExtra):
        return fix("Drop the index in a new migration", [dropped], safe=False)
    if change.only_name:
        pieces = [sql.rename_index(HOUSE, schema, change.replayed.name, change.declared.name)]
        return fix("Rename the index in a new migration", pieces, safe=True)
    return fix("Make the index anew in a new migration", _reindexed(change, dropped), safe=False)


def _indexed(change: c.IndexMissing) -> Iterator[Piece]:
    name, schema = change.declared.name, change.replayed_table.name.schema
    if any(index.name == name for index in change.replayed_table.indexes):
        yield sql.rename_index(HOUSE, schema, name, clip(name, MAX_BYTES - 4) + "_old")
    yield sql.create_index(HOUSE, change.table.name, change.declared)


def _reindexed(change: c.IndexChanged, dropped: Statement) -> Iterator[Piece]:
    yield dropped
    yield sql.create_index(HOUSE, change.table.name, change.declared)


def reference(change: c.ForeignKeyMissing | c.ForeignKeyExtra | c.ForeignKeyChanged) -> Fix:
    """Add, drop, remake or rename a foreign key."""
    table = change.table.name
    if isinstance(change, c.ForeignKeyMissing):
        pieces = [sql.add_foreign_key(HOUSE, table, change.declared, is_valid=True)]
        return fix("Add the foreign key in a new migration", pieces, safe=False)
    dropped = sql.drop_constraint(HOUSE, table, change.replayed.name)
    if isinstance(change, c.ForeignKeyExtra):
        return fix("Drop the foreign key in a new migration", [dropped], safe=False)
    if change.only_name:
        old, new = change.replayed.name, change.declared.name
        pieces = [sql.rename_constraint(HOUSE, table, old, new)]
        return fix("Rename the foreign key in a new migration", pieces, safe=True)
    pieces = [dropped, sql.add_foreign_key(HOUSE, table, change.declared, is_valid=True)]
    return fix("Change the foreign key in a new migration", pieces, safe=False)
