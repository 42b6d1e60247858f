"""Indexes that serve no query which another does not serve.

What it means
    The index's columns are the first columns of another index, or exactly those of a unique one;
    or no row can ever be in it, because its predicate asks for NULL in a column that has none; or
    it is invalid, left over by a CREATE INDEX CONCURRENTLY that failed.

Why it matters
    Every insert and update pays for it, and no query is faster. PostgreSQL uses the longer index
    for the shorter one's queries.

Example
    CREATE INDEX "Post_authorId_idx" ON "Post"("authorId");
    CREATE INDEX "Post_authorId_createdAt_idx" ON "Post"("authorId", "createdAt");

Fix
    Drop the shorter one, and its `@@index`.

When to ignore it
    Where the longer index is much larger, and the shorter one is read very often.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Finding, Fix, Related, Severity
from workers.engine.fixes.single.indexes import drop_index
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.index.subjects import TableIndexes
from workers.engine.schema.model import Index

redundant_index = Rule(
    "redundant-index", family="index", severity=Severity.NOTICE, since="0.1", folds_from=3
)
index_never_used = Rule("index-never-used", family="index", severity=Severity.NOTICE, since="0.1")


@redundant_index.on(TableIndexes)
def check_redundant(indexes: TableIndexes, context: Context) -> Iterator[Finding]:
    """An index that another one of the table contains."""
    table = indexes.table
    for index, longer in indexes.contained():
        yield redundant_index.finding(
            subject=f"{table.name}.{index.name}",
            origin=context.place(index.history, table.history),
            message=(
                f"The index `{index.name}` on `{table.name.name}` serves no query that"
                f" `{longer.name}` does not serve: its columns are the first of that one's."
            ),
            remedy="Drop it, and its `@@index`.",
            related=tuple(
                Related(f"`{longer.name}` is made here", place) for place in longer.history[:1]
            ),
            fix=_drop("Drop the shorter index", context, indexes, index),
        )


@index_never_used.on(TableIndexes)
def check_never(indexes: TableIndexes, context: Context) -> Iterator[Finding]:
    """An index that is invalid, or that no row can be in."""
    table = indexes.table
    for index in table.indexes:
        column = indexes.never_null(index)
        if index.is_invalid:
            why = "is invalid: the CREATE INDEX CONCURRENTLY that made it has failed"
        elif column is not None:
            why = f"holds no row: it asks for `{column}` IS NULL, and the column is NOT NULL"
        else:
            continue
        yield index_never_used.finding(
            subject=f"{table.name}.{index.name}",
            origin=context.place(index.history, table.history),
            message=f"The index `{index.name}` on `{table.name.name}` {why}.",
            remedy="Drop it.",
            fix=_drop("Drop the index", context, indexes, index),
        )


def _drop(title: str, context: Context, indexes: TableIndexes, index: Index) -> Fix:
    return drop_index(context.replayed.provider, title, indexes.table.name, index)
