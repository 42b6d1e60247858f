"""SQL that nobody runs, and that would be wrong if somebody did.

What it means
    A file that no runner reads holds a statement that the database does not accept (a foreign key
    between columns of different types, a column that is not there, a syntax error), or a column of
    another type than the Prisma schema declares.

Why it matters
    Somebody meant it to run. The day it is made a migration, or run by hand, it stops there, or
    makes a table that Prisma's queries do not fit.

Example
    "documentId" uuid REFERENCES "Document"(id)      while "Document"."id" is text

Fix
    Mend the statement when the file becomes a migration: give the column the type of the column
    that it refers to, as the Prisma schema declares it.

When to ignore it
    A file that is kept for the record only; better delete it, git remembers.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.engine.findings import Finding, Related, Severity
from workers.engine.rule import Rule
from workers.engine.rules.context import Context
from workers.engine.rules.history.subjects import RefusedScript, UnrunType
from workers.engine.schema.model import Column, Table
from workers.engine.schema.types import format_type

foreign_key_type_mismatch = Rule(
    "foreign-key-type-mismatch", family="history", severity=Severity.ERROR, since="0.1"
)
unrun_sql_refused = Rule(
    "unrun-sql-refused", family="history", severity=Severity.WARNING, since="0.1"
)

unrun_column_type_mismatch = Rule(
    "unrun-column-type-mismatch", family="history", severity=Severity.ERROR, since="0.1"
)

_DATATYPE_MISMATCH = "42804"


@foreign_key_type_mismatch.on(RefusedScript)
def check_types(refused: RefusedScript, context: Context) -> Iterator[Finding]:
    """A foreign key whose columns have another type than those that it refers to."""
    failure = refused.failure
    if not _is_of_types(refused):
        return
    found = _column(refused, context)
    table, column = found if found is not None else (None, None)
    place = column.history[0] if column is not None and column.history else failure.origin
    subject = f"{table.name}.{column.name}" if table and column else refused.source.path
    yield foreign_key_type_mismatch.finding(
        subject=subject,
        detail=failure.message,
        message=f"PostgreSQL would refuse this in `{refused.source.path}`: {failure.message} "
        f"({failure.sqlstate}). {failure.hint}".rstrip().removesuffix(".")
        + ".",
        origin=place,
        remedy="Give the column the type of the column that it refers to.",
    )


@unrun_column_type_mismatch.on(UnrunType)
def check_column(unrun: UnrunType, context: Context) -> Iterator[Finding]:
    """A column that would get another type than its field."""
    change = unrun.change
    table, column = change.table, change.declared
    place = change.replayed.history[0]
    field = context.field_of(table.name, column.name)
    label = f"{table.name.name}.{column.name}"
    declared, made = format_type(column.type), format_type(change.replayed.type)
    yield unrun_column_type_mismatch.finding(
        subject=f"{table.name}.{column.name}",
        message=f"`{label}` is declared as `{declared}`, and `{place.path}`, which nothing runs, "
        f"would make it `{made}`.",
        origin=place,
        related=[Related(f"`{label}` is declared here", field.origin)] if field else (),
        remedy=f"Write `{declared}` when the file becomes a migration.",
    )


def _is_of_types(refused: RefusedScript) -> bool:
    failure = refused.failure
    return failure.sqlstate == _DATATYPE_MISMATCH and "foreign key" in failure.message


def _column(refused: RefusedScript, context: Context) -> tuple[Table, Column] | None:
    """The column that PostgreSQL's detail names first, in the table that the statement made."""
    if context.by_hand is None:
        return None
    name = refused.failure.hint.partition('"')[2].partition('"')[0]
    path, span = refused.source.path, refused.failure.origin.span
    for table in context.by_hand.schema.tables.values():
        column = table.column(name)
        if column is None:
            continue
        for origin in table.history:
            if origin.path == path and origin.span.start <= span.end <= origin.span.end:
                return table, column
            if origin == refused.failure.origin:
                return table, column
    return None


@unrun_sql_refused.on(RefusedScript)
def check_statement(refused: RefusedScript, context: Context) -> Iterator[Finding]:
    """Any other statement of such a file that cannot run where the migrations are."""
    failure = refused.failure
    folder = context.project.migrations if context.project else None
    near = {source.path for source in folder.loose} if folder else set()
    if _is_of_types(refused):
        return
    if refused.source.path not in near:
        return
    yield unrun_sql_refused.finding(
        subject=refused.source.path,
        detail=failure.message,
        message=f"PostgreSQL would refuse this in `{refused.source.path}`, were it run after the "
        f"migrations: {failure.message} ({failure.sqlstate}).",
        origin=failure.origin,
        remedy="Mend the statement when the file becomes a migration.",
    )
