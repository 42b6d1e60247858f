"""Columns: added, filled, required, given another default, dropped last."""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.compare import changes as c
from workers.engine.fixes import definitions as sql
from workers.engine.fixes import objects
from workers.engine.fixes.backfill import Backfill, backfill, newest_of_each
from workers.engine.fixes.checks import empty_rows, stop_if_any
from workers.engine.fixes.steps import Stage, Step, Work
from workers.engine.fixes.tree import expression
from workers.engine.schema.model import Column, QualifiedName, Table
from workers.engine.schema.names import MAX_BYTES, clip

_STILL_READ = "it still reads and writes the column"


def column_steps(work: Work) -> Iterator[Step]:
    """What columns need, their types aside."""
    for change in work.changes:
        match change:
            case c.ColumnMissing():
                yield from _add(work, change)
            case c.ColumnExtra():
                yield _drop(work, change)
            case c.ColumnNullabilityChanged():
                yield from _nullability(work, change)
            case c.ColumnTypeChanged() if _is_single_now(change):
                yield from _nullability(work, change)
            case c.ColumnDefaultChanged():
                yield from _default(work, change)


def _add(work: Work, change: c.ColumnMissing) -> Iterator[Step]:
    table, column = change.table, change.declared
    waits = column.not_null and not _is_filled(column)
    yield Step(
        Stage.ADD_COLUMN,
        "AlterTable",
        sql.add_column(work.house, table.name, column, nullable=waits),
        f"{table.name}.{column.name}",
        (sql.drop_column(work.house, table.name, column.name),),
        loss=f"what {table.name.name}.{column.name} will hold by then",
    )
    if waits:
        yield from _fill_and_require(work, table, change.replayed_table, column)
        return
    newest = newest_of_each(work, table, column)
    if newest is not None:
        yield _filled(table.name, column, newest)


def _is_filled(column: Column) -> bool:
    """Whether the database gives old rows a value by itself."""
    is_made = column.identity is not None or column.generated is not None
    return is_made or column.default is not None or sql.is_serial(column)


def _filled(table: QualifiedName, column: Column, fill: Backfill) -> Step:
    return Step(
        Stage.BACKFILL,
        "Backfill",
        fill.statement,
        f"{table}.{column.name}",
        notes=(f"From evidence: {fill.evidence}. Read it before you run it.",),
        loss=f"which rows had no value in {table.name}.{column.name}",
    )


def _fill_and_require(work: Work, table: Table, there: Table, column: Column) -> Iterator[Step]:
    """A value for every row from evidence, else a stop for people; then NOT NULL."""
    fill = backfill(work, table, there, column)
    if fill is not None:
        yield _filled(table.name, column, fill)
    if fill is None or not fill.is_whole:
        yield _todo(work, table.name, column, fill)
    yield from require_steps(work, table.name, column)


def _todo(work: Work, table: QualifiedName, column: Column, fill: Backfill | None) -> Step:
    where = f"{table.name}.{column.name}"
    told = f"TODO: give every row a value in {where}; nothing in the schema tells which"
    if fill is not None:
        told = f"TODO: some rows still have no value in {where}; give them one"
    return Step(
        Stage.CHECK,
        "Check",
        stop_if_any(empty_rows(work.names, table, column.name), told),
        f"{table}.{column.name}",
        notes=(f"{told}: write the UPDATE here. It stops where a row has none.",),
        todo=told,
    )


def require_steps(work: Work, table: QualifiedName, column: Column) -> Iterator[Step]:
    """SET NOT NULL; on a large table by way of a check that is validated without a lock."""
    breaks = ""
    if work.running.has_table(table) and not work.running.has_column(table, column.name):
        breaks = f"it inserts rows without {column.name}"
    subject = f"{table}.{column.name}"
    required = sql.require(work.house, table, column.name, is_required=True)
    undo = (sql.require(work.house, table, column.name, is_required=False),)
    if table not in work.large:
        yield Step(Stage.REQUIRE, "AlterTable", required, subject, undo, breaks=breaks)
        return
    name = clip(f"{table.name}_{column.name}", MAX_BYTES - 9) + "_not_null"
    pattern = 'ALTER TABLE "$table" ADD CONSTRAINT "$name" CHECK ("$column" IS NOT NULL) NOT VALID'
    added = work.make(pattern, table=table, name=name, column=column.name)
    dropped = sql.drop_constraint(work.house, table, name)
    yield Step(Stage.REQUIRE, "AlterTable", added, subject, (dropped,), breaks=breaks)
    validated = work.make(
        'ALTER TABLE "$table" VALIDATE CONSTRAINT "$name"', table=table, name=name
    )
    yield Step(Stage.VALIDATE, "AlterTable", validated, subject, breaks=breaks)
    for rank, made in enumerate((required, dropped), 1):
        back = undo if rank == 1 else (added,)
        yield Step(Stage.VALIDATE, "AlterTable", made, subject, back, breaks=breaks, rank=rank)


