"""Keys that the rows already there may break, or that leave the table without one.

What it means
    A migration makes columns of an existing table unique, or drops or changes its primary key.

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
from typing import TypeGuard

from workers.engine.findings import Finding, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.filling import can_collide
from workers.engine.rules.statements import StatementEffect
from workers.engine.sql.effects import (
    ColumnAdded,
    ConstraintAdded,
    ConstraintDropped,
    IndexCreated,
)

unique_over_existing_rows = Rule(
    "unique-over-existing-rows", family="data-loss", severity=Severity.WARNING, since="0.1"
)
primary_key_changed = Rule(
    "primary-key-changed", family="data-loss", severity=Severity.WARNING, since="0.1"
)
primary_key_dropped = Rule(
    "primary-key-dropped", family="data-loss", severity=Severity.WARNING, since="0.1"
)


@unique_over_existing_rows.on(StatementEffect)
def check_unique(happening: StatementEffect, context: Context) -> Iterator[Finding]:
    """A unique index or constraint over columns that old rows have values in.

    One that is built CONCURRENTLY stops nobody, and is left to who wrote it that way.
    """
    effect = happening.effect
    if isinstance(effect, IndexCreated) and effect.is_unique and not effect.is_concurrent:
        name, columns, is_told = effect.name, effect.columns, not effect.has_expression
    elif (
        isinstance(effect, ConstraintAdded)
        and effect.kind in ("unique", "primary key")
        and not effect.uses_index
        and not _replaces_key(happening)
    ):
        name, columns, is_told = effect.name or f"the {effect.kind}", effect.columns, True
    else:
        return
    if is_told and not can_collide(happening, effect.table, columns):
        return
    words = f"The {effect.kind}" if _is_nameless(effect) else f"`{name}`"
    table = effect.table.name
    listed = ", ".join(f"`{column}`" for column in columns)
    what = f"{listed} of `{table.name}`" if is_told else f"what it computes of `{table.name}`"
    yield happening.told(
        unique_over_existing_rows,
        part=name,
        message=(
            f"{words} makes {what} unique: the migration fails if two rows share a value, and"
            " writes wait while the index is built."
        ),
        remedy="Look for duplicates first, and mend them before the index is made.",
    )


def _is_nameless(effect: IndexCreated | ConstraintAdded) -> TypeGuard[ConstraintAdded]:
    return isinstance(effect, ConstraintAdded) and not effect.name


@unique_over_existing_rows.on(StatementEffect)
def check_inline(happening: StatementEffect, context: Context) -> Iterator[Finding]:
    """ADD COLUMN ... UNIQUE with a default that all rows share."""
    effect = happening.effect
    if not isinstance(effect, ColumnAdded) or effect.default not in ("constant", "stable"):
        return
    if not {"unique", "primary key"} & set(effect.constraints):
        return
    table = effect.table.name
    yield happening.told(
        unique_over_existing_rows,
        part=effect.column,
        message=(
            f"The new column `{table.name}`.`{effect.column}` is unique, and its default gives"
            " every row the same value: the migration fails on the second row."
        ),
        remedy="Add it without a default, fill it, then make it unique.",
    )


@primary_key_changed.on(StatementEffect)
def check_changed(happening: StatementEffect, context: Context) -> Iterator[Finding]:
    """The primary key dropped, and another made by the same migration."""
    effect = happening.effect
    if not isinstance(effect, ConstraintDropped) or effect.kind != "primary key":
        return
    table, before = effect.table.name, effect.table.primary_key
    after = context.replayed.tables.get(table)
    if after is None or after.primary_key is None or before is None:
        return
    if after.primary_key.columns == before.columns:
        return
    old, new = (", ".join(key.columns) for key in (before, after.primary_key))
    yield happening.told(
        primary_key_changed,
        part=effect.name,
        message=(
            f"The primary key of `{table.name}` changes from `({old})` to `({new})`: nobody reads"
            " or writes the table while the new index is built, and it fails if two rows share a"
            " value."
        ),
        remedy=(
            "Build a unique index CONCURRENTLY first, then make it the key: ADD PRIMARY KEY USING"
            " INDEX."
        ),
    )


def _replaces_key(happening: StatementEffect) -> bool:
    """Whether the key is made in the place of one that the same migration drops."""
    effect = happening.effect
    return any(
        isinstance(other, ConstraintDropped)
        and other.kind == "primary key"
        and isinstance(effect, ConstraintAdded)
        and other.table.name == effect.table.name
        for other in happening.earlier
    )


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
    yield happening.told(
        primary_key_dropped,
        part=effect.name,
        message=f"The migration leaves `{table.name}` without a primary key.",
        remedy="Add the new primary key in the same migration.",
    )
