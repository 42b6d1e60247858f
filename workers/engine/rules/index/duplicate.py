"""Two indexes that are the same.

What it means
    Two indexes of one table have the same keys, method, predicate and uniqueness, and differ in
    their names alone.

Why it matters
    Every insert and update pays for both, and no query is faster for the second.

Example
    CREATE INDEX "User_email_idx" ON "User"("email");
    CREATE INDEX "user_by_email" ON "User"("email");

Fix
    Drop the one that `schema.prisma` does not declare; never the one behind a constraint.

When to ignore it
    While an index is being replaced by another in two deployments.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Finding, Related, Severity
from workers.engine.fixes.single.indexes import drop_index
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.index.subjects import TableIndexes

duplicate_index = Rule("duplicate-index", family="index", severity=Severity.WARNING, since="0.1")


@duplicate_index.on(TableIndexes)
def check(indexes: TableIndexes, context: Context) -> Iterator[Finding]:
    """Each index that repeats another; indexes behind constraints are the ones that stay."""
    table = indexes.table
    for redundant, kept in indexes.duplicates():
        if redundant.is_constraint:
            continue
        yield duplicate_index.finding(
            subject=f"{table.name}.{redundant.name}",
            origin=context.place(redundant.history, table.history),
            message=(
                f"The index `{redundant.name}` on `{table.name.name}` is the same as `{kept.name}`."
            ),
            remedy="Drop one of the two.",
            related=tuple(
                Related(f"`{kept.name}` is made here", place) for place in kept.history[:1]
            ),
            fix=drop_index(
                context.replayed.provider, "Drop the second index", table.name, redundant
            ),
        )
