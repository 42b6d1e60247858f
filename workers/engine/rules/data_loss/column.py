"""Columns whose values a migration throws away, or that the rows already there cannot fill.

What it means
    A migration drops a column of a table that exists; or adds a required column with no default;
    or makes a column required without filling the rows in which it is empty.

Why it matters
    What a dropped column held is gone. A required column without a default cannot be added to a
    table that has a row: PostgreSQL refuses (23502), and the deployment stops in the middle. The
    same goes for SET NOT NULL while a single NULL is left.

Example
    ALTER TABLE "User" ADD COLUMN "handle" TEXT NOT NULL;

Fix
    In steps: add the column without NOT NULL, fill it (UPDATE ...), then SET NOT NULL. Before a
    drop: stop using the column, copy what is still needed, drop it in a later deployment.

When to ignore it
    Where the table is known to be empty, or the values are known to be worthless.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Finding, Severity
from workers.engine.fixes.single.columns import add_in_steps
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.filling import is_filled, was_filled
from workers.engine.rules.statements import StatementEffect
from workers.engine.schema.model import SqlType
from workers.engine.sql.effects import ColumnAdded, ColumnDropped, NotNullSet

column_dropped = Rule(
    "column-dropped", family="data-loss", severity=Severity.WARNING, since="0.1", folds_from=4
)
required_column_added = Rule(
    "required-column-added", family="data-loss", severity=Severity.WARNING, since="0.1"
)
column_made_required = Rule(
    "column-made-required", family="data-loss", severity=Severity.WARNING, since="0.1"
)


@column_dropped.on(StatementEffect)
def check_dropped(happening: StatementEffect, context: Context) -> Iterator[Finding]:
    """DROP COLUMN, unless the history copied its values into another column before."""
    effect = happening.effect
    if not isinstance(effect, ColumnDropped) or happening.is_copied(effect.column.name):
        return
    if happening.is_added_here(effect.column.name) or effect.column.generated is not None:
        return
    table, column = effect.table.name, effect.column.name
    yield happening.told(
        column_dropped,
        part=column,
        message=(
            f"The migration `{happening.migration.name}` drops `{table.name}`.`{column}` with all"
            " its values, and no statement before it copies them."
        ),
        remedy=(
            "Deploy the code that no longer uses the column first; copy what is still needed; drop"
            " it in a later migration."
        ),
    )


@required_column_added.on(StatementEffect)
def check_added(happening: StatementEffect, context: Context) -> Iterator[Finding]:
    """ADD COLUMN ... NOT NULL without any default."""
    effect = happening.effect
    if not isinstance(effect, ColumnAdded) or not effect.is_required:
        return
    if effect.default != "none" or effect.is_generated or effect.is_identity:
        return
    table, column = effect.table.name, effect.column
    yield happening.told(
        required_column_added,
        part=column,
        message=(
            f"`{table.name}`.`{column}` is added as required and without a default: PostgreSQL"
            f" refuses that as soon as `{table.name}` has a row."
        ),
        remedy="Add it without NOT NULL, fill the rows that are there, then SET NOT NULL.",
        fix=add_in_steps(effect.table.name, column, effect.type or SqlType("integer")),
    )


@column_made_required.on(StatementEffect)
def check_required(happening: StatementEffect, context: Context) -> Iterator[Finding]:
    """SET NOT NULL on a column that no statement has filled."""
    effect = happening.effect
    if not isinstance(effect, NotNullSet) or effect.is_proven:
        return
    table, column = effect.table.name, effect.column.name
    if is_filled(happening, column) or was_filled(happening, table, column, context):
        return
    yield happening.told(
        column_made_required,
        part=column,
        message=(
            f"`{table.name}`.`{column}` becomes required, and no statement fills the rows in which"
            " it is empty: the migration fails on the first NULL."
        ),
        remedy=f"Fill the empty ones first: UPDATE ... SET ... WHERE {column} IS NULL.",
    )
