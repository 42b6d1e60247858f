"""Indexes and uniques: dropped before, built after what they need, checked for doubles first."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from workers.engine.compare import changes as c
from workers.engine.fixes import definitions as sql
from workers.engine.fixes.checks import repeated, stop_with_count
from workers.engine.fixes.places import places_of
from workers.engine.fixes.steps import Stage, Step, Work
from workers.engine.schema.model import Index, QualifiedName, Table
from workers.engine.schema.names import MAX_BYTES, clip


def index_steps(work: Work) -> Iterator[Step]:
    """What indexes and uniques need."""
    for change in work.changes:
        match change:
            case c.IndexMissing():
                yield from _make(work, change.table, change.declared)
                yield from _name_freed(work, change)
            case c.IndexExtra():
                yield _drop(work, change.table.name, change.replayed_table, change.replayed)
            case c.IndexChanged(only_name=False):
                yield _drop(work, change.table.name, change.replayed_table, change.replayed)
                yield from _make(work, change.table, change.declared)


def _make(work: Work, table: Table, index: Index) -> Iterator[Step]:
    subject = f"{table.name}.{index.name}"
    columns = index.columns
    if index.is_unique and columns and not index.where and not index.nulls_not_distinct:
        told = f"combinations of ({', '.join(columns)}) stand in several rows of {table.name.name}"
        check = stop_with_count(repeated(work.names, table.name, columns), told)
        yield Step(Stage.CHECK, "Check", check, subject)
    is_slow = work.house.is_concurrent or table.name in work.large
    yield Step(
        Stage.CONCURRENT if is_slow else Stage.ADD_INDEX,
        "CreateIndex",
        sql.create_index(work.house, table.name, index, is_concurrent=is_slow),
        subject,
        (sql.drop_index(work.house, table.name, replace(index, is_constraint=False)),),
    )


def _name_freed(work: Work, change: c.IndexMissing) -> Iterator[Step]:
    """An index of that name, which Prisma does not see, makes room for the declared one."""
    name, schema = change.declared.name, change.table.name.schema
    seen = {
        other.replayed.name
        for other in work.changes
        if isinstance(other, c.IndexExtra | c.IndexChanged)
        and other.table.name == change.table.name
    }
    if name in seen or all(index.name != name for index in change.replayed_table.indexes):
        return
    freed = clip(name, MAX_BYTES - 4) + "_old"
    yield Step(
        Stage.RENAME_REST,
        "RenameIndex",
        sql.rename_index(work.house, schema, name, freed),
        f"{change.table.name}.{freed}",
        (sql.rename_index(work.house, schema, freed, name),),
        notes=("Prisma does not see this index; its name is needed for the declared one.",),
    )


def _drop(work: Work, table: QualifiedName, there: Table, index: Index) -> Step:
    places = places_of(work)
    keys = tuple(
        replace(key, column=places.column(there.name, key.column)) if key.column else key
        for key in index.keys
    )
    old = replace(index, keys=keys)
    undo = (
        sql.add_unique(work.house, table, old)
        if index.is_constraint and old.columns
        else sql.create_index(work.house, table, old)
    )
    made = sql.drop_index(work.house, table, index)
    return Step(Stage.DROP_INDEX, "DropIndex", made, f"{table}.{index.name}", (undo,))
