"""Rows rewritten in the transaction that changes the table.

What it means
    A migration changes a table's shape and, in the same file, updates all its rows. Up to Prisma
    7.3 a file is one transaction; the lock of the first statement is held until the last is done.

Why it matters
    ALTER TABLE alone takes milliseconds. With an UPDATE of every row behind it the table stays
    locked for as long as that takes, and nobody reads or writes it.

Example
    ALTER TABLE "User" ADD COLUMN "handle" TEXT;
    UPDATE "User" SET "handle" = lower("name");

Fix
    Put the UPDATE into the next migration, or into a script that works in batches.

When to ignore it
    On small tables.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Finding, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.statements import StatementEffect, is_one_transaction
from workers.engine.sql.effects import (
    ColumnAdded,
    ColumnDropped,
    ColumnRenamed,
    ColumnRetyped,
    ConstraintAdded,
    NotNullSet,
    RowsWritten,
    TableRenamed,
)

backfill_under_lock = Rule(
    "backfill-under-lock", family="locking", severity=Severity.NOTICE, since="0.1", folds_from=2
)

_SHAPES = (
    ColumnAdded,
    ColumnDropped,
    ColumnRenamed,
    ColumnRetyped,
    ConstraintAdded,
    NotNullSet,
    TableRenamed,
)


@backfill_under_lock.on(StatementEffect)
def check(happening: StatementEffect, context: Context) -> Iterator[Finding]:
    """UPDATE or DELETE after a change of the same table's shape, in one transaction."""
    effect = happening.effect
    if not isinstance(effect, RowsWritten) or not is_one_transaction(context):
        return
    table = effect.table.name
    shapes = [
        other
        for other in happening.earlier
        if isinstance(other, _SHAPES) and other.table.name == table
    ]
    if not shapes:
        return
    yield happening.told(
        backfill_under_lock,
        message=(
            f"{effect.verb} of `{table.name}` runs while the change of its shape before it keeps"
            " the table locked: nobody reads or writes it until the rows are done."
        ),
        remedy="On a large table: put it into the next migration, or work in batches.",
    )
