"""Primary keys that differ between the schema and the migrations.

What it means
    The key has other columns, or another order of columns, or one side has none; or the two
    differ in nothing but the name (then it is a warning).

Why it matters
    `findUnique`, `update` and `upsert` by the id rely on the key being unique. A key whose name is
    not Prisma's makes the next migration rename it, and a later DROP CONSTRAINT by name fail.

Example
    @@id([userId, roleId])
    over a migration with CONSTRAINT "UserRole_pkey" PRIMARY KEY ("id").

Fix
    Drop the old key and add the new one in a new migration, after making sure that no two rows
    share a value; for a name, `RENAME CONSTRAINT`, or `@id(map: "...")` in the schema.

When to ignore it
    A name alone can wait for the next migration.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.compare.changes import PrimaryKeyChanged
from workers.engine.compare.pair import is_join_table
from workers.engine.compare.subjects import subject_of
from workers.engine.findings import Finding, Severity
from workers.engine.fixes.single import keys as fixes
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.drift.cause import cause_of_change
from workers.engine.rules.drift.remedy import suited
from workers.engine.rules.wording import list_words, mapping_words, model_words, table_words, ticked
from workers.engine.schema.model import KeyConstraint

primary_key_mismatch = Rule(
    "primary-key-mismatch", family="drift", severity=Severity.ERROR, since="0.1"
)


@primary_key_mismatch.on(PrimaryKeyChanged)
def check(change: PrimaryKeyChanged, context: Context) -> Iterator[Finding]:
    """A primary key that is not the declared one."""
    declared, replayed = change.declared, change.replayed
    model = model_words(context, change.table.name)
    there = table_words(change.replayed_table.name)
    if change.only_name and declared and replayed:
        message = (
            f"The primary key of {model} is named {ticked(declared.name)} by the schema, but "
            f"{ticked(replayed.name)} by the migrations."
        )
        remedy = "Rename the constraint in a new migration."
        if not is_join_table(change.table):
            written = mapping_words("map: ", replayed.name)
            remedy = f"{remedy[:-1]}, or write {written} in the `@id` or `@@id`."
    else:
        message = (
            f"The schema gives {model} {_shown(declared)}, but the migrations give {there} "
            f"{_shown(replayed)}."
        )
        remedy = "Change the key in a new migration, or declare the key that is there."
    history = replayed.history if replayed else change.replayed_table.history[:1]
    yield primary_key_mismatch.finding(
        subject=subject_of(change),
        detail="name" if change.only_name else "",
        severity=Severity.WARNING if change.only_name else Severity.ERROR,
        message=message,
        origin=context.place(declared.history if declared else (), change.table.history),
        remedy=remedy,
        related=(
            *context.told(history, f"the key of {there}" if replayed else there),
            *(cause_of_change(context, change) if not change.only_name else ()),
        ),
        fix=suited(context, change, fixes.rekey(change)),
    )


def _shown(key: KeyConstraint | None) -> str:
    return "no primary key" if key is None else f"the primary key {list_words(key.columns)}"
