"""Columns that one side requires and the other does not.

What it means
    The schema says `String` and the migrations leave the column empty-able, or the schema says
    `String?` and the migrations made the column NOT NULL.

Why it matters
    Prisma Client's types follow the schema. A NULL under a required field makes every query that
    reads the row fail (P2032); a required column under an optional field makes an insert without
    it fail (P2011).

Example
    metadata Json?
    over a migration with "metadata" JSONB NOT NULL.

Fix
    `SET NOT NULL` (after the empty rows got a value) or `DROP NOT NULL` in a new migration; or
    change the field's question mark.

When to ignore it
    Never for long: Prisma's next migration will contain the change.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.compare.changes import ColumnNullabilityChanged
from workers.engine.compare.subjects import subject_of
from workers.engine.findings import Finding, Severity
from workers.engine.fixes.single import columns as fixes
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.drift.cause import cause_of_change
from workers.engine.rules.drift.remedy import suited
from workers.engine.rules.wording import column_words, field_words

column_nullability_mismatch = Rule(
    "column-nullability-mismatch", family="drift", severity=Severity.ERROR, since="0.1"
)


@column_nullability_mismatch.on(ColumnNullabilityChanged)
def check(change: ColumnNullabilityChanged, context: Context) -> Iterator[Finding]:
    """A column that is required on one side only."""
    table, column = change.table.name, change.declared
    there = column_words(change.replayed_table.name, change.replayed.name)
    if column.not_null:
        states = ("required", f"let {there} be empty")
        remedy = "Fill the empty rows and require the column in a new migration"
    else:
        states = ("optional", f"make {there} `NOT NULL`")
        remedy = "Drop the NOT NULL in a new migration"
    other = "optional (`?`)" if column.not_null else "required"
    yield column_nullability_mismatch.finding(
        subject=subject_of(change),
        detail="required" if column.not_null else "optional",
        message=(
            f"{field_words(context, table, column.name)} is {states[0]}, but the migrations "
            f"{states[1]}."
        ),
        origin=context.place(column.history, change.table.history),
        remedy=f"{remedy}, or declare the field {other}.",
        related=(
            *context.told(change.replayed.history, there),
            *cause_of_change(context, change),
        ),
        fix=suited(context, change, fixes.require(change)),
    )
