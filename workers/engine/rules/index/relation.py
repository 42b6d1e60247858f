"""Relations without an index, where the database has no foreign keys.

What it means
    The schema says `relationMode = "prisma"`, so that there is no foreign key, and Prisma keeps
    the relations itself. No `@@index` of the model begins with the columns of this relation.

Why it matters
    For each delete or update of a referenced row Prisma asks for the rows that refer to it, by
    these columns; without an index that reads the whole table, each time.

Example
    model Post {
      authorId String
      author   User @relation(fields: [authorId], references: [id])
    }
    with `relationMode = "prisma"` and without `@@index([authorId])`.

Fix
    Add `@@index([authorId])` to the model, with the migration that creates it.

When to ignore it
    On small tables.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Finding, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.index.subjects import UnservedRelations
from workers.engine.rules.together import Item, told_together

relation_without_index = Rule(
    "relation-without-index", family="index", severity=Severity.NOTICE, since="0.1"
)


@relation_without_index.on(UnservedRelations)
def check(unserved: UnservedRelations, context: Context) -> Iterator[Finding]:
    """One finding for the relations that were there, one for the new ones."""
    items, lines = [], []
    for table, key in unserved.keys:
        fields = [context.field_of(table.name, column) for column in key.columns]
        names = [field.name if field is not None else "" for field in fields]
        model = context.model_of(table.name)
        label = f"{model.name if model else table.name.name}.{'+'.join(names)}"
        origin = fields[0].origin if fields[0] is not None else context.place(table.history)
        subject = f"{table.name}.{'+'.join(key.columns)}"
        items.append(Item(f"`{label}`", subject, origin, (table.name, key.columns) in unserved.new))
        lines.append(f"`@@index([{', '.join(names)}])`")
    yield from told_together(
        relation_without_index,
        items,
        lambda names, count: (
            f"No index serves {names}, by which Prisma keeps the"
            f' relation{"s" * (count > 1)} itself (`relationMode = "prisma"`).'
        ),
        f"Add {', '.join(dict.fromkeys(lines))} to the model, with its migration.",
    )
