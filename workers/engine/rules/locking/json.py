"""New columns of type json, which PostgreSQL cannot compare.

What it means
    A migration adds a column of type `json` to a table that exists. The type has no equality.

Why it matters
    Every SELECT DISTINCT, UNION and GROUP BY over all columns of the table fails from that moment
    on (42883), in code that nobody has touched.

Example
    ALTER TABLE "Order" ADD COLUMN "extra" JSON;

Fix
    Use `jsonb`: it compares, takes indexes, and is what Prisma's `Json` makes unless it says
    `@db.Json`.

When to ignore it
    Where the exact text must be kept (the order of keys, blanks, keys that repeat).
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Finding, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.statements import StatementEffect
from workers.engine.sql.effects import ColumnAdded

json_without_equality = Rule(
    "json-without-equality", family="locking", severity=Severity.NOTICE, since="0.1", folds_from=2
)


@json_without_equality.on(StatementEffect)
def check(happening: StatementEffect, context: Context) -> Iterator[Finding]:
    """ADD COLUMN ... json on a table that exists."""
    effect = happening.effect
    if not isinstance(effect, ColumnAdded) or effect.type is None or effect.type.name != "json":
        return
    table = effect.table.name
    yield happening.told(
        json_without_equality,
        part=effect.column,
        message=(
            f"`{table.name}`.`{effect.column}` is of type `json`, which knows no equality: SELECT"
            f" DISTINCT over `{table.name}` fails from now on."
        ),
        remedy="Use `jsonb`.",
    )
