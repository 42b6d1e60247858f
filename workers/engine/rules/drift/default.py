"""Columns whose default differs between the schema and the migrations.

What it means
    The schema gives the column a database default (`@default(now())`, a literal,
    `autoincrement()`, `dbgenerated(...)`) that the migrations do not set, or the migrations set
    one that the schema does not know. Defaults that Prisma Client fills in by itself (`uuid()`,
    `cuid()`, `@updatedAt`) are none. A generated column counts as having a default, as it does to
    Prisma.

Why it matters
    For `autoincrement()` and `dbgenerated(...)` Prisma Client relies on the database: without the
    default there, every insert fails. Other defaults matter to whatever else writes to the table,
    and Prisma's next migration will contain the change.

Example
    isActive Boolean @default(false) @map("is_active")
    over a migration with "is_active" BOOLEAN NOT NULL.

Fix
    `ALTER COLUMN ... SET DEFAULT` or `DROP DEFAULT` in a new migration, or the matching `@default`
    in the schema.

When to ignore it
    Where Prisma can never be satisfied: an expression that it writes differently than PostgreSQL
    prints it, and generated columns, are told at every `migrate dev`.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.compare.changes import ColumnDefaultChanged
from workers.engine.compare.expressions import same_expression
from workers.engine.compare.subjects import subject_of
from workers.engine.findings import Finding, Severity
from workers.engine.fixes.single import columns as fixes
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.drift.cause import cause_of_change
from workers.engine.rules.drift.remedy import suited
from workers.engine.rules.wording import (
    column_words,
    field_words,
    is_written_in_sql,
    shown_type,
    ticked,
)
from workers.engine.schema.model import Column, Provider

column_default_mismatch = Rule(
    "column-default-mismatch", family="drift", severity=Severity.WARNING, since="0.1"
)


@column_default_mismatch.on(ColumnDefaultChanged)
def check(change: ColumnDefaultChanged, context: Context) -> Iterator[Finding]:
    """A column with another default than declared."""
    table, column = change.table.name, change.declared
    relies = column.default_kind in ("sequence", "dbgenerated") and (
        change.replayed.default is None
        and change.replayed.generated is None
        and change.replayed.identity is None
    )
    there = column_words(change.replayed_table.name, change.replayed.name)
    provider = context.declared.provider
    shown = _shown(change.replayed, provider)
    if shown == _shown(column, provider) and shown_type(change.replayed) != shown_type(column):
        shown += f" of {ticked(shown_type(change.replayed))}"
    if _is_unread(change):
        yield _unread(change, context)
        return
    if _is_spelling(change):
        yield column_default_mismatch.finding(
            subject=subject_of(change),
            detail="spelling",
            severity=Severity.NOTICE,
            message=(
                f"{field_words(context, table, column.name)} {_spelled(change, context)}, so "
                "Prisma would set it anew in every migration."
            ),
            origin=context.place(column.history, change.table.history),
            remedy=_spelling_remedy(context),
            related=context.told(change.replayed.history, there),
        )
        return
    yield column_default_mismatch.finding(
        subject=subject_of(change),
        detail=shown,
        severity=Severity.ERROR if relies and column.not_null else Severity.WARNING,
        message=(
            f"{field_words(context, table, column.name)} declares {_shown(column, provider)}, but "
            f"the migrations give {there} {shown}."
        ),
        origin=context.place(column.history, change.table.history),
        remedy=_plain_remedy(change) if is_written_in_sql(context) else _remedy(change),
        related=(
            *context.told(change.replayed.history, there),
            *cause_of_change(context, change),
        ),
        fix=suited(context, change, fixes.redefault(change)),
    )


def _spelled(change: ColumnDefaultChanged, context: Context) -> str:
    written = change.declared.default_written or change.declared.default or ""
    if context.declared.provider == "mysql":
        written = ticked(f'dbgenerated("{written}")')
        return f"declares the default {written}, which Prisma reads back from MySQL as `now()`"
    there = column_words(change.replayed_table.name, change.replayed.name)
    printed = ticked(change.replayed.default or "")
    return (
        f"spells its default {ticked(written)}, but PostgreSQL prints the same default of {there} "
        f"as {printed}"
    )


def _spelling_remedy(context: Context) -> str:
    if context.declared.provider == "mysql":
        return "Declare it with `@default(now())`, as Prisma reads it from MySQL."
    return "Write it in `dbgenerated(...)` as PostgreSQL prints it."


def _is_spelling(change: ColumnDefaultChanged) -> bool:
    """Whether both sides mean the same expression, and Prisma looks at the letters alone."""
    declared, replayed = change.declared, change.replayed
    return (
        declared.default_kind == "dbgenerated"
        and declared.default is not None
        and replayed.default is not None
        and same_expression(declared.default, replayed.default)
    )


def _is_unread(change: ColumnDefaultChanged) -> bool:
    """Whether both sides give the same values, and Prisma's engine cannot read them back."""
    declared, replayed = change.declared, change.replayed
    return (
        declared.default_kind == "value"
        and declared.default is not None
        and declared.default == replayed.default
        and declared.type == replayed.type
    )


def _unread(change: ColumnDefaultChanged, context: Context) -> Finding:
    there = column_words(change.replayed_table.name, change.replayed.name)
    return column_default_mismatch.finding(
        subject=subject_of(change),
        detail="spelling",
        severity=Severity.NOTICE,
        message=(
            f"{field_words(context, change.table.name, change.declared.name)} declares the default "
            f"that the migrations give {there}, but Prisma cannot read "
            f"{ticked(change.replayed.default or '')} back, so it would set it anew in every "
            "migration."
        ),
        origin=context.place(change.declared.history, change.table.history),
        remedy=(
            "Write it in `dbgenerated(...)` as PostgreSQL prints it, or leave the default to the "
            "code that inserts."
        ),
        related=context.told(change.replayed.history, there),
    )


def _plain_remedy(change: ColumnDefaultChanged) -> str:
    if change.declared.default is None:
        return "Drop the default in a new migration, or declare it."
    return "Set the default in a new migration, or declare the one that is there."


def _remedy(change: ColumnDefaultChanged) -> str:
    if change.replayed.generated is not None:
        return (
            "Prisma does not know generated columns and would drop the expression: declare it with "
            f"`@default(dbgenerated(...))`, written exactly as {ticked(change.replayed.generated)}."
        )
    if change.declared.default_kind == "dbgenerated" and change.replayed.default is not None:
        return (
            "Prisma compares the text with what the database prints: write "
            f"{ticked(change.replayed.default)} in `dbgenerated(...)`, or set the default that is "
            "declared in a new migration."
        )
    if change.declared.default is None:
        return "Drop the default in a new migration, or declare it with `@default(...)`."
    return "Set the default in a new migration, or declare the one that is there."


def _shown(column: Column, provider: Provider) -> str:
    if column.generated is not None:
        return f"the generation expression {ticked(column.generated)}"
    if column.identity is not None:
        if column.default_kind == "sequence":
            return "`autoincrement()`"
        if provider == "mysql":
            return "`AUTO_INCREMENT`"
        return f"an identity ({column.identity.lower()})"
    if column.default_kind == "sequence":
        return "`autoincrement()`"
    if column.default is None:
        return "no default in the database"
    return f"the default {ticked(column.default_written or column.default)}"