def _drop(work: Work, change: c.ColumnExtra) -> Step:
    table, column = change.table.name, change.replayed
    breaks = _STILL_READ if work.running.has_column(change.replayed_table.name, column.name) else ""
    return Step(
        Stage.DROP_COLUMN,
        "AlterTable",
        sql.drop_column(work.house, table, column.name),
        f"{table}.{column.name}",
        (sql.add_column(work.house, table, column, nullable=True),),
        loss=f"the values of {table.name}.{column.name}",
        breaks=breaks,
    )


def _is_single_now(change: c.ColumnTypeChanged) -> bool:
    """Whether a list becomes a single value, of which alone Prisma sees that it is required."""
    was, now = change.replayed, change.declared
    return was.type.is_array and not now.type.is_array and was.not_null != now.not_null


def _nullability(
    work: Work, change: c.ColumnNullabilityChanged | c.ColumnTypeChanged
) -> Iterator[Step]:
    table, column = change.table, change.declared
    if column.not_null:
        yield from _fill_and_require(work, table, change.replayed_table, column)
        return
    undo = sql.require(work.house, table.name, column.name, is_required=True)
    yield Step(
        Stage.LOOSEN,
        "AlterTable",
        sql.require(work.house, table.name, column.name, is_required=False),
        f"{table.name}.{column.name}",
        (undo,),
        loss=f"NOT NULL comes back only while every row has a value in {column.name}",
    )


def _default(work: Work, change: c.ColumnDefaultChanged) -> Iterator[Step]:
    table, column, old = change.table.name, change.declared, change.replayed
    subject = f"{table}.{column.name}"
    if old.generated is not None or (old.identity and column.default_kind != "sequence"):
        what = "EXPRESSION" if old.generated is not None else "IDENTITY"
        made = sql.drop_making(work.house, table, column.name, what)
        loss = f"that {column.name} is made by the database"
        yield Step(Stage.DROP_DEFAULT, "AlterTable", made, subject, loss=loss)
        if column.default is None:
            return
    if sql.is_serial(column) and old.default is None:
        yield from _sequence(work, table, column)
        return
    before = expression(old.default) if old.default is not None and not old.generated else None
    after = None if sql.is_serial(column) else sql.default_of(work.house, column)
    if after is None and _is_put_aside(work, change):
        return
    if after is None and sql.is_serial(column):
        yield from _sequence(work, table, column)
        return
    yield Step(
        Stage.SET_DEFAULT,
        "AlterTable",
        sql.set_default(work.house, table, column.name, after),
        subject,
        (sql.set_default(work.house, table, column.name, before),),
    )


def _is_put_aside(work: Work, change: c.ColumnDefaultChanged) -> bool:
    """Whether the change of the column's type takes the old default off already."""
    return change.replayed.default is not None and any(
        isinstance(other, c.ColumnTypeChanged)
        and other.table.name == change.table.name
        and other.declared.name == change.declared.name
        for other in work.changes
    )


def _sequence(work: Work, table: QualifiedName, column: Column) -> Iterator[Step]:
    """What SERIAL would have made."""
    subject = f"{table}.{column.name}"
    made = objects.add_sequence(work.house, table, column)
    undo = objects.drop_sequence(work.house, table, column)
    for rank, each in enumerate(made):
        is_last = rank + 1 == len(made)
        yield Step(
            Stage.SET_DEFAULT, "CreateSequence", each, subject, undo if is_last else (), rank=rank
        )
