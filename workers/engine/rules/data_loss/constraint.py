"""Constraints that are dropped for good.

What it means
    A migration drops a foreign key, a check, a unique or an exclusion constraint of a table that
    stays, and after the migrations under review nothing guards the same columns.

Why it matters
    What the constraint kept out comes in from now on, unseen: orders of customers that are gone,
    negative amounts, the same address twice. To put it back, every wrong row must be mended first.

Example
    ALTER TABLE "Order" DROP CONSTRAINT "Order_customerId_fkey";

Fix
    Where the rule shall hold on, keep the constraint; where it was wrong, add the right one in the
    same migration (NOT VALID, and VALIDATE in the next).

When to ignore it
    Where the rule is given up on purpose.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Finding, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.statements import StatementEffect
from workers.engine.schema.model import Table
from workers.engine.sql.effects import ConstraintDropped

constraint_dropped = Rule(
    "constraint-dropped", family="data-loss", severity=Severity.NOTICE, since="0.1"
)

_HARM = {
    "foreign key": "rows may now refer to what is not there",
    "check": "values that it kept out come in from now on",
    "unique": "the same values may now stand in several rows",
    "exclusion": "rows that exclude each other may now stand side by side",
}


@constraint_dropped.on(StatementEffect)
def check(happening: StatementEffect, context: Context) -> Iterator[Finding]:
    """DROP CONSTRAINT, where nothing of the kind is there afterwards."""
    effect = happening.effect
    if not isinstance(effect, ConstraintDropped) or effect.kind not in _HARM:
        return
    after = _afterwards(effect.table, context)
    if after is None or _is_still_guarded(effect, after):
        return
    table = effect.table.name
    yield happening.told(
        constraint_dropped,
        part=effect.name,
        message=(
            f"The {effect.kind} constraint `{effect.name}` of `{table.name}` is dropped, and"
            f" nothing takes its place: {_HARM[effect.kind]}."
        ),
        remedy="Add the constraint that shall hold instead, or say that none shall.",
    )


def _afterwards(table: Table, context: Context) -> Table | None:
    """The table in the end, by its name or by the statement that made it."""
    now = context.replayed.tables.get(table.name)
    if now is not None or not table.history:
        return now
    made = table.history[0]
    return next(
        (one for one in context.replayed.tables.values() if one.history[:1] == (made,)), None
    )


def _is_still_guarded(effect: ConstraintDropped, after: Table) -> bool:
    before, name = effect.table, effect.name
    if effect.kind == "foreign key":
        columns = next(key.columns for key in before.foreign_keys if key.name == name)
        kept = any(set(key.columns) & set(columns) for key in after.foreign_keys)
    elif effect.kind == "unique":
        columns = next(key.columns for key in before.uniques if key.name == name)
        keys = [index.columns or () for index in after.indexes if index.is_unique]
        kept = any(key and set(key) <= set(columns) for key in keys)
    else:
        dropped = next(one for one in (*before.checks, *before.excludes) if one.name == name)
        columns = dropped.columns
        kept = any(
            set(one.columns) & set(columns) or one.name == name
            for one in (*after.checks, *after.excludes)
        ) or _is_not_null(dropped.definition, columns, after)
    return kept or any(after.column(column) is None for column in columns)


def _is_not_null(definition: str, columns: tuple[str, ...], after: Table) -> bool:
    """The check that proved a NOT NULL, which holds by itself now."""
    told = [after.column(column) for column in columns]
    is_proof = "IS NOT NULL" in definition and " OR " not in definition
    return is_proof and all(column is not None and column.not_null for column in told)
