"""Many tables locked by one transaction.

What it means
    A migration changes three or more tables that exist in one transaction, each under an ACCESS
    EXCLUSIVE lock, and sets no `lock_timeout`. Every lock is held until the last statement is done.

Why it matters
    While the migration waits for the last table, nobody reads or writes the first; and where the
    application takes the same tables in another order, the two block each other (40P01).

Example
    ALTER TABLE "Order" ADD COLUMN "a" INTEGER;
    ALTER TABLE "Customer" ADD COLUMN "b" INTEGER;
    ALTER TABLE "Coupon" ADD COLUMN "c" INTEGER;

Fix
    SET lock_timeout = '5s' at the start, so that the migration gives up and not the application;
    or a migration for each table.

When to ignore it
    On tables that are hardly used, or while the application stands still.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Finding, Related, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.statements import MigrationEffects, is_one_transaction
from workers.engine.sql.effects import (
    ColumnAdded,
    ColumnDropped,
    ColumnRenamed,
    ColumnRetyped,
    ConstraintAdded,
    ConstraintDropped,
    Effect,
    NotNullSet,
    TableRenamed,
    TableRewritten,
    TimeoutSet,
    TransactionMarked,
)

_Locking = (
    ColumnAdded
    | ColumnDropped
    | ColumnRenamed
    | ColumnRetyped
    | ConstraintAdded
    | ConstraintDropped
    | NotNullSet
    | TableRenamed
    | TableRewritten
)

several_tables_locked = Rule(
    "several-tables-locked", family="locking", severity=Severity.NOTICE, since="0.1"
)

_LEAST = 3
_NAMED = 6


@several_tables_locked.on(MigrationEffects)
def check(done: MigrationEffects, context: Context) -> Iterator[Finding]:
    """One finding for the transaction that locks most tables."""
    if not is_one_transaction(context):
        return
    if any(isinstance(one, TimeoutSet) and one.name == "lock_timeout" for one in done.effects):
        return
    locked = max(_transactions(done), key=len)
    if len(locked) < _LEAST:
        return
    effects = list(locked.values())
    names = [effect.table.name.name for effect in effects]
    listed = ", ".join(f"`{name}`" for name in names[:_NAMED])
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    yield several_tables_locked.finding(
        subject=done.migration.name,
        origin=effects[-1].origin,
        message=(
            f"The migration `{done.migration.name}` locks {len(names)} tables at once"
            f" ({listed}{more}), each until the last statement is done."
        ),
        remedy="SET lock_timeout at its start, or a migration for each table.",
        related=tuple(
            Related(f"`{effect.table.name.name}` is locked from here on", effect.origin)
            for effect in effects[:_NAMED]
        ),
    )


def _transactions(done: MigrationEffects) -> list[dict[str, _Locking]]:
    """The tables that each transaction of the file locks, by name, where it does so first."""
    found: list[dict[str, _Locking]] = [{}]
    for effect in done.effects:
        if isinstance(effect, TransactionMarked):
            found.append({})
        elif isinstance(effect, _Locking) and not _is_foreign_key(effect):
            found[-1].setdefault(str(effect.table.name), effect)
    return found


def _is_foreign_key(effect: Effect) -> bool:
    """A foreign key leaves readers alone."""
    return isinstance(effect, ConstraintAdded) and effect.kind == "foreign key"
