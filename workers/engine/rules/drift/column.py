"""Columns that only one side has, or that each side calls by another name.

What it means
    `column-missing`: a field is declared, and no migration adds its column. `column-extra`: the
    migrations make a column that no field declares; an error where it is required and has no
    default, a warning otherwise. `column-renamed-without-migration`: the schema's column and the
    migrations' are one, under two names.

Why it matters
    Prisma Client names every column of a model in its queries: one that is missing makes all of
    them fail with P2022, on every database built from the migrations, whatever the development
    database holds since the last `db push`. A required column that the client does not know makes
    every insert fail. A rename that is written as drop and add loses the column's data.

Example
    modelType String @map("model_type")
    while no migration adds "model_type" to "personal_models".

Fix
    Missing: add the column in a new migration; a required one in three steps (add it optional,
    fill it, require it). Extra: declare the field, or drop the column in a new migration.
    Renamed: `ALTER TABLE ... RENAME COLUMN`, or `@map` with the old name.

When to ignore it
    Where another program owns an extra column that is optional or has a default.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.compare.changes import ColumnExtra, ColumnMissing, ColumnRenamed
from workers.engine.compare.subjects import subject_of
from workers.engine.findings import Finding, Related, Severity
from workers.engine.fixes.single import columns as fixes
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.drift.cause import cause_of_change
from workers.engine.rules.drift.dropped import clause, dropping, places
from workers.engine.rules.drift.remedy import suited
from workers.engine.rules.drift.renamed import in_code
from workers.engine.rules.wording import (
    column_words,
    field_words,
    generator_words,
    is_written_in_sql,
    mapping_words,
    model_words,
    named_column,
    shown_type,
    table_words,
    ticked,
)
from workers.engine.schema.model import Column

column_missing = Rule("column-missing", family="drift", severity=Severity.ERROR, since="0.1")
column_extra = Rule("column-extra", family="drift", severity=Severity.WARNING, since="0.1")
column_renamed = Rule(
    "column-renamed-without-migration", family="drift", severity=Severity.ERROR, since="0.1"
)


@column_missing.on(ColumnMissing)
def check_missing(change: ColumnMissing, context: Context) -> Iterator[Finding]:
    """A declared column that no migration adds."""
    table, column = change.table.name, change.declared
    required = column.not_null and column.default is None and not column.identity
    how = (
        " As it is required and has no default, existing rows need a value first."
        if required
        else ""
    )
    there = change.replayed_table.name
    gone = dropping(context, f"{there}.{column.name}")
    yield column_missing.finding(
        subject=subject_of(change),
        message=(
            f"{field_words(context, table, column.name)} is declared, but "
            f"{clause(gone, 'adds', f'the column {ticked(column.name)}')}"
            f" {'of' if gone else 'to'} {table_words(there)}."
        ),
        origin=context.place(column.history, change.table.history),
        remedy=f"Add {column_words(table, column.name)} in a new migration.{how}",
        related=(
            *context.told(change.replayed_table.history[:1], table_words(table)),
            *places(gone, ticked(column.name)),
            *cause_of_change(context, change),
        ),
        fix=suited(context, change, fixes.make_column(table, column, _backfill(context, change))),
    )


def _backfill(context: Context, change: ColumnMissing) -> str | None:
    """What existing rows can be given without asking: the present, for `@updatedAt`."""
    field = context.field_of(change.table.name, change.declared.name)
    if field is None or field.type != "DateTime":
        return None
    source = context.sources.get(field.origin.path)
    text = source.text[field.origin.span.start : field.origin.span.end] if source else ""
    return "CURRENT_TIMESTAMP" if "@updatedAt" in text else None


@column_extra.on(ColumnExtra)
def check_extra(change: ColumnExtra, context: Context) -> Iterator[Finding]:
    """A column that the migrations make and no field declares."""
    table, column = change.table.name, change.replayed
    blocks = _is_needed(column)
    words = table_words(change.replayed_table.name)
    kind = (
        f"{ticked(shown_type(column))}, required and without default"
        if blocks
        else (ticked(shown_type(column)))
    )
    yield column_extra.finding(
        subject=subject_of(change),
        severity=Severity.ERROR if blocks else Severity.WARNING,
        message=(
            f"The migrations give {words} a column {ticked(column.name)} ({kind}) that "
            f"{model_words(context, table)} does not declare."
        ),
        origin=context.place(column.history),
        remedy=(
            f"Declare {'' if is_written_in_sql(context) else 'a field for '}"
            f"{column_words(table, column.name)}, or drop the column in a new migration if its "
            f"data is not needed: {generator_words(context)} would."
            + (f" Until then every insert{_by_client(context)} fails." if blocks else "")
        ),
        related=(
            *_copied(context, change),
            *_model_place(context, change),
            *cause_of_change(context, change),
        ),
        fix=suited(context, change, fixes.drop_column(change)),
    )


def _copied(context: Context, change: ColumnExtra) -> Iterator[Related]:
    """The statement that moved the column's values into a declared one: a rename, half done."""
    table = change.replayed_table.name
    copied = context.replay.copies.get((table, change.replayed.name))
    if copied is None:
        return
    target, origin = copied
    if any(column.name == target for column in change.table.columns):
        yield Related(
            f"Its values were copied into {column_words(table, target)} here, which seems to have "
            "taken its place",
            origin,
        )


