"""Primary keys and foreign keys: dropped first, added last, checked without a long lock."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from workers.engine.compare import changes as c
from workers.engine.fixes import definitions as sql
from workers.engine.fixes.checks import repeated, stop_with_count
from workers.engine.fixes.places import Places, places_of
from workers.engine.fixes.steps import Stage, Step, Work
from workers.engine.schema.model import ForeignKey, KeyConstraint, QualifiedName, Table

_VALID_WHERE_PARTITIONED = 18


def key_steps(work: Work) -> Iterator[Step]:
    """What primary keys and foreign keys need."""
    places = places_of(work)
    for change in work.changes:
        match change:
            case c.PrimaryKeyChanged(only_name=False):
                yield from _primary_key(work, change)
            case c.ForeignKeyMissing():
                yield from add_steps(work, change.table.name, change.declared)
            case c.ForeignKeyExtra():
                yield _drop(work, change.table.name, change.replayed, places)
            case c.ForeignKeyChanged(only_name=False):
                yield _drop(work, change.table.name, change.replayed, places)
                yield from add_steps(work, change.table.name, change.declared)
    for hanging in _hanging(work, places):
        yield _drop(work, hanging.table, hanging.replayed, places)
        yield from add_steps(work, hanging.table, hanging.wanted)


def _primary_key(work: Work, change: c.PrimaryKeyChanged) -> Iterator[Step]:
    table = change.table.name
    old, new = change.replayed, change.declared
    if old is not None:
        undo = sql.add_primary_key(work.house, table, _present(work, change, old))
        made = sql.drop_constraint(work.house, table, old.name)
        yield Step(Stage.DROP_KEY, "AlterTable", made, f"{table}.{old.name}", (undo,))
    if new is not None:
        subject = f"{table}.{new.name}"
        told = f"combinations of ({', '.join(new.columns)}) stand in several rows of {table.name}"
        check = stop_with_count(repeated(work.names, table, new.columns), told)
        yield Step(Stage.CHECK, "Check", check, subject)
        made = sql.add_primary_key(work.house, table, new)
        drop = sql.drop_constraint(work.house, table, new.name)
        yield Step(Stage.ADD_KEY, "AlterTable", made, subject, (drop,))


def _present(work: Work, change: c.PrimaryKeyChanged, key: KeyConstraint) -> KeyConstraint:
    places = places_of(work)
    names = (places.column(change.replayed_table.name, name) for name in key.columns)
    return replace(key, columns=tuple(names))


def add_steps(work: Work, table: QualifiedName, key: ForeignKey) -> Iterator[Step]:
    """NOT VALID first, which locks for a moment, and VALIDATE in a file of its own.

    A table that is partitioned takes no NOT VALID before PostgreSQL 18.
    """
    there = work.tables.get(table)
    is_partitioned = there is not None and there.kind == "partitioned"
    is_valid = work.is_new(table) or (
        is_partitioned and work.server_version < _VALID_WHERE_PARTITIONED
    )
    subject = f"{table}.{key.name}"
    made = sql.add_foreign_key(work.house, table, key, is_valid=is_valid)
    drop = sql.drop_constraint(work.house, table, key.name)
    yield Step(Stage.ADD_FOREIGN_KEY, "AddForeignKey", made, subject, (drop,))
    if not is_valid:
        pattern = 'ALTER TABLE "$table" VALIDATE CONSTRAINT "$name"'
        validate = work.make(pattern, table=table, name=key.name)
        yield Step(Stage.VALIDATE, "ValidateForeignKey", validate, subject)


def _drop(work: Work, table: QualifiedName, key: ForeignKey, places: Places) -> Step:
    made = sql.drop_constraint(work.house, table, key.name)
    old_table = next(
        (old for old in work.replayed.tables.values() if places.table(old.name) == table), None
    )
    undo = (
        (sql.add_foreign_key(work.house, table, _moved(key, old_table, places), is_valid=False),)
        if old_table is not None and old_table.kind != "partitioned"
        else ()
    )
    return Step(Stage.DROP_FOREIGN_KEY, "DropForeignKey", made, f"{table}.{key.name}", undo)


def _moved(key: ForeignKey, table: Table, places: Places) -> ForeignKey:
    """A replayed foreign key under the names after the renames."""
    return replace(
        key,
        columns=tuple(places.column(table.name, name) for name in key.columns),
        ref_table=places.table(key.ref_table),
        ref_columns=tuple(places.column(key.ref_table, name) for name in key.ref_columns),
    )


class _Hanging(Struct, frozen=True):
    """A foreign key that is kept, and has to be taken off for a while."""

    table: QualifiedName
    replayed: ForeignKey
    wanted: ForeignKey


def _hanging(work: Work, places: Places) -> Iterator[_Hanging]:
    """Foreign keys on columns whose type changes, and those that rest on a key that goes."""
    moving = {
        (change.replayed_table.name, change.replayed.name)
        for change in work.changes
        if isinstance(change, c.ColumnTypeChanged)
        and change.declared.type.name != change.replayed.type.name
    }
    keys_gone = {
        (change.replayed_table.name, frozenset(change.replayed.columns))
        for change in work.changes
        if isinstance(change, c.PrimaryKeyChanged) and change.replayed and not change.only_name
    }
    told = {
        (change.replayed_table.name, change.replayed.name)
        for change in work.changes
        if isinstance(change, c.ForeignKeyExtra)
        or (isinstance(change, c.ForeignKeyChanged) and not change.only_name)
    }
    dropped = {one.replayed.name for one in work.changes if isinstance(one, c.TableExtra)}
    for table in work.replayed.tables.values():
        if table.name in dropped:
            continue
        for key in table.foreign_keys:
            ends = {(table.name, name) for name in key.columns}
            ends |= {(key.ref_table, name) for name in key.ref_columns}
            rests = (key.ref_table, frozenset(key.ref_columns)) in keys_gone
            if (ends & moving or rests) and (table.name, key.name) not in told:
                yield _Hanging(places.table(table.name), key, _moved(key, table, places))
