"""Statements that write the whole table anew.

What it means
    The statement makes PostgreSQL copy every row of a table that exists, under an ACCESS EXCLUSIVE
    lock: a change of type that is not just more room, a new column whose default differs from row
    to row, a stored generated or identity column, SET LOGGED, CLUSTER, VACUUM FULL.

Why it matters
    Nobody reads or writes the table until the copy is done, and the disk needs room for both.

Example
    ALTER TABLE "Event" ADD COLUMN "key" UUID NOT NULL DEFAULT gen_random_uuid();

Fix
    Add the column without a default, fill it in batches, then set the default. For a type: a second
    column, filled in batches, and a switch.

When to ignore it
    On small tables.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Finding, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.statements import StatementEffect
from workers.engine.schema.model import SqlType
from workers.engine.schema.types import format_type
from workers.engine.sql.casting import cast_risk, rewrites_table
from workers.engine.sql.effects import (
    ColumnAdded,
    ColumnRetyped,
    TableLocked,
    TableRewritten,
    TriggerCreated,
    ViewRefreshed,
)

table_rewrite = Rule("table-rewrite", family="locking", severity=Severity.WARNING, since="0.1")
table_locked = Rule("table-locked", family="locking", severity=Severity.NOTICE, since="0.1")


@table_rewrite.on(StatementEffect)
def check_retyped(happening: StatementEffect, context: Context) -> Iterator[Finding]:
    """ALTER COLUMN TYPE that is not just more room."""
    effect = happening.effect
    if not isinstance(effect, ColumnRetyped):
        return
    source, target = effect.column.type, effect.type
    if source == target or not rewrites_table(source, target) or _is_swap(source, target):
        return
    if cast_risk(source, target) is not None and not happening.is_added_here(effect.column.name):
        return  # told for the values that it loses
    table, column = effect.table.name, effect.column.name
    yield happening.told(
        table_rewrite,
        part=column,
        message=(
            f"Changing `{table.name}`.`{column}` from `{format_type(source)}` to"
            f" `{format_type(target)}` writes the whole table anew; meanwhile nobody reads or"
            " writes it."
        ),
        remedy="On a large table: a second column, filled in batches, then a switch.",
    )


def _is_swap(source: SqlType, target: SqlType) -> bool:
    """The swap of an enum for its successor: it rewrites too, and there is no other way."""
    return source.schema is not None and target.schema is not None


@table_rewrite.on(StatementEffect)
def check_added(happening: StatementEffect, context: Context) -> Iterator[Finding]:
    """A new column that needs a value of its own in each row."""
    effect = happening.effect
    if not isinstance(effect, ColumnAdded):
        return
    if effect.is_generated and not effect.is_virtual:
        why = "a stored generated column is computed for each row"
    elif effect.is_identity or effect.default == "volatile":
        why = "its default differs from row to row"
    else:
        return
    table = effect.table.name
    yield happening.told(
        table_rewrite,
        part=effect.column,
        message=(
            f"Adding `{table.name}`.`{effect.column}` writes the whole table anew, since {why};"
            " meanwhile nobody reads or writes it."
        ),
        remedy="On a large table: add it without a default, fill it in batches, set the default.",
    )


@table_rewrite.on(StatementEffect)
def check_form(happening: StatementEffect, context: Context) -> Iterator[Finding]:
    """SET LOGGED and its like, CLUSTER, VACUUM FULL."""
    effect = happening.effect
    if not isinstance(effect, TableRewritten):
        return
    table = effect.table.name
    yield table_rewrite.finding(
        subject=str(table),
        detail=f"{happening.migration.name}:{effect.what}",
        origin=effect.origin,
        message=(
            f"{effect.what} writes the whole of `{table.name}` anew; meanwhile nobody reads or"
            " writes it."
        ),
        remedy="Do it outside a deployment, when the table can be spared.",
    )


@table_locked.on(StatementEffect)
def check_refreshed(happening: StatementEffect, context: Context) -> Iterator[Finding]:
    """REFRESH MATERIALIZED VIEW without CONCURRENTLY."""
    effect = happening.effect
    if not isinstance(effect, ViewRefreshed):
        return
    yield table_locked.finding(
        subject=str(effect.view),
        detail=f"{happening.migration.name}:REFRESH",
        origin=effect.origin,
        message=(
            f"REFRESH MATERIALIZED VIEW lets nobody read `{effect.view.name}` until its query is"
            " done."
        ),
        remedy="Write REFRESH MATERIALIZED VIEW CONCURRENTLY; it needs a unique index.",
    )


@table_locked.on(StatementEffect)
def check_locked(happening: StatementEffect, context: Context) -> Iterator[Finding]:
    """LOCK TABLE, REINDEX and CREATE TRIGGER."""
    effect = happening.effect
    if isinstance(effect, TableLocked):
        what, remedy = effect.what, effect.remedy
    elif isinstance(effect, TriggerCreated):
        what = f"Creating the trigger `{effect.name}`"
        remedy = "On a busy table: SET lock_timeout first, so that it gives up and not the others."
    else:
        return
    table = effect.table.name
    yield table_locked.finding(
        subject=str(table),
        detail=f"{happening.migration.name}:{what}",
        origin=effect.origin,
        message=f"{what} stops writes to `{table.name}` while it waits and works.",
        remedy=remedy,
    )
