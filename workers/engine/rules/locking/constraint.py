"""Constraints that scan the table while it is locked.

What it means
    A constraint that is added without NOT VALID is checked against every row at once, under a lock
    that stops writes (foreign keys, on both tables) or everything (checks, exclusions). SET NOT
    NULL scans under a lock that stops everything, unless a valid check already proves it. A
    VALIDATE in the transaction that added the constraint keeps that lock, and gains nothing.

Why it matters
    The scan of a large table takes minutes, in which the application stands.

Example
    ALTER TABLE "Order" ADD CONSTRAINT "Order_total_check" CHECK (total >= 0);

Fix
    ADD CONSTRAINT ... NOT VALID in one migration, VALIDATE CONSTRAINT in the next: the second scans
    without stopping reads or writes. For NOT NULL: a NOT VALID check, VALIDATE, SET NOT NULL, drop
    the check.

When to ignore it
    On small tables.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Finding, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.filling import is_filled, was_filled
from workers.engine.rules.statements import StatementEffect, is_one_transaction
from workers.engine.sql.effects import (
    ColumnAdded,
    ConstraintAdded,
    ConstraintValidated,
    NotNullSet,
    PartitionAttached,
    RowsWritten,
)

constraint_scans_table = Rule(
    "constraint-scans-table", family="locking", severity=Severity.NOTICE, since="0.1", folds_from=2
)
validated_in_same_transaction = Rule(
    "validated-in-same-transaction", family="locking", severity=Severity.WARNING, since="0.1"
)

_STOPS = {
    "foreign key": "writes to both tables wait",
    "check": "nobody reads or writes",
    "exclusion": "nobody reads or writes",
    "not null": "nobody reads or writes",
}


@constraint_scans_table.on(StatementEffect)
def check_added(happening: StatementEffect, context: Context) -> Iterator[Finding]:
    """A check, foreign key or exclusion constraint added valid."""
    effect = happening.effect
    if not isinstance(effect, ConstraintAdded) or not effect.is_valid or effect.uses_index:
        return
    stops = _STOPS.get(effect.kind)
    if stops is None or _is_empty(effect, happening):
        return
    table = effect.table.name
    name = effect.name or f"the {effect.kind}"
    words = f"`{name}`" if effect.name else name
    remedy = (
        "Build what it needs first; an exclusion constraint cannot be added NOT VALID."
        if effect.kind == "exclusion"
        else "On a large table: add it NOT VALID, and VALIDATE it in the next migration."
    )
    yield happening.told(
        constraint_scans_table,
        part=name,
        message=(f"Adding {words} checks every row of `{table.name}` at once; meanwhile {stops}."),
        remedy=remedy,
    )


def _is_empty(effect: ConstraintAdded, happening: StatementEffect) -> bool:
    """A key on columns that are new and empty costs a scan, and nothing can break it.

    A foreign key of several columns holds as soon as one of them is NULL.
    """
    new = [
        happening.is_added_here(column)
        and not happening.is_backfilled(column)
        and not happening.is_added_filled(column)
        for column in effect.columns
    ]
    return any(new) if effect.kind == "foreign key" else bool(new) and all(new)


@constraint_scans_table.on(StatementEffect)
def check_inline(happening: StatementEffect, context: Context) -> Iterator[Finding]:
    """ADD COLUMN with a constraint of its own that old rows are checked against."""
    effect = happening.effect
    if not isinstance(effect, ColumnAdded) or effect.default in ("none",):
        return
    kinds = [kind for kind in effect.constraints if kind in ("check", "foreign key")]
    if not kinds:
        return
    table = effect.table.name
    yield happening.told(
        constraint_scans_table,
        part=effect.column,
        message=(
            f"The {kinds[0]} on the new column `{table.name}`.`{effect.column}` is checked against"
            f" every row at once; meanwhile {_STOPS[kinds[0]]}."
        ),
        remedy="Add the column first, then the constraint NOT VALID, then VALIDATE it.",
    )


@constraint_scans_table.on(StatementEffect)
def check_not_null(happening: StatementEffect, context: Context) -> Iterator[Finding]:
    """SET NOT NULL on a filled column; an unfilled one is told by the rule on lost data."""
    effect = happening.effect
    if not isinstance(effect, NotNullSet) or effect.is_proven:
        return
    table, column = effect.table.name, effect.column.name
    if not is_filled(happening, column):
        if not was_filled(happening, table, column, context):
            return
    elif _is_told_as_backfill(happening, context):
        return
    yield happening.told(
        constraint_scans_table,
        part=column,
        message=(
            f"SET NOT NULL on `{table.name}`.`{column}` scans every row; meanwhile nobody reads or"
            " writes."
        ),
        remedy=(
            "On a large table: CHECK (... IS NOT NULL) NOT VALID, VALIDATE it in the next"
            " migration, then SET NOT NULL."
        ),
    )


def _is_told_as_backfill(happening: StatementEffect, context: Context) -> bool:
    """Whether the rows are written under the lock anyway, which is told for itself."""
    table = happening.effect.table.name if isinstance(happening.effect, NotNullSet) else None
    seen = False
    for other in happening.earlier:
        if isinstance(other, ColumnAdded) and other.table.name == table:
            seen = True
        elif isinstance(other, RowsWritten) and other.table.name == table and seen:
            return is_one_transaction(context)
    return False


@constraint_scans_table.on(StatementEffect)
def check_attached(happening: StatementEffect, context: Context) -> Iterator[Finding]:
    """ATTACH PARTITION of a table whose rows must be compared with the bounds."""
    effect = happening.effect
    if not isinstance(effect, PartitionAttached) or effect.is_proven:
        return
    table = effect.table.name
    yield happening.told(
        constraint_scans_table,
        part=effect.parent.name,
        message=(
            f"Attaching `{table.name}` to `{effect.parent.name}` checks every row of it against"
            " the bounds; meanwhile nobody reads or writes it."
        ),
        remedy=(
            "On a large table: a CHECK of the same bounds first, NOT VALID and then validated, so"
            " that nothing is left to look at."
        ),
    )


@validated_in_same_transaction.on(StatementEffect)
def check_validated(happening: StatementEffect, context: Context) -> Iterator[Finding]:
    """NOT VALID and VALIDATE in one file."""
    effect = happening.effect
    if not isinstance(effect, ConstraintValidated) or not is_one_transaction(context):
        return
    added = any(
        isinstance(other, ConstraintAdded)
        and other.name == effect.name
        and other.table.name == effect.table.name
        for other in happening.earlier
    )
    if not added:
        return
    table = effect.table.name
    yield happening.told(
        validated_in_same_transaction,
        part=effect.name,
        message=(
            f"`{effect.name}` is validated in the migration that adds it, which scans"
            f" `{table.name}` under the lock that NOT VALID was to avoid."
        ),
        remedy="Move VALIDATE CONSTRAINT into the next migration.",
    )
