"""Keys that the rows already there may break, or that leave the table without one.

What it means
    A migration makes columns of an existing table unique, or drops its primary key.

Why it matters
    A unique index cannot be built while two rows share a value: PostgreSQL refuses (23505), and the
    deployment stops. A table without a primary key, even for a moment, takes duplicates, and
    logical replication refuses updates on it.

Example
    CREATE UNIQUE INDEX "User_email_key" ON "User"("email");

Fix
    Look for duplicates first (SELECT email, count(*) FROM "User" GROUP BY 1 HAVING count(*) > 1),
    mend them in the same migration, then make the index.

When to ignore it
    Where the values are known to be unique.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Finding, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.statements import StatementEffect
from workers.engine.schema.model import Table
from workers.engine.sql.effects import ConstraintAdded, ConstraintDropped, IndexCreated

unique_over_existing_rows = Rule(
    "unique-over-existing-rows", family="data-loss", severity=Severity.WARNING, since="0.1"
)
primary_key_dropped = Rule(
    "primary-key-dropped", family="data-loss", severity=Severity.WARNING, since="0.1"
)


@unique_over_existing_rows.on(StatementEffect)
def check_unique(happening: StatementEffect, context: Context) -> Iterator[Finding]:
    """A unique index or constraint over columns that old rows have values in."""
    effect = happening.effect
    if isinstance(effect, IndexCreated) and effect.is_unique:
        name, columns = effect.name, effect.columns
    elif (
        isinstance(effect, ConstraintAdded)
        and effect.kind in ("unique", "primary key")
        and not effect.uses_index
    ):
        name, columns = effect.name or f"the {effect.kind}", effect.columns
    else:
        return
    if not columns or _is_sure(effect.table, columns):
        return
    if any(happening.is_added_here(column) for column in columns) and not any(
        happening.is_backfilled(column) for column in columns
    ):
        # Empty in every old row, and NULLs do not collide.
        return
    table = effect.table.name
    listed = ", ".join(f"`{column}`" for column in columns)
    yield unique_over_existing_rows.finding(
        subject=f"{table}.{name}",
        detail=happening.migration.name,
        origin=effect.origin,
        message=(
            f"`{name}` makes {listed} of `{table.name}` unique: the migration fails if two rows"
            " share a value, and writes wait while the index is built."
        ),
        remedy="Look for duplicates first, and mend them before the index is made.",
    )


def _is_sure(table: Table, columns: tuple[str, ...]) -> bool:
    """Whether a key of the table already makes these columns, or some of them, unique."""
    wanted = set(columns)
    keys = [key.columns for key in (table.primary_key, *table.uniques) if key is not None]
    keys += [
        index.columns
        for index in table.indexes
        if index.is_unique and index.where is None and index.columns
    ]
    return any(set(key) <= wanted for key in keys)


@primary_key_dropped.on(StatementEffect)
def check_primary_key(happening: StatementEffect, context: Context) -> Iterator[Finding]:
    """The primary key dropped, and no other made by the same migration."""
    effect = happening.effect
    if not isinstance(effect, ConstraintDropped) or effect.kind != "primary key":
        return
    table = effect.table.name
    after = context.replayed.tables.get(table)
    if after is not None and after.primary_key is not None:
        return
    if after is None:
        return
    yield primary_key_dropped.finding(
        subject=f"{table}.{effect.name}",
        detail=happening.migration.name,
        origin=effect.origin,
        message=f"The migration leaves `{table.name}` without a primary key.",
        remedy="Add the new primary key in the same migration.",
    )
