"""Columns whose type differs between the schema and the migrations.

What it means
    Both sides have the column, and store different things in it. Types are compared by what they
    store, not by their spelling: `Int` is `integer`, `DateTime` is `timestamp(3)`.

Why it matters
    Prisma Client sends and reads the declared type. Against another it fails ("operator does not
    exist: uuid = text", P2032), cuts values, or rounds them. A foreign key between the two cannot
    be made. An error where the two are different kinds of value, a warning where they differ in
    length or precision, or are two kinds of text or of time.

Example
    documentId String?
    over a migration with "documentId" uuid NULL.

Fix
    Say in the schema what the database has (`@db.Uuid`), or change the column in a new migration
    with `ALTER COLUMN ... SET DATA TYPE ... USING ...`; where no cast exists Prisma drops the
    column and makes it anew, which loses its data.

When to ignore it
    Never for long: Prisma's next migration will contain the change. For MySQL `@db.Timestamp`
    and `@db.Timestamp(0)` are one type that Prisma takes for two: told once, as a notice.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from workers.engine.compare.changes import ColumnTypeChanged
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
    list_words,
    shown_type,
    ticked,
    type_words,
)
from workers.engine.schema.model import SqlType

column_type_mismatch = Rule(
    "column-type-mismatch", family="drift", severity=Severity.ERROR, since="0.1", folds_from=2
)

_ALIKE = (
    frozenset(("text", "character varying", "character", "citext")),
    frozenset(("json", "jsonb")),
    frozenset(("timestamp without time zone", "timestamp with time zone")),
    frozenset(("time without time zone", "time with time zone")),
    frozenset(("char", "varchar", "tinytext", "text", "mediumtext", "longtext")),
    frozenset(("nchar", "nvarchar", "ntext", "char", "varchar", "text")),
    frozenset(("datetime", "timestamp", "datetime2")),
)
"""Types that Prisma Client reads and writes alike."""
_TIMES = MappingProxyType({"datetime": "DateTime", "timestamp": "Timestamp", "time": "Time"})
"""MySQL's types with digits of seconds, none unless told, and what Prisma calls them."""


@column_type_mismatch.on(ColumnTypeChanged)
def check(change: ColumnTypeChanged, context: Context) -> Iterator[Finding]:
    """A column of another type than declared."""
    if _is_spelling(change, context):
        yield _spelled(change, context)
        return
    table, column = change.table.name, change.declared
    also = _keys_too(change)
    yield column_type_mismatch.finding(
        subject=subject_of(change),
        detail=shown_type(change.replayed),
        severity=_severity(column.type, change.replayed.type),
        message=(
            f"{field_words(context, table, column.name)} is declared as "
            f"{type_words(context, table, column)}, but the migrations make "
            f"{column_words(change.replayed_table.name, change.replayed.name)} "
            f"{ticked(shown_type(change.replayed))}."
        ),
        origin=context.place(column.history, change.table.history),
        remedy=(
            f"Change the column's type in a new migration, or declare the type that it has.{also}"
        ),
        related=(
            *context.told(
                change.replayed.history,
                column_words(change.replayed_table.name, change.replayed.name),
            ),
            *cause_of_change(context, change),
        ),
        fix=suited(context, change, fixes.retype(change, context.replayed)),
    )


def _keys_too(change: ColumnTypeChanged) -> str:
    """The keys that Prisma's engine drops and makes anew, since the column stands in them."""
    name = change.declared.name
    foreign = [key.name for key in change.table.foreign_keys if name in key.columns]
    told = f" The foreign key {list_words(foreign)} needs both ends to have one type."
    return f"{_made_anew(change)}{told if foreign else ''}"


def _made_anew(change: ColumnTypeChanged) -> str:
    key = f"the primary key {ticked(change.remakes.name)}" if change.remakes else ""
    names = [index.name for index in change.remade_indexes]
    indexes = (
        f"the {'index' if len(names) == 1 else 'indexes'} {list_words(names)}" if names else ""
    )
    both = " and ".join(filter(None, (key, indexes)))
    verb = "are" if len(names) + bool(key) > 1 else "is"
    return f" {both[0].upper()}{both[1:]} {verb} made anew with it." if both else ""


def _is_spelling(change: ColumnTypeChanged, context: Context) -> bool:
    """MySQL keeps no digits of seconds unless told to; Prisma takes that for another type."""
    declared, replayed = change.declared.type, change.replayed.type
    return (
        context.declared.provider == "mysql"
        and declared.name == replayed.name
        and declared.name in _TIMES
        and not declared.arguments
        and replayed.arguments == ("0",)
    )


def _spelled(change: ColumnTypeChanged, context: Context) -> Finding:
    table, column = change.table.name, change.declared
    native = f"@db.{_TIMES[column.type.name]}"
    there = column_words(change.replayed_table.name, change.replayed.name)
    return column_type_mismatch.finding(
        subject=subject_of(change),
        detail="spelling",
        severity=Severity.NOTICE,
        message=(
            f"{field_words(context, table, column.name)} is declared with {ticked(native)}, which"
            f" MySQL keeps as {ticked(shown_type(change.replayed))} in {there}: the same, but"
            " Prisma changes the column anew in every migration."
        ),
        origin=context.place(column.history, change.table.history),
        remedy=f"Write {ticked(f'{native}(0)')}.",
        related=context.told(change.replayed.history, there),
    )


def _severity(declared: SqlType, replayed: SqlType) -> Severity:
    if declared.is_array != replayed.is_array:
        return Severity.ERROR
    if declared.name == "enum" and set(declared.arguments) - set(replayed.arguments):
        return Severity.ERROR  # MySQL's: a value that the column does not take
    if (declared.schema, declared.name) == (replayed.schema, replayed.name):
        return Severity.WARNING
    if any(declared.name in alike and replayed.name in alike for alike in _ALIKE):
        return Severity.WARNING
    return Severity.ERROR
