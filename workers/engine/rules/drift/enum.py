"""Enums that differ between the schema and the migrations.

What it means
    `enum-missing` and `enum-extra`: only one side has the enum. `enum-renamed-without-migration`:
    both have it under different names. `enum-values-mismatch`: the values differ; an error where a
    declared value is missing. The order of the values does not count.

Why it matters
    Writing a value that the database does not know fails (22P02). A value that only the database
    has makes Prisma Client fail when it reads a row that holds it.

Example
    enum MealType { breakfast lunch dinner snack }
    over a migration with CREATE TYPE "MealType" AS ENUM ('breakfast', 'lunch', 'dinner').

Fix
    `ALTER TYPE ... ADD VALUE` in a new migration of its own: PostgreSQL does not let a transaction
    use a value that it has added. A value can only be removed by making the type anew.

When to ignore it
    An extra enum that another program uses.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.compare.changes import EnumExtra, EnumMissing, EnumRenamed, EnumValuesChanged
from workers.engine.compare.subjects import subject_of
from workers.engine.findings import Finding, Severity
from workers.engine.fixes.single import enums as fixes
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.drift.dropped import clause, dropping, places
from workers.engine.rules.drift.remedy import suited
from workers.engine.rules.drift.renamed import in_code
from workers.engine.rules.wording import (
    is_written_in_sql,
    list_words,
    mapping_words,
    table_words,
    ticked,
)

enum_missing = Rule("enum-missing", family="drift", severity=Severity.ERROR, since="0.1")
enum_extra = Rule("enum-extra", family="drift", severity=Severity.WARNING, since="0.1")
enum_renamed = Rule(
    "enum-renamed-without-migration", family="drift", severity=Severity.ERROR, since="0.1"
)
enum_values_mismatch = Rule(
    "enum-values-mismatch", family="drift", severity=Severity.ERROR, since="0.1"
)


@enum_missing.on(EnumMissing)
def check_missing(change: EnumMissing, context: Context) -> Iterator[Finding]:
    """A declared enum that no migration creates."""
    enum = change.declared
    gone = dropping(context, str(enum.name))
    yield enum_missing.finding(
        subject=subject_of(change),
        message=(
            f"The enum {table_words(enum.name)} is declared, but {clause(gone, 'creates', 'it')}."
        ),
        origin=context.place(enum.history),
        remedy="Create the type in a new migration.",
        related=tuple(places(gone, table_words(enum.name))),
        fix=suited(context, change, fixes.make_enum(enum)),
    )


@enum_extra.on(EnumExtra)
def check_extra(change: EnumExtra, context: Context) -> Iterator[Finding]:
    """An enum that the migrations make and the schema does not declare."""
    enum = change.replayed
    yield enum_extra.finding(
        subject=subject_of(change),
        message=(
            f"The migrations create the enum {table_words(enum.name)}, which the schema does not "
            "declare."
        ),
        origin=context.place(enum.history[:1]),
        remedy=(
            "Declare it, or drop the type in a new migration: "
            + ("the" if is_written_in_sql(context) else "Prisma's")
            + " next one would."
        ),
        fix=suited(context, change, fixes.drop_enum(enum)),
    )


@enum_renamed.on(EnumRenamed)
def check_renamed(change: EnumRenamed, context: Context) -> Iterator[Finding]:
    """An enum that has another name in the migrations."""
    declared, replayed = change.declared, change.replayed
    reasons = "; ".join(change.evidence.reasons)
    users = [
        f"{table.name.name}.{column.name}"
        for table in context.declared.tables.values()
        for column in table.columns
        if (column.type.schema, column.type.name) == tuple(declared.name)
    ]
    used = f", the type of {list_words(users)}," if users else ""
    yield enum_renamed.finding(
        subject=subject_of(change),
        detail=str(replayed.name),
        message=(
            f"The enum {table_words(declared.name)}{used} is called {table_words(replayed.name)} "
            f"by the migrations, and none renames it ({reasons})."
        ),
        origin=context.place(declared.history),
        remedy=(
            "Rename the type in a new migration, or declare it under the old name."
            if is_written_in_sql(context)
            else "Rename the type in a new migration, or write "
            f"{mapping_words('@@map(', replayed.name.name)}; Prisma would drop the columns and "
            "make them anew."
        ),
        related=(
            *context.told(replayed.history, table_words(replayed.name)),
            *in_code(change.evidence),
        ),
        fix=suited(context, change, fixes.rename_enum(change)),
        confidence=change.evidence.confidence,
    )


@enum_values_mismatch.on(EnumValuesChanged)
def check_values(change: EnumValuesChanged, context: Context) -> Iterator[Finding]:
    """An enum with other values than declared."""
    missing = [value.name for value in change.missing]
    extra = [value.name for value in change.extra]
    enum = table_words(change.declared.name)
    parts = []
    if missing:
        parts.append(f"no migration adds {list_words(missing)}")
    if extra:
        parts.append(f"the migrations give it {list_words(extra)}, which the schema does not have")
    places = (*(value.history for value in change.missing), change.declared.history)
    yield enum_values_mismatch.finding(
        subject=subject_of(change),
        detail=",".join((*missing, "|", *extra)),
        severity=Severity.ERROR if missing else Severity.WARNING,
        message=f"The enum {enum} is declared, but {' and '.join(parts)}.",
        origin=context.place(*places),
        remedy=(
            "Add the values in a new migration."
            if not extra
            else "Declare the values, or make the type anew without them in a new migration."
            f"{_other_name(change)}"
        ),
        related=(
            *context.told(change.replayed.history, enum),
            *(
                related
                for value in change.extra
                for related in context.told(value.history[:1], ticked(value.name))
                if value.history[:1] != change.replayed.history[:1]
            ),
        ),
        fix=suited(context, change, fixes.rebuild_enum(change, context.declared)),
    )


def _other_name(change: EnumValuesChanged) -> str:
    """One value for one in the same place may be a new name, which keeps the rows."""
    if len(change.missing) != 1 or len(change.extra) != 1:
        return ""
    (new,), (old,) = change.missing, change.extra
    wanted = [value.name for value in change.declared.values]
    there = [new.name if value is old else value.name for value in change.replayed.values]
    if wanted != there:
        return ""
    return (
        f" If {ticked(new.name)} is but a new name for {ticked(old.name)}, `ALTER TYPE ... RENAME "
        "VALUE` keeps the rows that have it."
    )
