"""Tables that a migration drops, empties or writes anew.

What it means
    A migration under review drops a table that exists, truncates it, or deletes all its rows; or it
    gives a column that was there before a new value in every row; or it drops the whole database,
    or all that a role owns.

Why it matters
    The rows are gone when the migration has run, in every environment. TRUNCATE ... CASCADE also
    empties every table that refers to this one.

Example
    DROP TABLE "LegacyOrder";

Fix
    Deploy the code that no longer uses the table first, keep a copy of what somebody may still ask
    for, and drop it in a later migration.

When to ignore it
    Where the table never held anything that matters.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Finding, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.statements import StatementEffect
from workers.engine.sql.effects import (
    DatabaseDropped,
    OwnedDropped,
    RowsWritten,
    TableDropped,
    TableTruncated,
)

table_dropped = Rule(
    "table-dropped", family="data-loss", severity=Severity.WARNING, since="0.1", folds_from=4
)
rows_deleted = Rule("rows-deleted", family="data-loss", severity=Severity.WARNING, since="0.1")
rows_overwritten = Rule(
    "rows-overwritten", family="data-loss", severity=Severity.NOTICE, since="0.1"
)


@table_dropped.on(StatementEffect)
def check_dropped(happening: StatementEffect, context: Context) -> Iterator[Finding]:
    """DROP TABLE of a table that is older than the pull request."""
    effect = happening.effect
    if not isinstance(effect, TableDropped):
        return
    table = effect.table.name
    policies = [policy for policy in _policies(context) if policy[0] == str(table)]
    lost = f", and its {len(policies)} row-level security policies go with it" if policies else ""
    yield happening.told(
        table_dropped,
        message=(
            f"The migration `{happening.migration.name}` drops the table `{table.name}` with all"
            f" its rows{lost}."
        ),
        remedy="Make sure that no running code uses it and that nobody needs the rows.",
    )


@table_dropped.on(StatementEffect)
def check_unnamed(happening: StatementEffect, context: Context) -> Iterator[Finding]:
    """DROP DATABASE and DROP OWNED BY, which name no table."""
    effect = happening.effect
    if isinstance(effect, DatabaseDropped):
        severity = Severity.ERROR
        what = f"the database `{effect.name}` with everything in it"
        remedy = "Take the statement out: no migration needs it."
    elif isinstance(effect, OwnedDropped):
        severity = Severity.WARNING
        what = (
            f"whatever the role `{effect.name}` owns in the database it runs on, tables with all"
            " their rows"
        )
        remedy = (
            f"Look there for what `{effect.name}` owns; hand it on first (`REASSIGN OWNED BY`), or"
            " drop by name what is meant."
        )
    else:
        return
    yield table_dropped.finding(
        subject=effect.name,
        detail=happening.migration.name,
        origin=effect.origin,
        severity=severity,
        message=f"The migration `{happening.migration.name}` drops {what}.",
        remedy=remedy,
    )


def _policies(context: Context) -> list[tuple[str, str]]:
    before = context.base.replayed if context.base is not None else context.replayed
    return [(str(policy.table), policy.name) for policy in before.policies.values()]


@rows_deleted.on(StatementEffect)
def check_emptied(happening: StatementEffect, context: Context) -> Iterator[Finding]:
    """TRUNCATE, and DELETE without WHERE."""
    effect = happening.effect
    if isinstance(effect, TableTruncated):
        what = "truncates"
        more = ", and every table that refers to it" if effect.cascades else ""
    elif isinstance(effect, RowsWritten) and effect.verb == "DELETE" and not effect.is_partial:
        what, more = "deletes every row of", ""
    else:
        return
    table = effect.table.name
    yield happening.told(
        rows_deleted,
        message=f"The migration `{happening.migration.name}` {what} `{table.name}`{more}.",
        remedy="Bound it with a WHERE clause, or do it by hand where it is meant.",
    )


@rows_overwritten.on(StatementEffect)
def check_overwritten(happening: StatementEffect, context: Context) -> Iterator[Finding]:
    """UPDATE without WHERE of columns that are older than the pull request."""
    effect = happening.effect
    if not isinstance(effect, RowsWritten) or effect.verb != "UPDATE" or effect.is_partial:
        return
    old = [
        column
        for column in effect.columns
        if effect.table.column(column) is not None and not happening.is_added_here(column)
    ]
    if not old:
        return
    table = effect.table.name
    listed = ", ".join(f"`{column}`" for column in old)
    yield rows_overwritten.finding(
        subject=str(table),
        detail=f"{happening.migration.name}:{','.join(old)}",
        origin=effect.origin,
        message=(
            f"The UPDATE gives {listed} of every row of `{table.name}` a new value: the old ones"
            " are gone, and every row stays locked until all are written."
        ),
        remedy="Bound it with a WHERE clause, and work in batches on a large table.",
    )
