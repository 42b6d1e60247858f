"""Changes of type that lose values, or fail on some of them.

What it means
    A column gets a type that cannot hold every value of the old one: some values make the statement
    fail, or come out changed without a word.

Why it matters
    A failure stops the deployment at the first value that does not fit. A silent loss (a bigint
    rounded to double precision, a timestamp cut to a date) is found long after the old values are
    gone. Prisma calls 25 such changes safe.

Example
    ALTER TABLE "Event" ALTER COLUMN "at" SET DATA TYPE DATE;

Fix
    Choose a type that holds every value, or add a second column, convert what can be converted,
    look at the rest, and drop the old column later.

When to ignore it
    Where the values are known to fit.
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
from workers.engine.sql.effects import ColumnRetyped

lossy_cast = Rule("lossy-cast", family="data-loss", severity=Severity.WARNING, since="0.1")


@lossy_cast.on(StatementEffect)
def check(happening: StatementEffect, context: Context) -> Iterator[Finding]:
    """ALTER COLUMN TYPE where not every value survives; enums are compared by their values."""
    effect = happening.effect
    if not isinstance(effect, ColumnRetyped) or happening.is_added_here(effect.column.name):
        return
    source, target = effect.column.type, effect.type
    if _is_enum(source, context) and _is_enum(target, context):
        # A swap of enum types; lost values are told once, for the enum.
        return
    risk = cast_risk(source, target)
    if risk is None or (_is_enum(source, context) and target.name in ("text", "character varying")):
        return
    table, column = effect.table.name, effect.column.name
    before, after = format_type(source), format_type(target)
    copies = rewrites_table(source, target)
    rewrite = ", and the whole table is written anew meanwhile" if copies else ""
    harm = "fails on some values" if risk.kind == "fails" else "changes values without a word"
    yield lossy_cast.finding(
        subject=f"{table}.{column}",
        detail=f"{before}>{after}",
        origin=effect.origin,
        message=(
            f"Changing `{table.name}`.`{column}` from `{before}` to `{after}` {harm}:"
            f" {risk.reason}{rewrite}."
        ),
        remedy="Check the values first, or convert into a second column and keep the old one.",
    )


def _is_enum(kind: SqlType, context: Context) -> bool:
    if kind.schema is None:
        return False
    names = {(name.schema, name.name) for name in context.replayed.enums}
    if context.base is not None:
        names |= {(name.schema, name.name) for name in context.base.replayed.enums}
    return (kind.schema, kind.name) in names or kind.name.endswith(("_new", "_old"))
