"""Columns that get another type: the values with them, and what stands in the way put aside."""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.compare import changes as c
from workers.engine.fixes import definitions as sql
from workers.engine.fixes.checks import rows_where, stop_if_any, stop_with_count
from workers.engine.fixes.conversion import Conversion, conversion
from workers.engine.fixes.places import places_of
from workers.engine.fixes.steps import Stage, Step, Work
from workers.engine.fixes.tree import cast, expression
from workers.engine.schema.model import Column, QualifiedName, SqlType
from workers.engine.sql.postgres import Node

_SIZES = {"smallint": 0, "integer": 1, "bigint": 2}


def type_steps(work: Work) -> Iterator[Step]:
    """What changes of type need."""
    swapped = {
        change.declared.name
        for change in work.changes
        if isinstance(change, c.EnumValuesChanged) and change.extra
    }
    for change in work.changes:
        if isinstance(change, c.ColumnTypeChanged):
            kind = change.declared.type
            is_late = QualifiedName(kind.schema or "", kind.name) in swapped
            yield from _retype(work, change, rank=60 if is_late else 5)


def _retype(work: Work, change: c.ColumnTypeChanged, rank: int) -> Iterator[Step]:
    table, column = change.table.name, change.declared
    old, new = _now(work, change.replayed.type), column.type
    found = conversion(column.name, old, new, work.names)
    subject = f"{table}.{column.name}"
    if found is None:
        yield _only_if_empty(work, table, column, old)
        using: Node = cast(expression("NULL"), new, work.names)
        found = Conversion(using)
    elif found.wrong is not None:
        yield _check(work, table, column, found.wrong)
    keeps_default = _keeps_default(change)
    if change.replayed.default is not None and not keeps_default:
        yield _put_default_aside(work, change, rank)
    back = conversion(column.name, new, old, work.names)
    undo = (
        (sql.set_type(work.house, table, column.name, old, back.using),) if back is not None else ()
    )
    yield Step(
        Stage.SET_TYPE,
        "AlterTable",
        sql.set_type(work.house, table, column.name, new, found.using),
        subject,
        undo,
        loss="" if back is not None and back.wrong is None else f"the old values of {column.name}",
        notes=(found.note,) if found.note else (),
        rank=rank,
    )
    default = None if keeps_default else sql.default_of(work.house, column)
    if default is not None and not sql.is_serial(column) and not _has_own_step(work, change):
        made = sql.set_default(work.house, table, column.name, default)
        yield Step(Stage.SET_DEFAULT, "AlterTable", made, subject)
    if keeps_default:
        yield from _widened(work, change)


def _now(work: Work, kind: SqlType) -> SqlType:
    """A replayed type under the name that it has once the renames have run."""
    if kind.schema is None:
        return kind
    name = places_of(work).enums.get(QualifiedName(kind.schema, kind.name))
    return kind if name is None else SqlType(name.name, kind.arguments, kind.is_array, name.schema)


def _keeps_default(change: c.ColumnTypeChanged) -> bool:
    """Whether a sequence goes on numbering the rows."""
    old = change.replayed
    return (
        sql.is_serial(change.declared)
        and (old.default or "").startswith("nextval(")
        and old.type.name in _SIZES
    )


def _has_own_step(work: Work, change: c.ColumnTypeChanged) -> bool:
    return any(
        isinstance(other, c.ColumnDefaultChanged)
        and other.table.name == change.table.name
        and other.declared.name == change.declared.name
        for other in work.changes
    )


def _only_if_empty(work: Work, table: QualifiedName, column: Column, old: SqlType) -> Step:
    pattern = 'SELECT 1 FROM "$table" WHERE "$column" IS NOT NULL'
    query = work.make(pattern, table=table, column=column.name)
    told = (
        f"TODO: say what the values of {table.name}.{column.name} ({old.name}) become as "
        f"{column.type.name}: PostgreSQL has no cast"
    )
    return Step(
        Stage.CHECK_TYPE,
        "Check",
        stop_if_any(query, told),
        f"{table}.{column.name}",
        notes=(f"{told}. It stops where a row has a value.",),
        todo=told,
    )


def _check(work: Work, table: QualifiedName, column: Column, wrong: Node) -> Step:
    told = (
        f"rows of {table.name} would not keep their value in {column.name}: mend them, or take "
        "this check out if that is meant"
    )
    return Step(
        Stage.CHECK_TYPE,
        "Check",
        stop_with_count(rows_where(work.names, table, wrong), told),
        f"{table}.{column.name}",
        notes=(f"Stops where a value of {column.name} would be changed by its new type.",),
        todo=told,
    )


def _put_default_aside(work: Work, change: c.ColumnTypeChanged, rank: int) -> Step:
    table, name = change.table.name, change.declared.name
    before = expression(change.replayed.default or "NULL")
    return Step(
        Stage.DROP_DEFAULT,
        "AlterTable",
        sql.set_default(work.house, table, name, None),
        f"{table}.{name}",
        (sql.set_default(work.house, table, name, before),),
        rank=rank,
    )


def _widened(work: Work, change: c.ColumnTypeChanged) -> Iterator[Step]:
    """The sequence counts as far as the column does."""
    table, name = change.replayed_table.name, change.replayed.name
    for sequence in work.replayed.sequences.values():
        if sequence.owned_by == (table, name) and sequence.type != change.declared.type.name:
            pattern = 'ALTER SEQUENCE "$name" AS "$type"'
            kind, old = change.declared.type, SqlType(sequence.type)
            yield Step(
                Stage.SET_TYPE,
                "AlterSequence",
                work.make(pattern, name=sequence.name, type=kind),
                f"{change.table.name}.{change.declared.name}",
                (work.make(pattern, name=sequence.name, type=old),),
                rank=70,
            )
