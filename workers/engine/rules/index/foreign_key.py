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

from workers.engine.findings import Finding, Related, Severity
from workers.engine.fixes.single.indexes import index_keys
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.index.subjects import UnservedKeys
from workers.engine.schema.model import ForeignKey, Table

foreign_key_without_index = Rule(
    "foreign-key-without-index", family="index", severity=Severity.NOTICE, since="0.1", folds_from=2
)


_NAMED = 6


@foreign_key_without_index.on(UnservedKeys)
def check(unserved: UnservedKeys, context: Context) -> Iterator[Finding]:
    """One finding for each table that a change adds keys to, one for all that were there."""
    table, first = unserved.keys[0]
    field = context.field_of(table.name, first.columns[0])
    places = [f"`{_where(other, key)}`" for other, key in unserved.keys]
    more = f" and {len(places) - _NAMED} more" if len(places) > _NAMED else ""
    noun = "foreign key" if len(places) == 1 else f"{len(places)} foreign keys"
    named = unserved.keys[:_NAMED]
    lines = dict.fromkeys(f"`{_attribute(key, other, context)}`" for other, key in named)
    is_one = len({other.name for other, _ in unserved.keys}) == 1
    yield foreign_key_without_index.finding(
        subject=_where(table, first, with_schema=True) if unserved.is_new else table.name.schema,
        detail=",".join(places) if unserved.is_new else "",
        origin=field.origin if field is not None else context.place(first.history, table.history),
        message=(
            f"No index serves the {noun} on {', '.join(places[:_NAMED])}{more}: deleting a"
            " referenced row scans the whole table."
        ),
        remedy=f"Add {', '.join(lines)} to the {'model' if is_one else 'models'}, with "
        f"{'its' if is_one else 'their'} migration.",
        related=tuple(
            Related(f"The foreign key `{key.name}` is made here", key.history[0])
            for _, key in unserved.keys[:_NAMED]
            if key.history
        ),
        fix=index_keys(context.replayed.provider, "Index the foreign key", unserved.keys),
    )


def _where(table: Table, key: ForeignKey, *, with_schema: bool = False) -> str:
    name = str(table.name) if with_schema else table.name.name
    return f"{name}.{'+'.join(key.columns)}"


def _attribute(key: ForeignKey, table: Table, context: Context) -> str:
    fields = [context.field_of(table.name, column) for column in key.columns]
    names = [
        field.name if field is not None else column
        for field, column in zip(fields, key.columns, strict=True)
    ]
    return f"@@index([{', '.join(names)}])"