def _by_client(context: Context) -> str:
    return " that leaves it out" if is_written_in_sql(context) else " by Prisma Client"


def _is_needed(column: Column) -> bool:
    """Whether an insert that leaves the column out fails."""
    return (
        column.not_null
        and column.default is None
        and column.identity is None
        and column.generated is None
    )


def _model_place(context: Context, change: ColumnExtra) -> Iterator[Related]:
    model = context.model_of(change.table.name)
    if model is not None:
        yield Related(f"{ticked(model.name)} has no field for it", model.origin)


@column_renamed.on(ColumnRenamed)
def check_renamed(change: ColumnRenamed, context: Context) -> Iterator[Finding]:
    """A column that has another name in the migrations."""
    table, old, new = change.table.name, change.replayed.name, change.declared.name
    reasons = "; ".join(change.evidence.reasons)
    yield column_renamed.finding(
        subject=subject_of(change),
        detail=old,
        message=(
            f"{named_column(context, table, new)} is called "
            f"{column_words(change.replayed_table.name, old)} by the migrations, and none renames "
            f"it ({reasons})."
        ),
        origin=context.place(change.declared.history, change.table.history),
        remedy=(
            f"Rename the column in a new migration, or {_old_name(context, old)}; to drop the one "
            "and add the other loses the data."
        ),
        related=(
            *context.told(change.replayed.history, column_words(change.replayed_table.name, old)),
            *_called_before(context, change),
            *in_code(change.evidence),
            *cause_of_change(context, change),
        ),
        fix=suited(context, change, fixes.rename_column(change)),
        confidence=change.evidence.confidence,
    )


def _called_before(context: Context, change: ColumnRenamed) -> Iterator[Related]:
    """What the base declares: the same rename in the schema's own past."""
    base = context.base
    table = base.declared.tables.get(change.table.name) if base is not None else None
    before = table.column(change.replayed.name) if table is not None else None
    if table is None or before is None or table.column(change.declared.name) is not None:
        return
    if change.table.column(change.replayed.name) is None and before.history:
        yield Related(
            f"The base still declares it as {column_words(table.name, before.name)}: this pull "
            "request gives it the new name",
            context.place(change.declared.history),
        )


def _old_name(context: Context, old: str) -> str:
    if is_written_in_sql(context):
        return f"declare it as {ticked(old)}"
    return f"write {mapping_words('@map(', old)} on the field if the old name shall stay"
