"""Foreign keys that no index serves.

What it means
    PostgreSQL makes no index on the referencing columns of a foreign key, and neither does Prisma.
    No index of this table begins with these columns.

Why it matters
    Each delete or key change of a referenced row scans the whole referencing table to find what
    refers to it, holding its locks meanwhile; so does each query through the relation.

Example
    model Post {
      authorId String
      author   User @relation(fields: [authorId], references: [id], onDelete: Cascade)
    }
    without `@@index([authorId])`.

Fix
    Add `@@index([authorId])` to the model, with the migration that creates it.

When to ignore it
    On small tables, and where referenced rows are never deleted and the relation is never queried
    from that side.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Finding, Fix, Related, Severity
from workers.engine.fixes.quoting import quoted, quoted_name
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.index.subjects import TableIndexes
from workers.engine.schema.model import ForeignKey, Table

foreign_key_without_index = Rule(
    "foreign-key-without-index", family="index", severity=Severity.NOTICE, since="0.1"
)


@foreign_key_without_index.on(TableIndexes)
def check(indexes: TableIndexes, context: Context) -> Iterator[Finding]:
    """One finding a table for the keys that were there before, one for those that are new."""
    table = indexes.table
    keys = indexes.unserved_keys()
    before = _keys_before(table, context)
    for group, detail in (
        ([key for key in keys if key.columns in before], ""),
        ([key for key in keys if key.columns not in before], "new"),
    ):
        if group:
            yield _finding(table, group, detail if context.base is not None else "", context)


def _keys_before(table: Table, context: Context) -> frozenset[tuple[str, ...]]:
    base = context.base.replayed.tables.get(table.name) if context.base is not None else None
    return frozenset(key.columns for key in base.foreign_keys) if base is not None else frozenset()


def _finding(table: Table, keys: list[ForeignKey], detail: str, context: Context) -> Finding:
    first = keys[0]
    field = context.field_of(table.name, first.columns[0])
    lines = ", ".join(f"`{_attribute(key, table, context)}`" for key in keys)
    listed = ", ".join("`" + ", ".join(key.columns) + "`" for key in keys)
    noun = "foreign key on" if len(keys) == 1 else f"{len(keys)} foreign keys on"
    return foreign_key_without_index.finding(
        subject=f"{table.name}.{first.columns[0]}" if len(keys) == 1 else str(table.name),
        detail=detail and ",".join("+".join(key.columns) for key in keys),
        origin=field.origin if field is not None else context.place(first.history, table.history),
        message=(
            f"No index serves the {noun} {listed} of `{table.name.name}`: deleting a referenced row"
            " scans the whole table."
        ),
        remedy=f"Add {lines} to the model, with its migration.",
        related=tuple(
            Related(f"The foreign key `{key.name}` is made here", key.history[0])
            for key in keys
            if key.history
        ),
        fix=Fix("Index the foreign key", safe=False, sql="\n\n".join(_sql(table, keys))),
    )


def _attribute(key: ForeignKey, table: Table, context: Context) -> str:
    fields = [context.field_of(table.name, column) for column in key.columns]
    names = [
        field.name if field is not None else column
        for field, column in zip(fields, key.columns, strict=True)
    ]
    return f"@@index([{', '.join(names)}])"


def _sql(table: Table, keys: list[ForeignKey]) -> Iterator[str]:
    for key in keys:
        columns = ", ".join(quoted(column) for column in key.columns)
        name = quoted(f"{table.name.name}_{'_'.join(key.columns)}_idx")
        yield f"CREATE INDEX {name} ON {quoted_name(table.name)} ({columns});"
